// A condition that compares one variable, put together by choosing. Writes and reads expressions through functions.
import { make } from '../dom.js';
import { combobox } from './combobox.js';
import {
  beginCondition, comparisons, readCondition, takesList, takesValue, valueFault, WORDS, writeCondition
} from './conditions.js';
import { frame, select, textField } from './fields.js';
import { changing, part, stack, text } from './parts.js';

/** `get()` gives the expression, `write(text)` changes it within a step, `known()` lists the variables. */
export function simpleCondition(panel, { get, write, known }) {
  const now = () => readCondition(get());
  const variable = () => now() && known().find(({ name }) => name === now().name);
  const put = (condition) => write(writeCondition(condition, variable()));
  const tools = { now, variable, put, change: (condition) => panel.edits.change(() => put(condition)) };
  const key = () => [ now() && now().name, now() && now().comparison, (variable() || {}).choices, (variable() || {}).type ];
  const rest = changing(panel, key, () => (now() ? [ comparison(panel, tools), value(panel, tools) ] : []));
  const chooser = variableField({ now, known, choose: (chosen) => {
    panel.edits.change(() => write(writeCondition(beginCondition(chosen), chosen)));
    panel.sync();
    panel.focus('syarat-banding');
  } });
  const written = text(() => get() && `Tertulis: ${get()}`, 'sandi sifat-tertulis');
  const strange = text(() => (now() && !variable()
    ? `Isian «${now().name}» belum diisi oleh formulir mana pun sebelum keputusan ini, atau bersifat pribadi.` : ''), 'sifat-pesan');
  return stack(chooser, strange, rest, written);
}

const title = ({ name, label }) => (label === name ? name : `${label} (${name})`);

function variableField({ now, known, choose }) {
  const chosen = () => known().find(({ name }) => now() && name === now().name);
  const shown = () => (chosen() ? title(chosen()) : now() ? now().name : '');
  const offers = (typed, _, all) => {
    const sought = all || typed === shown() ? '' : typed.trim().toLowerCase();
    const options = known().filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(sought)).map((variable) => ({
      value: title(variable), label: title(variable), variable,
      detail: variable.choices.length ? variable.choices.map(({ label }) => label).join(', ') : variable.origin
    }));
    return { from: 0, to: typed.length, options };
  };
  const { input } = combobox({ offers, always: true, picked: ({ variable }) => choose(variable) });
  const { node, tell } = frame(input, {
    key: 'syarat-isian', label: 'Isian', help: 'Isian dari langkah sebelumnya yang menentukan jalannya.'
  });
  const settle = () => {
    const typed = input.value.trim();
    if (typed === shown()) return tell('');
    const found = known().find((each) => [ each.name, each.label, title(each) ].includes(typed));
    tell(found || !typed ? '' : `Tidak ada isian «${typed.slice(0, 60)}». Pilih dari daftar.`);
    input.value = shown();
    if (found && found !== chosen()) choose(found);
    return undefined;
  };
  input.addEventListener('blur', settle);
  input.addEventListener('keydown', (event) => { if (event.key === 'Enter' && !event.defaultPrevented) settle(); });
  const sync = () => { if (document.activeElement !== input || input.value === '') input.value = shown(); };
  sync();
  return part(node, sync);
}

function comparison(panel, { now, variable, change }) {
  return select(panel, {
    key: 'syarat-banding', label: 'Pembanding',
    options: () => comparisons(variable()).map((each) => [ each, WORDS[each] ]),
    strange: (each) => WORDS[each] || each,
    get: () => (now() || { comparison: '' }).comparison,
    set: (each) => {
      const { name, values } = now();
      change(beginCondition(variable() || { name, choices: [] }, each, values));
      panel.sync();
    }
  });
}

function value(panel, tools) {
  const { now, variable, put, change } = tools;
  if (!takesValue(now().comparison)) return null;
  const { choices = [] } = variable() || {};
  const first = () => ((now() || { values: [] }).values[0] || '');
  if (takesList(now().comparison)) return choices.length ? list(tools, choices) : several(panel, tools);
  if (choices.length) {
    return select(panel, {
      key: 'syarat-nilai', label: 'Nilai', options: () => choices.map(({ code, label }) => [ code, label === code ? code : `${label} (${code})` ]),
      strange: (code) => `${code} (bukan pilihan)`, get: first,
      set: (code) => change({ ...now(), values: [ code ] })
    });
  }
  return textField(panel, {
    key: 'syarat-nilai', label: 'Nilai', help: hint(variable()), get: first, fault: (each) => valueFault(each, variable()),
    set: (each) => put({ ...now(), values: [ each ] })
  });
}

function hint(variable) {
  if (!variable) return undefined;
  if (variable.table) return `Kode dari tabel ${variable.table}.`;
  const { minimum: low, maximum: high } = variable;
  return variable.type === 'integer' && low !== undefined && high !== undefined ? `Bilangan dari ${low} sampai ${high}.` : undefined;
}

const several = (panel, { now, variable, put }) => textField(panel, {
  key: 'syarat-nilai', label: 'Nilai', help: 'Beberapa nilai, dipisahkan koma.',
  get: () => (now() || { values: [] }).values.join(', '),
  fault: (typed) => typed.split(',').map((each) => valueFault(each.trim(), variable())).find(Boolean) || '',
  set: (typed) => put({ ...now(), values: typed.split(',').map((each) => each.trim()) })
});

/** The last one stays: a list of nothing can be no condition. */
function list({ now, change }, choices) {
  const boxes = choices.map(({ code, label }, index) => {
    const control = make('input', { type: 'checkbox', id: `sifat-syarat-nilai-${index}` });
    control.addEventListener('change', () => {
      const kept = choices.map((each) => each.code).filter((each) => (each === code ? control.checked : now().values.includes(each)));
      if (kept.length) change({ ...now(), values: kept });
      else control.checked = true;
    });
    return { code, control, row: make('div', { class: 'sifat-centang' }, control, make('label', { for: control.id }, label)) };
  });
  const sync = () => boxes.forEach(({ code, control }) => { control.checked = now() !== null && now().values.includes(code); });
  sync();
  return part(make('fieldset', { class: 'sifat-isian' }, make('legend', {}, 'Nilai'), ...boxes.map((each) => each.row)), sync);
}
