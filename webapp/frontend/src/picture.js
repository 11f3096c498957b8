// A picture of a diagram: drawn, zoomed, scrolled, described. Knows nothing of what is marked in it.
import Viewer from 'bpmn-js/lib/Viewer';

const MARGIN = 14;
const LARGEST = 2.5;
// Smaller than this the names of the steps cannot be read: then the picture scrolls instead of shrinking.
const readable = (width) => (width < 600 ? 0.75 : 0.55);
const STEP = 1.25;

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

export function colour(frame, name, otherwise) {
  return getComputedStyle(frame).getPropertyValue(name).trim() || otherwise;
}

export async function load(url) {
  const answer = await fetch(url, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.text();
}

/** Natural size of the picture: everything drawn, labels included. */
function extent(canvas) {
  const box = canvas.getActiveLayer().getBBox();
  return {
    x: box.x - MARGIN, y: box.y - MARGIN, width: box.width + 2 * MARGIN, height: box.height + 2 * MARGIN
  };
}

/**
 * Zoom and scroll.  The picture is made larger than its frame and the frame scrolls like any other
 * part of the page: fingers, wheel and keys keep their usual meaning, nothing is captured.
 */
export class Stage {
  constructor(viewer, frame) {
    this.canvas = viewer.get('canvas');
    this.frame = frame;
    this.pane = this.canvas.getContainer();
    this.svg = this.pane.querySelector('svg');
    this.box = extent(this.canvas);
    this.scale = 1;
    this.fitted = true;
  }

  fitScale() {
    // `tallest`: a page may want the whole picture in sight; else only its width counts.
    const room = Math.min(this.frame.clientWidth / this.box.width, (this.tallest || Infinity) / this.box.height);
    return Math.min(Math.max(room, readable(this.frame.clientWidth)), 1.15);
  }

  fit() {
    this.fitted = true;
    this.draw(this.fitScale());
  }

  zoom(factor, point) {
    this.fitted = false;
    const least = Math.min(this.fitScale(), this.frame.clientWidth / this.box.width);
    this.draw(Math.min(Math.max(this.scale * factor, least), LARGEST), point);
  }

  /** Redraws at a scale; `point` (pixels inside the pane, default its middle) stays where it is. */
  draw(scale, point) {
    const { pane, box } = this;
    const at = point || { x: pane.clientWidth / 2, y: pane.clientHeight / 2 };
    const factor = scale / this.scale;
    const left = (pane.scrollLeft + at.x) * factor - at.x;
    const top = (pane.scrollTop + at.y) * factor - at.y;
    this.scale = scale;
    const width = Math.round(box.width * scale), height = Math.round(box.height * scale);
    this.svg.style.width = `${width}px`;
    this.svg.style.height = `${height}px`;
    if (this.fitted) this.frame.style.setProperty('--tinggi', `${height}px`);
    const size = this.canvas.getSize();
    this.canvas.viewbox({
      x: box.x, y: box.y, width: size.width / scale, height: size.height / scale
    });
    pane.scrollLeft = left;
    pane.scrollTop = top;
    this.whole = width <= pane.clientWidth && height <= pane.clientHeight;
  }

  inView(element) {
    if (this.whole) return true;
    const { pane, box, scale } = this;
    const x = (element.x - box.x) * scale - pane.scrollLeft, y = (element.y - box.y) * scale - pane.scrollTop;
    return x >= 0 && y >= 0 && x + element.width * scale <= pane.clientWidth && y + element.height * scale <= pane.clientHeight;
  }

  show(element) {
    const { pane, box, scale } = this;
    pane.scrollLeft = (element.x + element.width / 2 - box.x) * scale - pane.clientWidth / 2;
    pane.scrollTop = (element.y + element.height / 2 - box.y) * scale - pane.clientHeight / 2;
  }
}

export function badge(overlays, element, kind, sign, word) {
  const small = element.width < 80;
  const html = make('span', `diagram-tanda diagram-tanda-${kind}`);
  html.append(make('span', 'diagram-tanda-isyarat', sign));
  if (!small) html.append(make('span', '', word));
  overlays.add(element, {
    position: small ? { top: -9, left: -9 } : { top: 3, left: 25 },
    html
  });
}

/** Mouse: drag moves the picture, the wheel zooms only with Ctrl.  Touch is left to the browser. */
export function steer(stage) {
  const { pane } = stage;
  let from = null;
  pane.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'mouse' || event.button) return;
    from = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop };
    stage.dragged = false;
  });
  window.addEventListener('pointermove', (event) => {
    if (!from) return;
    const dx = event.clientX - from.x, dy = event.clientY - from.y;
    if (Math.abs(dx) + Math.abs(dy) > 4) stage.dragged = true;
    pane.scrollLeft = from.left - dx;
    pane.scrollTop = from.top - dy;
  });
  window.addEventListener('pointerup', () => { from = null; });
  pane.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const edge = pane.getBoundingClientRect();
    stage.zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1, { x: event.clientX - edge.left, y: event.clientY - edge.top });
  }, { passive: false });
}

export function tools(root, stage) {
  const bar = make('div', 'diagram-alat');
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', 'Ukuran diagram');
  const button = (sign, text, act) => {
    const node = make('button', 'diagram-tombol');
    node.type = 'button';
    const mark = make('span', 'diagram-tombol-tanda', sign);
    mark.setAttribute('aria-hidden', 'true');
    node.append(mark, make('span', '', text));
    node.addEventListener('click', act);
    bar.append(node);
  };
  button('+', 'Perbesar', () => stage.zoom(STEP));
  button('−', 'Perkecil', () => stage.zoom(1 / STEP));
  button('⤢', 'Paskan', () => stage.fit());
  root.prepend(bar);
}

export function describe(stage, root) {
  const { pane, svg } = stage;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', root.dataset.keterangan
    || 'Diagram alir. Isi yang sama dapat dibaca pada tabel langkah di halaman ini.');
  svg.setAttribute('tabindex', '-1');
  svg.setAttribute('focusable', 'false');
  if (root.dataset.tabel) svg.setAttribute('aria-describedby', root.dataset.tabel);
  pane.tabIndex = 0;
  pane.setAttribute('role', 'group');
  pane.setAttribute('aria-label', 'Gambar diagram, dapat digeser');
  const overlays = pane.querySelector('.djs-overlay-container');
  if (overlays) overlays.setAttribute('aria-hidden', 'true');
}

/** Keeps the picture fitted while the frame changes its width, and on paper. */
export function follow(stage, frame) {
  let width = frame.clientWidth;
  new ResizeObserver(() => {
    if (frame.clientWidth === width || !frame.clientWidth) return;
    width = frame.clientWidth;
    if (stage.fitted) stage.fit(); else stage.draw(stage.scale);
  }).observe(frame);
  window.addEventListener('beforeprint', () => {
    stage.fitted = true;
    stage.draw(Math.min(660 / stage.box.width, 1));
  });
  window.addEventListener('afterprint', () => stage.fit());
}

/** A viewer in the colours of the page that holds `root`, drawing into `frame`. */
export function viewerIn(root, frame) {
  return new Viewer({
    container: frame,
    bpmnRenderer: { defaultStrokeColor: colour(root, '--diagram-garis', '#56616c'), defaultLabelColor: '#1c242b' },
    textRenderer: {
      // The widths that drawing tools reckon with: with a wider face the labels would break elsewhere.
      defaultStyle: { fontFamily: 'Arial, "Liberation Sans", sans-serif', fontSize: 14 },
      externalStyle: { fontSize: 12, lineHeight: 1.2 }
    }
  });
}

/** Does `act` once the place is visible: a picture inside a closed <details> has no size yet. */
export function whenVisible(root, act) {
  const watch = new ResizeObserver(() => {
    if (!root.clientWidth) return;
    watch.disconnect();
    act(root);
  });
  watch.observe(root);
}
