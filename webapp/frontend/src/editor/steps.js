// "Daftar langkah": the picture as a list that a keyboard or a screen reader can walk through and add to.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { make } from './dom.js';
import { leadsOn, takesLimit } from './placing.js';

const KINDS = [
  [ 'bpmn:UserTask', 'langkah' ], [ 'bpmn:ScriptTask', 'hitungan' ], [ 'bpmn:SubProcess', 'rangkaian' ],
  [ 'bpmn:ServiceTask', 'otomatis' ], [ 'bpmn:BusinessRuleTask', 'tabel' ], [ 'bpmn:Activity', 'langkah' ], [ 'bpmn:ParallelGateway', 'serentak' ], [ 'bpmn:InclusiveGateway', 'beberapa jalan' ],
  [ 'bpmn:Gateway', 'keputusan' ], [ 'bpmn:StartEvent', 'mulai' ], [ 'bpmn:EndEvent', 'selesai' ],
  [ 'bpmn:BoundaryEvent', 'batas waktu' ], [ 'bpmn:Event', 'waktu tunggu' ]
];
const ADD = [ [ 'userTask', 'Langkah' ], [ 'exclusive', 'Keputusan' ], [ 'timer', 'Waktu tunggu' ], [ 'end', 'Selesai' ] ];

const kindOf = (element) => (KINDS.find(([ type ]) => is(element, type)) || [ '', '' ])[1];
const nameOf = (element) => (element.businessObject.name || '').replace(/\s+/g, ' ').trim();
const flowsFrom = (element) => (element.outgoing || []).filter((each) => is(each, 'bpmn:SequenceFlow'));

/** What a person calls an element; without a name its kind. */
export const called = (element) => nameOf(element) || `(${kindOf(element) || 'tanpa nama'})`;

/** Flow nodes in the order in which the flow reaches them; those that it never reaches last. */
function inOrder(nodes) {
  const order = new Set();
  const visit = (start) => {
    const waiting = [ start ];
    while (waiting.length) {
      const node = waiting.shift();
      if (order.has(node)) continue;
      order.add(node);
      const inner = (node.children || []).filter((each) => is(each, 'bpmn:StartEvent'));
      waiting.push(...inner, ...flowsFrom(node).map((flow) => flow.target), ...(node.attachers || []));
    }
  };
  nodes.filter((node) => is(node, 'bpmn:StartEvent') && !is(node.parent, 'bpmn:SubProcess')).forEach(visit);
  nodes.forEach(visit);
  return [ ...order ].filter((node) => nodes.includes(node));
}

export class Steps {
  constructor(place, modeler, select) {
    Object.assign(this, { place, modeler, select });
    for (const name of [ 'registry', 'rules', 'modeling', 'placing', 'selection' ]) {
      this[name] = modeler.get(name === 'registry' ? 'elementRegistry' : name);
    }
    modeler.on([ 'elements.changed', 'selection.changed', 'import.done' ], () => this.soon());
    modeler.on('aduan.sambungkan', ({ element }) => this.askTarget(element));
  }

  get open() {
    return !this.place.hidden;
  }

  toggle(open = !this.open) {
    this.place.hidden = !open;
    if (open) this.draw();
  }

  soon() {
    if (!this.open || this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    const chosen = this.selection.get();
    const focused = this.place.contains(document.activeElement) && document.activeElement.dataset.kunci;
    const nodes = this.registry.filter((each) => is(each, 'bpmn:FlowNode') && !each.labelTarget && each.type !== 'label');
    const frame = this.registry.find((each) => is(each, 'bpmn:Participant') && !each.labelTarget);
    const lanes = this.registry.filter((each) => is(each, 'bpmn:Lane')).sort((one, other) => one.y - other.y);
    const item = (element, about) => this.item(element, about, chosen);
    this.place.replaceChildren(
      make('h2', { class: 'tersembunyi' }, 'Daftar langkah'),
      frame ? make('ul', {}, item(frame, 'kepala SOP')) : '',
      make('h3', {}, 'Langkah'), make('ul', {}, ...inOrder(nodes).map((node) => item(node, this.about(node)))),
      make('h3', {}, 'Peran'), make('ul', {}, ...lanes.map((lane) => item(lane, 'peran')))
    );
    const again = focused && this.place.querySelector(`[data-kunci="${CSS.escape(focused)}"]`);
    if (again) again.focus();
  }

  about(node) {
    const lane = (node.businessObject.lanes || [])[0]
      || this.registry.filter((each) => is(each, 'bpmn:Lane')).map((each) => each.businessObject)
        .find((each) => (each.flowNodeRef || []).includes(node.businessObject));
    return [ kindOf(node), lane && lane.name ].filter(Boolean).join(' · ');
  }

  item(element, about, chosen) {
    const current = chosen.length === 1 && chosen[0] === element;
    const open = current || (chosen.length === 1 && flowsFrom(element).includes(chosen[0]));
    const button = make('button', { type: 'button', 'data-kunci': element.id, 'aria-current': current && 'true',
      onclick: () => this.select(element.id, false) }, make('span', {}, called(element)), make('small', {}, about));
    return make('li', {}, button, open ? this.details(element, chosen[0]) : null);
  }

  details(element, chosen) {
    const parts = flowsFrom(element).map((flow) => make('button', {
      type: 'button', class: 'alur', 'data-kunci': flow.id, 'aria-current': chosen === flow && 'true',
      onclick: () => this.select(flow.id, false)
    }, `→ ${called(flow.target)}${nameOf(flow) ? ` (${nameOf(flow)})` : ''}`));
    if (is(element, 'bpmn:Lane')) parts.push(...this.laneActions(element));
    if (leadsOn(element)) parts.push(...this.additions(element), this.connection(element));
    if (is(element, 'bpmn:FlowNode')) {
      parts.push(this.action(element, 'hapus', 'Hapus', () => this.modeling.removeElements([ element ])));
    }
    return make('div', { class: 'langkah-tindakan' }, ...parts);
  }

  action(element, key, text, act) {
    const attributes = { type: 'button', class: 'tombol ringkas', 'data-kunci': `${element.id} ${key}`, onclick: act };
    return make('button', attributes, text);
  }

  additions(element) {
    const buttons = ADD.map(([ key, text ]) => this.action(element, key, text, () => this.placing.append(element, key)));
    if (takesLimit(element)) {
      buttons.push(this.action(element, 'batas', 'Batas waktu', () => this.placing.limit(element)));
    }
    return [ make('p', {}, 'Tambah sesudah ini:'), make('div', { class: 'tombol-baris' }, ...buttons) ];
  }

  connection(element) {
    const targets = this.registry.filter((each) => is(each, 'bpmn:FlowNode') && each.type !== 'label' && each !== element
      && !flowsFrom(element).some((flow) => flow.target === each)
      && (this.rules.allowed('connection.create', { source: element, target: each }) || {}).type === 'bpmn:SequenceFlow');
    const select = make('select', { 'data-kunci': `${element.id} ke`, 'aria-label': 'Sambungkan ke' },
      make('option', { value: '' }, 'Sambungkan ke…'),
      ...targets.map((each) => make('option', { value: each.id }, called(each))));
    const connect = this.action(element, 'sambung', 'Sambungkan', () => {
      if (select.value) this.modeling.connect(element, this.registry.get(select.value));
      else select.focus();
    });
    return make('div', { class: 'sambungkan' }, select, connect);
  }

  laneActions(lane) {
    const add = (where) => () => this.placing.show(this.modeling.addLane(lane, where));
    return [ make('div', { class: 'tombol-baris' },
      this.action(lane, 'atas', 'Tambah peran di atas', add('top')),
      this.action(lane, 'bawah', 'Tambah peran di bawah', add('bottom'))) ];
  }

  /** From the pad beside an element, when there is no pointer to draw the line with. */
  askTarget(element) {
    this.toggle(true);
    const select = this.place.querySelector(`[data-kunci="${CSS.escape(`${element.id} ke`)}"]`);
    if (select) select.focus();
  }
}
