// The tools beside the selected element: what may follow it, its kind, its removal; for lanes new roles.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { isExpanded } from 'bpmn-js/lib/util/DiUtil';
import { getChildLanes } from 'bpmn-js/lib/features/modeling/util/LaneUtil';
import { icons } from './icons.js';
import { leadsOn, takesLimit } from './placing.js';

const ENTRY = 58; // height of a menu's entry in pixels, about

const FOLLOWERS = [
  [ 'userTask', 'Tambah langkah sesudah ini' ],
  [ 'exclusive', 'Tambah keputusan sesudah ini' ],
  [ 'timer', 'Tambah waktu tunggu sesudah ini' ],
  [ 'end', 'Tambah selesai sesudah ini' ]
];

export default class PadProvider {
  constructor(contextPad, placing, modeling, connect, popupMenu, rules, elementFactory, eventBus) {
    Object.assign(this, { contextPad, placing, modeling, connect, popupMenu, rules, elementFactory, eventBus });
    contextPad.registerProvider(this);
    eventBus.on('contextPad.create', ({ pad }) => {
      pad.setAttribute('role', 'toolbar');
      pad.setAttribute('aria-label', 'Alat untuk elemen yang dipilih');
      pad.addEventListener('keydown', (event) => this.press(event));
    });
  }

  press(event) {
    const entry = event.target.closest('.entry');
    if (!entry || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    entry.click();
  }

  entry(group, icon, title, action) {
    const html = `<div class="entry" draggable="true" role="button" tabindex="0" aria-label="${title}">${icons[icon]}</div>`;
    return { group, html, title, action };
  }

  deletable(elements) {
    const allowed = this.rules.allowed('elements.delete', { elements });
    return Array.isArray(allowed) ? elements.every((each) => allowed.includes(each)) : allowed;
  }

  menu(id, title) {
    return (event, target) => {
      const box = this.contextPad._current.html.getBoundingClientRect();
      // The library keeps a menu inside the page, which may be longer than what is seen of it.
      const count = Object.keys(this.popupMenu._getEntries(target, this.popupMenu._getProviders(id))).length;
      const y = Math.min(box.bottom + 5, window.innerHeight - count * ENTRY - ENTRY);
      this.popupMenu.open(target, id, { x: box.left, y, cursor: { x: event.x, y: event.y } }, { title, width: 320 });
    };
  }

  getMultiElementContextPadEntries(elements) {
    const entries = {};
    if (!this.popupMenu.isEmpty(elements, 'align-elements')) {
      entries.align = this.entry('align', 'align', 'Ratakan', { click: this.menu('align-elements', 'Ratakan') });
    }
    if (this.deletable(elements)) entries.delete = this.removal(elements);
    return entries;
  }

  removal(elements) {
    return this.entry('edit', 'trash', 'Hapus', { click: () => this.modeling.removeElements(elements.slice()) });
  }

  getContextPadEntries(element) {
    const entries = {};
    if (element.type !== 'label') {
      if (isAny(element, [ 'bpmn:Lane', 'bpmn:Participant' ]) && isExpanded(element)) this.lanes(entries, element);
      if (leadsOn(element)) this.followers(entries);
      if (takesLimit(element)) {
        entries['attach.timer'] = this.entry('model', 'attachTimer', 'Pasang batas waktu', {
          click: (_, host) => this.placing.limit(host)
        });
      }
      if (!this.popupMenu.isEmpty(element, 'bpmn-replace')) {
        entries.replace = this.entry('edit', 'change', 'Ubah jenis', { click: this.menu('bpmn-replace', 'Ubah jenis') });
      }
      this.links(entries, element);
    }
    if (this.deletable([ element ])) entries.delete = this.removal([ element ]);
    return entries;
  }

  followers(entries) {
    for (const [ key, title ] of FOLLOWERS) {
      entries[`append.${key}`] = this.entry('model', key, title, {
        click: (_, source) => this.placing.append(source, key),
        dragstart: (event, source) => this.placing.drag(event, key, source)
      });
    }
  }

  links(entries, element) {
    if (isAny(element, [ 'bpmn:FlowNode', 'bpmn:TextAnnotation' ])) {
      const start = (event, source) => {
        // Without a pointer the list of steps asks where to.
        if (event.type === 'click' && event.detail === 0) this.eventBus.fire('aduan.sambungkan', { element: source });
        else this.connect.start(event, source);
      };
      entries.connect = this.entry('connect', 'connect', 'Sambungkan ke elemen lain', { click: start, dragstart: start });
    }
    if (isAny(element, [ 'bpmn:FlowNode', 'bpmn:SequenceFlow' ])) {
      entries['append.note'] = this.entry('connect', 'note', 'Tambah catatan', {
        click: (_, source) => this.note(source),
        dragstart: (event, source) => this.placing.create.start(
          event, this.elementFactory.createShape({ type: 'bpmn:TextAnnotation' }), { source }
        )
      });
    }
  }

  note(source) {
    const shape = this.elementFactory.createShape({ type: 'bpmn:TextAnnotation' });
    const at = this.eventBus.fire('autoPlace', { source, shape });
    this.placing.show(this.modeling.appendShape(source, shape, at, source.parent));
  }

  lanes(entries, element) {
    const insert = (where) => ({ click: (_, lane) => this.added(this.modeling.addLane(lane, where)) });
    entries['lane-above'] = this.entry('lane-above', 'laneAbove', 'Tambah peran di atas', insert('top'));
    if (getChildLanes(element).length < 2) {
      const split = (count) => ({
        click: (_, lane) => {
          this.modeling.splitLane(lane, count);
          this.contextPad.open(lane, true);
        }
      });
      const divide = (icon, count, word) => this.entry('divide', icon, `Bagi menjadi ${word} peran`, split(count));
      if (element.height >= 120) entries['divide-two'] = divide('divideTwo', 2, 'dua');
      if (element.height >= 180) entries['divide-three'] = divide('divideThree', 3, 'tiga');
    }
    entries['lane-below'] = this.entry('lane-below', 'laneBelow', 'Tambah peran di bawah', insert('bottom'));
  }

  added(lane) {
    if (lane) this.placing.show(lane);
  }
}

PadProvider.$inject = [
  'contextPad', 'placing', 'modeling', 'connect', 'popupMenu', 'rules', 'elementFactory', 'eventBus'
];
