// Shows what the gate found: as a list that leads to the element, and as signs in the picture.
import { make } from './dom.js';

const KINDS = {
  galat: { sign: '✕', word: 'Harus diperbaiki', heading: 'Harus diperbaiki' },
  peringatan: { sign: '!', word: 'Peringatan', heading: 'Peringatan' }
};
const OVERLAY = 'temuan';

const severity = (finding) => (finding.severity === 'galat' ? 'galat' : 'peringatan');

export class Findings {
  constructor(place, modeler, select) {
    Object.assign(this, { place, modeler, select });
    this.head = make('div', { class: 'temuan-kepala', role: 'status' });
    this.list = make('ul', { class: 'temuan-daftar' });
    place.append(this.head, this.list);
    this.waiting();
  }

  waiting() {
    this.head.replaceChildren(make('span', { class: 'redup' }, 'Gambar sedang diperiksa…'));
  }

  /** The check did not come through; what was found before stays. */
  unknown() {
    this.head.replaceChildren(make('span', { class: 'redup' }, 'Gambar belum dapat diperiksa: sambungan terputus.'));
  }

  show(findings) {
    const sorted = [ ...findings ].sort((one, other) => rank(one) - rank(other));
    const count = (kind) => findings.filter((each) => severity(each) === kind).length;
    const none = () => make('span', { class: 'temuan-jumlah baik' },
      make('span', { class: 'temuan-tanda', 'aria-hidden': 'true' }, '✓'), 'Tidak ada temuan: gambar ini dapat dijalankan');
    const chips = Object.keys(KINDS).filter(count).map((kind) => make('span', { class: `temuan-jumlah ${kind}` },
      sign(kind), `${KINDS[kind].heading} (${count(kind)})`));
    this.head.replaceChildren(...(chips.length ? chips : [ none() ]));
    const focused = [ ...this.list.children ].findIndex((row) => row.contains(document.activeElement));
    this.list.replaceChildren(...sorted.map((finding) => this.row(finding)));
    // Mending one finding must not throw the person who walks through the list by keyboard out of it.
    const next = focused >= 0 && this.list.children[Math.min(focused, sorted.length - 1)];
    if (next) next.firstChild.focus();
    this.mark(sorted);
  }

  row(finding) {
    const kind = severity(finding);
    const known = this.target(finding);
    const word = make('span', { class: 'tersembunyi' }, `${KINDS[kind].word}: `);
    const text = [ sign(kind), word, make('span', {}, finding.message) ];
    return make('li', {}, known
      ? make('button', { type: 'button', class: `temuan ${kind}`, onclick: () => this.select(known.id) }, ...text)
      : make('div', { class: `temuan ${kind}` }, ...text));
  }

  /** The element in the picture; for the process itself its frame. */
  target(finding) {
    const registry = this.modeler.get('elementRegistry');
    const found = finding.element && registry.get(finding.element);
    if (found || !finding.element) return found || null;
    return registry.find((each) => each.businessObject && each.businessObject.processRef
      && each.businessObject.processRef.id === finding.element) || null;
  }

  mark(sorted) {
    const overlays = this.modeler.get('overlays'), canvas = this.modeler.get('canvas');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: OVERLAY });
    for (const id of this.marked || []) {
      if (registry.get(id)) Object.keys(KINDS).forEach((kind) => canvas.removeMarker(id, kind));
    }
    const byElement = new Map();
    for (const finding of sorted) {
      const element = this.target(finding);
      if (element && element !== canvas.getRootElement()) {
        byElement.set(element, [ ...(byElement.get(element) || []), finding ]);
      }
    }
    this.marked = [ ...byElement.keys() ].map((element) => element.id);
    for (const [ element, list ] of byElement) {
      const kind = list.some((each) => severity(each) === 'galat') ? 'galat' : 'peringatan';
      canvas.addMarker(element, kind);
      const title = list.map((each) => each.message).join('\n');
      const html = make('button', { type: 'button', class: `temuan-isyarat ${kind}`, tabindex: '-1', title,
        'aria-label': `${KINDS[kind].word}: ${title}`, onclick: () => this.select(element.id) }, KINDS[kind].sign);
      overlays.add(element, OVERLAY, { position: corner(element), html, show: { minZoom: 0.2 } });
    }
  }
}

// Findings about the whole come first, then what must be mended.
const rank = (finding) => (finding.element ? 2 : 0) + (severity(finding) === 'galat' ? 0 : 1);

const sign = (kind) => make('span', { class: 'temuan-tanda', 'aria-hidden': 'true' }, KINDS[kind].sign);

/** At the upper right edge of a shape, in the middle of a line. */
function corner(element) {
  if (!element.waypoints) return { top: -11, right: 11 };
  const points = element.waypoints;
  const half = Math.floor((points.length - 1) / 2);
  const [ one, other ] = [ points[half], points[half + 1] ];
  const left = Math.min(...points.map((point) => point.x)), top = Math.min(...points.map((point) => point.y));
  return { left: (one.x + other.x) / 2 - left - 11, top: (one.y + other.y) / 2 - top - 11 };
}
