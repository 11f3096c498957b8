// Controls with label, help and message. They read and write through functions; what these mean they do not know.
import { make } from '../dom.js';
import { clean, cleanLine } from './model.js';
import { part } from './parts.js';

const PAUSE = 300; // milliseconds after a letter before it is written into the picture

/** Event of a control whose text was completed by a choice from a list. */
export const COMPLETED = 'sifat:lengkap';

/** The frame of a control: label above, help below it, message last. */
export function frame(control, { key, label, help, hideLabel = false }) {
  const id = `sifat-${key}`;
  control.id = id;
  const helpNode = help ? make('p', { class: 'bantuan', id: `${id}-bantuan` }, help) : null;
  const message = make('p', { class: 'sifat-pesan', id: `${id}-pesan`, role: 'status', hidden: true });
  control.setAttribute('aria-describedby', [ help && `${id}-bantuan`, `${id}-pesan` ].filter(Boolean).join(' '));
  const node = make('div', { class: 'sifat-isian' },
    make('label', { for: id, class: hideLabel ? 'tersembunyi' : false }, label), helpNode, control.parentNode || control, message);
  const tell = (words) => {
    message.hidden = !words;
    if (message.textContent !== words) message.textContent = words;
    node.classList.toggle('salah', Boolean(words));
    control.setAttribute('aria-invalid', String(Boolean(words)));
  };
  return { node, tell };
}

/**
 * A field for text; with `lines: 1` for one line that may be long and is shown whole. `fault(text)` keeps what it complains of out of the picture; `check` (from check.js) only says
 * what is wrong. `eager: false` writes when the field is left, not while one types.
 */
export function textField(panel, options) {
  const { get, set, lines = 0, fault = () => '', check, eager = true, keep, mono, input: given, attributes = {} } = options;
  const tidy = keep || (lines > 1 ? clean : cleanLine);
  const control = given || make(lines ? 'textarea' : 'input', {
    class: `masukan${mono ? ' sandi' : ''}`, autocomplete: 'off', spellcheck: mono ? 'false' : undefined,
    ...(lines ? { rows: lines } : { type: 'text' }), ...attributes
  });
  const { node, tell } = frame(control, options);
  const asked = check && check(tell);
  let visit = null, timer = null, seen = null;

  const commit = () => {
    clearTimeout(timer);
    timer = null;
    const value = tidy(control.value);
    const wrong = fault(value);
    if (wrong || !asked) tell(wrong);
    if (wrong) return;
    visit = visit || panel.edits.visit();
    visit.write(() => set(value), () => get() === value);
    seen = get();
  };
  const show = () => {
    if (control.value !== seen) control.value = seen;
  };
  const field = {
    flush: () => { if (timer !== null) commit(); },
    drop: () => clearTimeout(timer),
    leave: () => {
      if (timer !== null || !eager) commit();
      if (!fault(tidy(control.value))) show(); // what is wrong stays to be mended, and is not in the picture
      visit = null;
      delete control.dataset.diketik;
    }
  };
  control.addEventListener('focus', () => panel.enter(control, field));
  control.addEventListener('blur', () => panel.leave(control));
  const typed = () => {
    control.dataset.diketik = ''; // from now on Ctrl+Z takes back letters, not the last change of the picture
    if (asked) asked(tidy(control.value));
    if (!eager) return;
    clearTimeout(timer);
    timer = setTimeout(commit, PAUSE);
  };
  control.addEventListener('input', typed);
  control.addEventListener(COMPLETED, typed);
  control.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && lines < 2 && !event.defaultPrevented) {
      event.preventDefault();
      commit();
      show();
    }
  });
  const sync = () => {
    const now = get();
    if (now === seen) return;
    const first = seen === null;
    seen = now;
    show();
    if (!first) {
      tell('');
      if (asked) asked(now);
    }
  };
  sync();
  return { ...part(node, sync), control, tell };
}

export function checkbox(panel, { key, label, help, get, set, enabled = () => true }) {
  const id = `sifat-${key}`;
  const control = make('input', { type: 'checkbox', id, 'aria-describedby': help && `${id}-bantuan` });
  const node = make('div', { class: 'sifat-centang' }, control, make('label', { for: id }, label),
    help ? make('p', { class: 'bantuan', id: `${id}-bantuan` }, help) : null);
  control.addEventListener('change', () => panel.edits.change(() => set(control.checked)));
  const sync = () => {
    control.checked = get();
    control.disabled = !enabled();
  };
  sync();
  return part(node, sync);
}

function fill(control, options, value) {
  const wanted = JSON.stringify(options);
  if (control.dataset.pilihan !== wanted) {
    control.dataset.pilihan = wanted;
    control.replaceChildren(...options.map(([ each, label ]) => make('option', { value: each }, label)));
  }
  control.value = value;
}

/** `options()` gives [value, text] pairs; a value that is none of them is shown as `strange(value)`. */
export function select(panel, { options, get, set, strange = (value) => `${value} (tidak ada)`, ...more }) {
  const control = make('select', { class: 'masukan' });
  const { node, tell } = frame(control, more);
  const sync = () => {
    const value = get();
    const known = options();
    fill(control, known.some(([ each ]) => each === value) ? known : [ [ value, strange(value) ], ...known ], value);
  };
  control.addEventListener('change', () => {
    if (control.value !== get()) set(control.value);
    sync();
  });
  sync();
  return { ...part(node, sync), control, tell };
}

/** One of a few, each with a sentence. `choices()` gives {value, label, help, off}; `off` says why it cannot be chosen. */
export function radios(panel, { key, label, help, choices, get, set, hideLabel = false }) {
  const rows = new Map();
  const list = make('div', { class: 'sifat-pilihan' });
  const node = make('fieldset', { class: 'sifat-isian' }, make('legend', { class: hideLabel ? 'tersembunyi' : false }, label),
    help ? make('p', { class: 'bantuan' }, help) : null, list);
  for (const { value } of choices()) {
    const id = `sifat-${key}-${value || 'kosong'}`;
    const control = make('input', { type: 'radio', id, name: `sifat-${key}`, value, 'aria-describedby': `${id}-bantuan` });
    const name = make('label', { for: id }), note = make('p', { class: 'bantuan', id: `${id}-bantuan` });
    control.addEventListener('change', () => { if (control.checked) set(value); });
    list.append(make('div', { class: 'sifat-centang' }, control, name, note));
    rows.set(value, { control, name, note });
  }
  const sync = () => choices().forEach((choice) => {
    const { control, name, note } = rows.get(choice.value);
    control.checked = get() === choice.value;
    control.disabled = Boolean(choice.off) && !control.checked;
    name.textContent = choice.label;
    note.textContent = (control.disabled && choice.off) || choice.help || '';
    note.hidden = !note.textContent;
  });
  sync();
  return part(node, sync);
}
