// Draws the diagram of a case and marks what is done and what is open.
// Knows element ids and marks only; what they mean is said by the table beside the picture.
import { Stage, badge, colour, describe, follow, load, make, steer, tools, viewerIn, whenVisible } from './picture.js';

const words = (text) => (text || '').split(/\s+/).filter(Boolean);

function mark(viewer, frame, root) {
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays');
  const registry = viewer.get('elementRegistry'), factory = viewer.get('graphicsFactory');
  const each = (ids, act) => words(ids).forEach((id) => {
    const element = registry.get(id);
    if (element) act(element);
  });
  const taken = colour(frame, '--aksen', '#0b5a73');

  each(root.dataset.alur, (flow) => {
    flow.di.set('border-color', taken);
    factory.update('connection', flow, canvas.getGraphics(flow));
    canvas.addMarker(flow, 'dilalui');
  });
  const open = new Set(words(root.dataset.berjalan));
  each(root.dataset.selesai, (element) => {
    if (open.has(element.id)) return;
    canvas.addMarker(element, 'selesai');
    badge(overlays, element, 'selesai', '✓', 'selesai');
  });
  each(root.dataset.berjalan, (element) => {
    canvas.addMarker(element, 'berjalan');
    badge(overlays, element, 'berjalan', '●', 'sekarang');
  });
  return [ ...open ].map((id) => registry.get(id)).filter(Boolean);
}

/** A step pointed at lights up its rows in the tables, and the other way round. */
function link(viewer, stage) {
  const canvas = viewer.get('canvas'), registry = viewer.get('elementRegistry');
  const rows = [ ...document.querySelectorAll('[data-langkah]') ].filter((row) => registry.get(row.dataset.langkah));
  const rowsOf = (id) => rows.filter((row) => row.dataset.langkah === id);
  const light = (id, on) => {
    canvas[on ? 'addMarker' : 'removeMarker'](id, 'sorot');
    rowsOf(id).forEach((row) => row.classList.toggle('sorot', on));
  };

  const bus = viewer.get('eventBus');
  bus.on('element.hover', ({ element }) => rowsOf(element.id).length && light(element.id, true));
  bus.on('element.out', ({ element }) => rowsOf(element.id).length && light(element.id, false));
  bus.on('element.click', ({ element }) => {
    const row = rowsOf(element.id).find((one) => one.offsetParent);
    if (row && !stage.dragged) row.scrollIntoView({ block: 'nearest' });
  });
  for (const row of rows) {
    const id = row.dataset.langkah;
    for (const name of [ 'mouseenter', 'focusin' ]) row.addEventListener(name, () => light(id, true));
    for (const name of [ 'mouseleave', 'focusout' ]) row.addEventListener(name, () => light(id, false));
    row.addEventListener('click', (event) => {
      if (!event.target.closest('a, button, input, label, summary')) stage.show(registry.get(id));
    });
  }
}

async function draw(root) {
  const note = root.querySelector('.diagram-pesan') || root.appendChild(make('p', 'diagram-pesan'));
  note.textContent = 'Memuat diagram…';
  const frame = make('div', 'diagram-kanvas');
  try {
    const xml = await load(root.dataset.diagram);
    root.append(frame);
    const viewer = viewerIn(root, frame);
    await viewer.importXML(xml);
    const open = mark(viewer, root, root);
    const stage = new Stage(viewer, frame);
    describe(stage, root);
    stage.fit();
    stage.show(open[0] || stage.box);
    tools(root, stage);
    link(viewer, stage);
    steer(stage);
    follow(stage, frame);
    note.remove();
    root.dataset.siap = '';
  } catch (error) {
    frame.remove();
    note.textContent = 'Diagram belum dapat ditampilkan. Tabel langkah di halaman ini memuat isi yang sama. '
      + 'Muat ulang halaman untuk mencoba lagi.';
    root.dataset.gagal = '';
    console.error('diagram', error);
  }
}

document.querySelectorAll('[data-diagram]').forEach((root) => whenVisible(root, draw));
