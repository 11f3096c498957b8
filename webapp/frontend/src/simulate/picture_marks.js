// The picture beside a simulation: tokens on open tasks, ways taken, steps done; marked anew after every action.
import { Stage, badge, colour, describe, follow, load, make, steer, tools, viewerIn } from '../picture.js';

const COLOURED = 'border-color';

class Picture {
  constructor(viewer, stage, root) {
    this.viewer = viewer;
    this.stage = stage;
    this.root = root;
    this.marked = [];
  }

  each(ids, act) {
    const registry = this.viewer.get('elementRegistry');
    ids.map((id) => registry.get(id)).filter(Boolean).forEach(act);
  }

  mark({ done, open, flows }) {
    const canvas = this.viewer.get('canvas'), overlays = this.viewer.get('overlays');
    this.clear(canvas, overlays);
    const taken = colour(this.root, '--aksen', '#0b5a73');
    this.each(flows, (flow) => {
      this.colourFlow(flow, taken);
      this.add(canvas, flow, 'dilalui');
    });
    this.each(done.filter((id) => !open.includes(id)), (element) => {
      this.add(canvas, element, 'selesai');
      badge(overlays, element, 'selesai', '✓', 'selesai');
    });
    this.each(open, (element) => {
      this.add(canvas, element, 'berjalan');
      badge(overlays, element, 'berjalan', '●', 'sekarang');
    });
    const first = open.length && this.viewer.get('elementRegistry').get(open[0]);
    if (first) this.stage.show(first);
    this.root.dataset.sekarang = open.join(' ');
  }

  add(canvas, element, name) {
    canvas.addMarker(element, name);
    this.marked.push([ element, name ]);
  }

  colourFlow(flow, value) {
    flow.di.set(COLOURED, value);
    const canvas = this.viewer.get('canvas');
    this.viewer.get('graphicsFactory').update('connection', flow, canvas.getGraphics(flow));
  }

  clear(canvas, overlays) {
    overlays.clear();
    for (const [ element, name ] of this.marked) {
      canvas.removeMarker(element, name);
      if (name === 'dilalui') this.colourFlow(element, undefined);
    }
    this.marked = [];
  }

  async reload() {
    this.marked = [];
    await this.viewer.importXML(await load(this.root.dataset.gambar));
    this.stage.fit();
  }
}

/** Draws the diagram into `root`; `pick` is called with the id of an element that was clicked. */
export async function drawPicture(root, pick) {
  const note = root.querySelector('.diagram-pesan');
  note.textContent = 'Memuat diagram…';
  const frame = make('div', 'diagram-kanvas');
  try {
    const xml = await load(root.dataset.gambar);
    root.append(frame);
    const viewer = viewerIn(root, frame);
    await viewer.importXML(xml);
    const stage = new Stage(viewer, frame);
    describe(stage, root);
    stage.fit();
    tools(root, stage);
    steer(stage);
    follow(stage, frame);
    viewer.get('eventBus').on('element.click', ({ element }) => { if (!stage.dragged) pick(element.id); });
    note.remove();
    root.dataset.siap = '';
    return new Picture(viewer, stage, root);
  } catch {
    // What is wrong with the file the panel tells in words.
    frame.remove();
    note.textContent = 'Gambar diagram belum dapat ditampilkan. Panel di halaman ini memuat isi yang sama.';
    root.dataset.gagal = '';
    return null;
  }
}
