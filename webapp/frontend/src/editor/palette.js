// The tools beside the picture, with their names. Without a mouse a tool puts its element in at once.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { icons } from './icons.js';
import { PARTS } from './placing.js';

// These follow the pointer and mean nothing without one: the list of steps and the arrow keys do the same work.
const TOOLS = [
  [ 'hand-tool', 'hand', 'Geser', 'Geser gambar (H)', 'handTool', 'activateHand' ],
  [ 'lasso-tool', 'lasso', 'Pilih area', 'Pilih beberapa sekaligus (L)', 'lassoTool', 'activateSelection' ],
  [ 'space-tool', 'space', 'Ruang', 'Lapangkan atau rapatkan ruang (S)', 'spaceTool', 'activateSelection' ],
  [ 'global-connect-tool', 'connect', 'Sambung', 'Sambungkan dua elemen (C)', 'globalConnect', 'start' ]
];

const byKey = (event) => event.type === 'click' && event.detail === 0;

export default class PaletteProvider {
  constructor(palette, placing, injector, canvas, eventBus) {
    Object.assign(this, { palette, placing, injector, canvas });
    palette.registerProvider(this);
    eventBus.on('import.done', () => palette._rebuild());
    eventBus.on('palette.create', ({ container }) => {
      container.setAttribute('role', 'toolbar');
      container.setAttribute('aria-label', 'Alat gambar');
      container.addEventListener('keydown', (event) => this.press(event));
    });
  }

  /** Entries are no real buttons, since a button cannot be dragged everywhere. */
  press(event) {
    const entry = event.target.closest('.entry');
    if (!entry || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    entry.click();
  }

  entry(group, icon, label, title, action, focusable = true) {
    const html = `<div class="entry" draggable="true" tabindex="${focusable ? 0 : -1}" title="${title}">`
      + `${icons[icon]}<span>${label}</span></div>`;
    return { group, html, title: title.startsWith(label) ? title : `${label}: ${title}`, action };
  }

  getPaletteEntries() {
    const entries = {};
    for (const [ key, part ] of Object.entries(PARTS)) {
      entries[`create.${key}`] = this.entry('parts', key, part.label, part.title, {
        dragstart: (event) => this.placing.drag(event, key),
        click: (event) => (byKey(event) ? this.placing.place(key) : this.placing.drag(event, key))
      });
    }
    if (!this.canvas.getRootElement().children.some((each) => is(each, 'bpmn:Participant'))) {
      const start = (event) => this.placing.frame(event);
      entries['create.frame'] = this.entry('parts', 'pool', 'Bingkai', 'Bingkai tempat lajur peran', {
        dragstart: start, click: start
      }, false);
    }
    for (const [ id, icon, label, title, service, method ] of TOOLS) {
      entries[id] = this.entry('tools', icon, label, title, {
        click: (event) => this.injector.get(service)[method](event)
      }, false);
    }
    return entries;
  }
}

PaletteProvider.$inject = [ 'palette', 'placing', 'injector', 'canvas', 'eventBus' ];
