// The picture of the version in force, marked for one moment: what is passed, what is taken, where the case stands.
// One viewer for each version, drawn when it is first needed. Knows marks, not what they mean.
import { Stage, badge, colour, describe, follow, make, steer, tools, viewerIn } from '../picture.js';

const SVG = 'http://www.w3.org/2000/svg';
const COLOURED = 'border-color';
const RIDE = 650; // milliseconds of a token along one flow
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [ name, value ] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** Middle of a side of an element that faces another. */
function between(source, target) {
  const from = { x: source.x + source.width / 2, y: source.y + source.height / 2 };
  const to = { x: target.x + target.width / 2, y: target.y + target.height / 2 };
  const above = Math.min(source.y, target.y) - 46;
  return Math.abs(from.x - to.x) < 40
    ? [ { x: source.x, y: from.y }, { x: Math.min(source.x, target.x) - 60, y: (from.y + to.y) / 2 }, { x: target.x, y: to.y } ]
    : [ { x: from.x, y: source.y }, { x: (from.x + to.x) / 2, y: above }, { x: to.x, y: target.y } ];
}

class Picture {
  constructor(viewer, stage, frame, version) {
    Object.assign(this, { viewer, stage, frame, version });
    this.canvas = viewer.get('canvas');
    this.registry = viewer.get('elementRegistry');
    this.overlays = viewer.get('overlays');
    this.factory = viewer.get('graphicsFactory');
    this.layer = this.canvas.getLayer('lompatan', 5);
    this.taken = colour(frame, '--aksen', '#0b5a73');
    this.shown = { shapes: new Map(), flows: new Map() };
  }

  /** What can be seen of an element: what lies inside a closed subprocess shows on the subprocess. */
  seen(id) {
    let element = this.registry.get(id);
    while (element && this.canvas.findRoot(element) !== this.canvas.getRootElement()) {
      element = this.registry.get(this.canvas.findRoot(element).id.replace(/_plane$/, ''));
    }
    return element || null;
  }

  /** Marks one moment; only what differs from what is shown is touched. */
  mark(moment, marks) {
    const shapes = new Map(), flows = new Map();
    const put = (id, kind, text) => {
      const element = this.seen(id);
      if (element && element.type !== 'bpmn:Process') shapes.set(element.id, { kind, text });
    };
    for (const id of marks.done) put(id, 'selesai', '');
    const counts = new Map();
    for (const token of moment.tokens) {
      const id = (this.seen(token.element) || {}).id;
      if (token.kind !== 'tugas') put(token.element, 'menunggu', '');
      else if (id) counts.set(id, (counts.get(id) || 0) + 1);
    }
    for (const [ id, count ] of counts) shapes.set(id, { kind: 'berjalan', text: count > 1 ? `${count} tugas` : '' });
    for (const jump of moment.jumps.filter((each) => !each.to)) put(jump.source, 'ditutup', '');
    for (const id of marks.flows) flows.set(id, 'dilalui');
    for (const id of moment.flows) flows.set(id, 'baru');
    this.differ(this.shown.shapes, shapes, (id, mark) => this.drop(id, mark), (id, mark) => this.put(id, mark));
    this.differ(this.shown.flows, flows, (id, kind) => this.paint(id, kind, false), (id, kind) => this.paint(id, kind, true));
    this.shown = { shapes, flows };
    this.point(moment.element);
    this.jump(moment.jumps);
    const here = [ ...counts.keys() ].map((id) => this.registry.get(id));
    const first = here[0] || this.seen(moment.element) || this.seen(moment.passed[moment.passed.length - 1]);
    if (first && !this.stage.inView(first)) this.stage.show(first);
  }

  differ(old, next, drop, put) {
    for (const [ id, mark ] of old) {
      const now = next.get(id);
      if (now === undefined || (now.kind || now) !== (mark.kind || mark) || now.text !== mark.text) drop(id, mark);
    }
    for (const [ id, mark ] of next) {
      const was = old.get(id);
      if (was === undefined || (was.kind || was) !== (mark.kind || mark) || was.text !== mark.text) put(id, mark);
    }
  }

  put(id, { kind, text }) {
    const element = this.registry.get(id);
    this.canvas.addMarker(element, kind);
    const words = { selesai: [ '✓', 'selesai' ], berjalan: [ '●', 'di sini' ], menunggu: [ '◷', 'menunggu' ], ditutup: [ '✕', 'ditutup' ] };
    badge(this.overlays, element, kind, words[kind][0], text || words[kind][1]);
  }

  drop(id, { kind }) {
    const element = this.registry.get(id);
    this.canvas.removeMarker(element, kind);
    this.overlays.remove({ element });
  }

  paint(id, kind, on) {
    const flow = this.registry.get(id);
    if (!flow) return;
    this.canvas[on ? 'addMarker' : 'removeMarker'](flow, kind);
    const value = on ? this.taken : undefined;
    if (flow.di.get(COLOURED) === value) return;
    flow.di.set(COLOURED, value);
    this.factory.update('connection', flow, this.canvas.getGraphics(flow));
  }

  /** The element that the event is about. */
  point(id) {
    const element = id ? this.seen(id) : null;
    if (this.pointed === element) return;
    if (this.pointed) this.canvas.removeMarker(this.pointed, 'kejadian');
    if (element) this.canvas.addMarker(element, 'kejadian');
    this.pointed = element;
  }

  /** Moves beside the diagram, as dashed bows with a head. */
  jump(jumps) {
    this.layer.replaceChildren();
    for (const each of jumps) {
      const source = this.seen(each.source), target = each.to && this.seen(each.to);
      if (!source || !target) continue;
      const group = svg('g', { class: 'lompatan', 'data-dari': each.source, 'data-ke': each.to });
      const same = source === target;
      const [ a, b, c ] = same
        ? [ { x: source.x + 25, y: source.y }, { x: source.x + source.width / 2, y: source.y - 70 },
          { x: source.x + source.width - 25, y: source.y } ]
        : between(source, target);
      const angle = Math.atan2(c.y - b.y, c.x - b.x), wing = 0.42, size = 15;
      const corner = (turn) => `${c.x - size * Math.cos(angle + turn)},${c.y - size * Math.sin(angle + turn)}`;
      group.append(svg('path', { d: `M${a.x},${a.y}Q${b.x},${b.y} ${c.x},${c.y}`, class: 'lompatan-garis' }),
        svg('polygon', { points: `${c.x},${c.y} ${corner(wing)} ${corner(-wing)}`, class: 'lompatan-ujung' }));
      this.layer.append(group);
    }
  }

  /** A token rides along the flows that this moment took. */
  ride(flows, speed) {
    if (still()) return;
    let wait = 0;
    for (const flow of flows.map((id) => this.registry.get(id)).filter(Boolean).slice(0, 12)) {
      const ball = svg('circle', { r: 9, class: 'putar-bola' });
      this.layer.append(ball);
      const frames = flow.waypoints.map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)`, opacity: 1 }));
      const run = ball.animate(frames, { duration: RIDE / speed, delay: wait, easing: 'ease-in-out', fill: 'both' });
      run.onfinish = () => ball.remove();
      run.oncancel = run.onfinish;
      wait += RIDE / speed;
    }
  }

  light(id, on) {
    const element = this.seen(id);
    if (element) this.canvas[on ? 'addMarker' : 'removeMarker'](element, 'sorot');
  }
}

/** Pictures of all versions of a document inside `root`, one of them shown. */
export class Pictures {
  constructor(root, versions, pick, hover) {
    Object.assign(this, { root, versions, pick, hover });
    this.note = root.querySelector('.diagram-pesan');
    this.drawn = new Map();
    this.current = null;
    this.wanted = null;
  }

  /** Shows a moment. A version that is not drawn yet is drawn first; of several calls meanwhile the last one counts. */
  show(moment, marks, then) {
    this.wanted = { moment, marks, then };
    const picture = this.drawn.get(moment.version);
    if (picture) return this.settle(picture);
    return this.draw(moment.version).then((made) => {
      if (made && this.wanted.moment.version === made.version) this.settle(made);
    });
  }

  settle(picture) {
    if (this.current !== picture) {
      for (const each of this.drawn.values()) each.holder.hidden = each !== picture;
      this.current = picture;
      picture.stage.fit();
    }
    const { moment, marks, then } = this.wanted;
    picture.mark(moment, marks);
    this.root.dataset.versi = this.versions[moment.version].number;
    if (then) then(picture);
  }

  draw(version) {
    this.pending = this.pending || new Map();
    if (!this.pending.has(version)) this.pending.set(version, this.make(version));
    return this.pending.get(version);
  }

  async make(version) {
    const holder = make('div', 'putar-versi'), frame = make('div', 'diagram-kanvas');
    holder.dataset.versi = this.versions[version].number;
    if (this.note) this.note.textContent = 'Memuat diagram…';
    try {
      for (const each of this.drawn.values()) each.holder.hidden = true;
      this.root.append(holder);
      holder.append(frame);
      const viewer = viewerIn(this.root, frame);
      await viewer.importXML(this.versions[version].xml);
      const stage = new Stage(viewer, frame);
      const picture = new Picture(viewer, stage, frame, version);
      picture.holder = holder;
      stage.tallest = Math.max(innerHeight * 0.66, 420);
      describe(stage, this.root);
      stage.fit();
      tools(holder, stage);
      steer(stage);
      follow(stage, frame);
      const bus = viewer.get('eventBus');
      bus.on('element.click', ({ element }) => { if (!stage.dragged) this.pick(element.id); });
      bus.on('element.hover', ({ element }) => this.hover(element.id, true));
      bus.on('element.out', ({ element }) => this.hover(element.id, false));
      this.drawn.set(version, picture);
      if (this.note) this.note.remove();
      this.note = null;
      this.root.dataset.siap = '';
      return picture;
    } catch (error) {
      holder.remove();
      this.root.dataset.gagal = '';
      const note = this.note || this.root.appendChild(make('p', 'diagram-pesan'));
      note.textContent = 'Gambar versi ini belum dapat ditampilkan. Tabel kejadian memuat isi yang sama.';
      this.note = note;
      console.error('diagram', error);
      return null;
    }
  }
}
