// Two pictures side by side, in step, with what changed marked by its kind and linked to the list of changes.
// Knows element ids and kinds of change only; the sentences stand in the list.
import { Stage, badge, describe, follow, load, make, steer, viewerIn, whenVisible } from '../picture.js';

const KINDS = {
  baru: [ '+', 'baru' ], hapus: [ '−', 'dihapus' ], ubah: [ '✎', 'berubah' ], pindah: [ '⇄', 'pindah' ]
};
const STEP = 1.25;

const rows = [ ...document.querySelectorAll('[data-perubahan]') ];

/** Where an element lies, flows too: they have corners instead of a size. */
function place(element) {
  if (!element.waypoints) return element;
  const xs = element.waypoints.map((point) => point.x), ys = element.waypoints.map((point) => point.y);
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function mark(viewer) {
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays'), registry = viewer.get('elementRegistry');
  const marked = new Set();
  for (const row of rows) {
    const element = registry.get(row.dataset.perubahan), kind = row.dataset.tanda;
    if (!element || marked.has(element.id + kind)) continue;
    marked.add(element.id + kind);
    canvas.addMarker(element, `beda-${kind}`);
    if (!element.waypoints && !marked.has(element.id)) badge(overlays, element, kind, ...KINDS[kind]);
    marked.add(element.id);
  }
}

async function draw(root) {
  const frame = make('div', 'diagram-kanvas');
  const viewer = viewerIn(root, frame);
  const xml = await load(root.dataset.banding);
  root.append(frame);
  await viewer.importXML(xml);
  mark(viewer);
  const stage = new Stage(viewer, frame);
  describe(stage, root);
  stage.fit();
  steer(stage);
  follow(stage, frame);
  return { viewer, stage, root };
}

/** What one picture shows, the other shows as well: the same place of the drawing, the same size. */
function inStep(pictures) {
  let leading = null;
  for (const one of pictures) {
    one.stage.pane.addEventListener('scroll', () => {
      if (leading && leading !== one) return;
      leading = one;
      const { pane, box, scale } = one.stage;
      for (const other of pictures) {
        if (other === one) continue;
        const { pane: follower, box: its, scale: size } = other.stage;
        follower.scrollLeft = (pane.scrollLeft / scale + box.x - its.x) * size;
        follower.scrollTop = (pane.scrollTop / scale + box.y - its.y) * size;
      }
      requestAnimationFrame(() => requestAnimationFrame(() => { leading = null; }));
    });
  }
}

function tools(bar, pictures) {
  const button = (sign, text, act) => {
    const node = make('button', 'diagram-tombol');
    node.type = 'button';
    const shown = make('span', 'diagram-tombol-tanda', sign);
    shown.setAttribute('aria-hidden', 'true');
    node.append(shown, make('span', '', text));
    node.addEventListener('click', () => pictures.forEach(({ stage }) => act(stage)));
    bar.append(node);
  };
  button('+', 'Perbesar', (stage) => stage.zoom(STEP));
  button('−', 'Perkecil', (stage) => stage.zoom(1 / STEP));
  button('⤢', 'Paskan', (stage) => stage.fit());
  bar.hidden = false;
}

/** A row chosen by mouse or keyboard shows its element in both pictures; an element clicked shows its row. */
function link(pictures) {
  let lit = null;
  const show = (id) => {
    for (const { viewer, stage } of pictures) {
      const canvas = viewer.get('canvas'), registry = viewer.get('elementRegistry');
      if (lit && registry.get(lit)) canvas.removeMarker(lit, 'sorot');
      const element = registry.get(id);
      if (!element) continue;
      canvas.addMarker(id, 'sorot');
      stage.show(place(element));
    }
    lit = id;
    rows.forEach((row) => row.classList.toggle('sorot', row.dataset.perubahan === id));
  };
  for (const row of rows) {
    const button = row.querySelector('button');
    if (button) button.addEventListener('click', () => show(row.dataset.perubahan));
  }
  for (const { viewer, stage } of pictures) {
    viewer.get('eventBus').on('element.click', ({ element }) => {
      const row = rows.find((one) => one.dataset.perubahan === element.id);
      if (!row || stage.dragged) return;
      show(element.id);
      row.scrollIntoView({ block: 'nearest' });
    });
  }
}

async function start(place) {
  const note = place.querySelector('.diagram-pesan');
  try {
    const pictures = await Promise.all([ ...place.querySelectorAll('[data-banding]') ].map(draw));
    inStep(pictures);
    tools(place.querySelector('.diagram-alat'), pictures);
    link(pictures);
    note.remove();
    place.dataset.siap = '';
  } catch (error) {
    note.textContent = 'Gambar belum dapat ditampilkan. Daftar perubahan di bawah memuat isi yang sama.';
    place.dataset.gagal = '';
    console.error('compare', error);
  }
}

document.querySelectorAll('[data-dua-gambar]').forEach((each) => whenVisible(each, start));
