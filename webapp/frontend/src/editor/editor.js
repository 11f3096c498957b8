// Begins the page on which the SOP is drawn: the editor, or on a small screen the picture alone.
import { showPicture } from './modeler.js';
import { Editor } from './page.js';
import { asked, unknown } from './words.js';

const LARGE = window.matchMedia('(min-width: 900px)');

/** On a screen that is too small the picture only, from what is drawn at that moment. */
function followSize(root, xml) {
  let drawn = null;
  const draw = async () => {
    if (LARGE.matches && root.dataset.bacaSaja === undefined) return;
    const place = document.querySelector('[data-bagian=kecil]');
    if (drawn === xml()) return;
    drawn = xml();
    place.replaceChildren();
    await showPicture(place, drawn);
    place.dataset.siap = '';
  };
  LARGE.addEventListener('change', draw);
  return draw();
}

async function start(root) {
  const source = JSON.parse(document.getElementById('sumber').textContent);
  let editor = null;
  const begin = async () => {
    if (editor || !LARGE.matches || root.dataset.bacaSaja !== undefined) return;
    editor = new Editor(root, source);
    // For the console and the browser tests; nothing in the pages reads it.
    root.editor = editor;
    root.words = { asked, unknown };
    await editor.begin();
  };
  const failed = (error) => {
    console.error('editor', error);
    root.dataset.gagal = '';
    document.querySelector('[data-bagian=gagal]').hidden = false;
  };
  LARGE.addEventListener('change', () => begin().catch(failed));
  try {
    await begin();
    await followSize(root, () => (editor ? editor.content().xml : source.xml));
  } catch (error) {
    failed(error);
  }
}

const root = document.getElementById('penyunting');
if (root) start(root);
