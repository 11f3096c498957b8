// Files in and out: .bpmn, SVG, PNG. Knows the drawing surface; what a file means is asked of the server.
import { make, offer } from './dom.js';
import { inWords, undrawable } from './undrawn.js';

const LARGEST = 1_000_000; // bytes, as on the server
const SCALE = 2; // a PNG twice as fine as the screen, so that it can be printed
const MOST_PIXELS = 24_000_000;

const svgText = async (modeler) => (await modeler.saveSVG()).svg;

async function png(modeler) {
  const svg = await svgText(modeler);
  const image = new Image();
  // A data address, because the policy of the pages lets pictures come from nowhere else.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const scale = Math.min(SCALE, Math.sqrt(MOST_PIXELS / (image.width * image.height)));
  const sheet = make('canvas', { width: Math.ceil(image.width * scale), height: Math.ceil(image.height * scale) });
  const pen = sheet.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(image, 0, 0, sheet.width, sheet.height);
  return new Promise((resolve) => { sheet.toBlob(resolve, 'image/png'); });
}

/** Gives the picture as a file of a kind: 'bpmn', 'svg' or 'png'. */
export async function download(modeler, name, kind) {
  const blob = kind === 'png' ? await png(modeler)
    : kind === 'svg' ? new Blob([ await svgText(modeler) ], { type: 'image/svg+xml' })
      : new Blob([ modeler.xmlNow() ], { type: 'application/xml' });
  offer(`${name}.${kind}`, blob);
}

/**
 * Takes a file into the picture.  Returns {text, findings}; throws an Error with words for the person when the file
 * cannot be drawn, and leaves the old picture as it was.
 */
export async function take(file, { modeler, request, forms }) {
  if (file.size > LARGEST) throw new Error('Berkas lebih besar dari 1 MB.');
  const text = await read(file);
  const { findings } = await request('periksa', { xml: text, forms });
  await trial(modeler, text, findings);
  await replace(modeler, text);
  return { text, findings };
}

async function read(file) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    throw new Error('Berkas ini bukan teks UTF-8.');
  }
}

/** Reads the file without drawing it. */
async function trial(modeler, text, findings) {
  const reason = (findings.find((each) => each.severity === 'galat') || {}).message;
  let parsed;
  try {
    parsed = await modeler._moddle.fromXML(text, 'bpmn:Definitions');
  } catch {
    throw new Error(reason || 'Berkas ini bukan diagram BPMN.');
  }
  const diagram = (parsed.rootElement.diagrams || [])[0];
  if (!diagram || !diagram.plane || !diagram.plane.bpmnElement) {
    throw new Error('Berkas ini tidak memuat gambar (BPMNDiagram), hanya isinya.');
  }
  const double = (parsed.warnings || []).find((each) => /duplicate ID/.test(each.message));
  if (double) throw new Error(reason || 'Ada id yang dipakai lebih dari sekali.');
  // What is not seen would run all the same.
  const missing = undrawable(parsed.rootElement);
  if (missing.length) throw new Error(`Tidak ada tempatnya dalam gambar: ${inWords(missing)}.`);
}

/** Draws another text; when that fails, the old one again. */
export async function replace(modeler, text) {
  const before = modeler.getDefinitions() && modeler.xmlNow();
  try {
    await modeler.importXML(text);
  } catch (cause) {
    if (before) await modeler.importXML(before);
    throw new Error('Gambar dalam berkas ini tidak dapat dibaca.', { cause });
  }
}
