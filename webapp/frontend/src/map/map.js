// Draws the map of a process: flows as wide as they are frequent, figures at the steps, one way lit up.
// Knows figures and element ids only; the table below the picture says the same in words.
import { Stage, colour, describe, follow, load, make, steer, tools, viewerIn, whenVisible } from '../picture.js';

const WIDEST = 4.5, THINNEST = 1.4;

/** Width of a flow: by the root of its frequency, so that rare ways still show. */
const width = (number, most) => THINNEST + (WIDEST - THINNEST) * Math.sqrt(number / most);

function label(overlays, element, text, kind) {
  const html = make('span', `peta-angka ${kind}`, text);
  if (!element.waypoints) html.style.width = `${element.width}px`;
  overlays.add(element, { position: place(element), html });
}

/** At the foot of a step, or at the middle of a flow. */
function place(element) {
  if (!element.waypoints) return { bottom: 17, left: 0 };
  const points = element.waypoints, middle = Math.floor((points.length - 1) / 2);
  const [ a, b ] = [ points[middle], points[middle + 1] ];
  const left = Math.min(...points.map((p) => p.x)), top = Math.min(...points.map((p) => p.y));
  return { left: (a.x + b.x) / 2 - left - 10, top: (a.y + b.y) / 2 - top - 9 };
}

function paint(viewer, root, data) {
  const registry = viewer.get('elementRegistry'), canvas = viewer.get('canvas'), overlays = viewer.get('overlays');
  const factory = viewer.get('graphicsFactory');
  const way = root.dataset.jalur && new Set(data.jalur[root.dataset.jalur] || []);
  const most = Math.max(1, ...Object.values(data.alur).map(([ number ]) => number));
  const taken = colour(root, '--aksen', '#0b5a73');
  for (const [ id, [ number, text ] ] of Object.entries(data.alur)) {
    const flow = registry.get(id);
    if (!flow || (way && !way.has(id))) continue;
    flow.di.set('border-color', taken);
    factory.update('connection', flow, canvas.getGraphics(flow));
    const line = canvas.getGraphics(flow).querySelector('.djs-visual path');
    if (line) line.style.strokeWidth = `${width(number, most).toFixed(2)}px`;
    canvas.addMarker(flow, 'dilalui');
    if (!way) label(overlays, flow, text, 'alur');
  }
  for (const [ id, figures ] of Object.entries(data.langkah)) {
    const step = registry.get(id);
    if (!step) continue;
    const passed = !way || step.incoming.some((flow) => way.has(flow.id));
    if (!passed) continue;
    if (way) canvas.addMarker(step, 'selesai');
    label(overlays, step, figures.teks, 'langkah');
    if (figures.lewat) {
      overlays.add(step, { position: { top: -10, right: 40 }, html: make('span', 'peta-angka lewat', `${figures.lewat}% lewat`) });
    }
  }
}

async function draw(root) {
  const note = root.appendChild(make('p', 'diagram-pesan', 'Memuat peta…'));
  const frame = make('div', 'diagram-kanvas');
  try {
    const xml = await load(root.dataset.peta);
    const data = JSON.parse(document.getElementById('data-peta').textContent);
    root.append(frame);
    const viewer = viewerIn(root, frame);
    await viewer.importXML(xml);
    paint(viewer, root, data);
    const stage = new Stage(viewer, frame);
    describe(stage, root);
    stage.fit();
    tools(root, stage);
    steer(stage);
    follow(stage, frame);
    note.remove();
    root.dataset.siap = '';
  } catch (error) {
    frame.remove();
    note.textContent = 'Peta belum dapat digambar. Tabel di bawahnya memuat angka yang sama.';
    root.dataset.gagal = '';
    console.error('peta', error);
  }
}

document.querySelectorAll('[data-peta]').forEach((root) => whenVisible(root, draw));
