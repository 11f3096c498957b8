// Comforts of the forms editor: the page works by ordinary posts, this spares the reload.
// Rows are found by data attributes; what they mean only the server knows, and says in the preview.

import { moveCard, renumber, addCard, removeCard, doubleCard, changeChoices } from './rows.js';
import { startPreview } from './preview.js';
import { remember, recall } from './place.js';

const form = document.querySelector('[data-rancang]');
if (form) start(form);

function start(form) {
  const list = form.querySelector('[data-daftar]');
  const preview = startPreview(form);
  let dirty = form.dataset.belum !== undefined;

  const changed = () => {
    if (list) renumber(list);
    dirty = true;
    form.querySelector('[data-keadaan]').textContent = 'Belum disimpan';
    preview.later();
  };

  const does = {
    tambah: () => addCard(list),
    naik: (card) => moveCard(list, card, -1),
    turun: (card) => moveCard(list, card, 1),
    ganda: (card) => doubleCard(list, card),
    hapus: (card) => removeCard(list, card, changed),
    pilihan: changeChoices,
    'pilihan-naik': changeChoices,
    'pilihan-hapus': changeChoices
  };

  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name=aksi]');
    const act = button && list && does[button.value.split(':')[0]];
    if (!act) return;
    event.preventDefault();
    tell(act(button.closest('[data-baris]'), button));
    changed();
  });
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  form.addEventListener('keydown', (event) => keys(event, list, changed));
  form.addEventListener('submit', () => { dirty = false; remember(form); });
  window.addEventListener('beforeunload', (event) => { if (dirty) event.preventDefault(); });
  document.addEventListener('click', followFinding);
  recall(form);
  if (list) renumber(list);
  const text = form.querySelector('[data-baris-salah]');
  if (text) selectLine(text, Number(text.dataset.barisSalah));
}

/** The line of the JSON that cannot be read, selected and in sight. */
function selectLine(text, line) {
  const before = text.value.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  const end = text.value.indexOf('\n', before);
  text.focus();
  text.setSelectionRange(before, end < 0 ? text.value.length : end);
  text.scrollTop = (line - 5) * parseFloat(getComputedStyle(text).lineHeight);
}

/** Alt with an arrow moves the field one stands in; Enter in a line of text does not save half a form. */
function keys(event, list, changed) {
  const card = event.target.closest('[data-baris]');
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.altKey && way && card && !event.target.matches('select')) {
    event.preventDefault();
    tell(moveCard(list, card, way));
    changed();
  } else if (event.key === 'Enter' && event.target.matches('input')) {
    event.preventDefault();
  } else if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const save = event.currentTarget.querySelector('.rancang-simpan [value=simpan]');
    if (save) save.click();
  }
}

/** Says in the live region what was done; a removal may be taken back there. */
function tell(message) {
  if (!message) return;
  const place = document.querySelector('[data-kabar]');
  place.className = 'kotak';
  place.textContent = message.text || message;
  if (!message.undo) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'tombol ringkas rancang-urung';
  button.textContent = 'Urungkan';
  button.addEventListener('click', () => tell(message.undo()));
  place.append(button);
}

/** A finding leads to its field, unfolded. */
function followFinding(event) {
  const link = event.target.closest('a[href^="#baris-"]');
  const card = link && document.getElementById(link.hash.slice(1));
  if (!card) return;
  event.preventDefault();
  const fold = card.querySelector('details');
  fold.open = true;
  card.scrollIntoView({ block: 'start' });
  fold.querySelector('input:not([type=hidden])').focus({ preventScroll: true });
}
