// The standard time of a step in words: a number and a unit, or what the SOP says instead.
import { make } from '../dom.js';
import { textField } from './fields.js';
import { property } from './model.js';
import { changing, part, text } from './parts.js';
import { readStandard, STANDARD_UNITS } from './times.js';

const FREE = 'bebas';
const HELP = 'Waktu kerja kantor. Contoh: 30 menit, 3 hari.';

export function standardTime(panel, element) {
  const object = element.businessObject;
  const get = () => property(object, 'waktu');
  const set = (value) => panel.model.setProperty(element, object, 'waktu', value);
  const state = { free: false, unit: 'hari' };
  const words = () => (state.free ? null : get() ? readStandard(get()) : { number: '', unit: state.unit });
  const build = () => [ words() ? asNumber(panel, { get, set, words, state }) : asText(panel, get, set), unit(panel, { get, set, words, state }) ];
  const fields = changing(panel, () => Boolean(words()), build, 'div', { class: 'sifat-waktu' });
  return part(make('div', { class: 'sifat-isian' }, make('p', { class: 'sifat-judul', 'aria-hidden': 'true' }, 'Waktu'),
    text(HELP).node, fields.node), fields.sync);
}

function asNumber(panel, { get, set, words, state }) {
  return textField(panel, {
    key: 'waktu', label: 'Waktu: banyaknya', hideLabel: true, attributes: { inputmode: 'numeric', size: 5 },
    get: () => (words() || { number: '' }).number,
    set: (value) => set(value && `${Number(value)} ${(words() || state).unit}`),
    fault: (value) => (value === '' || /^0*[1-9][0-9]{0,3}$/.test(value) ? '' : 'Tulis bilangan bulat dari 1 sampai 9.999.')
  });
}

const asText = (panel, get, set) => textField(panel, {
  key: 'waktu', label: 'Waktu dalam kata-kata', hideLabel: true, get, set,
  fault: () => ''
});

function unit(panel, { get, set, words, state }) {
  const control = make('select', { class: 'masukan', id: 'sifat-waktu-satuan', 'aria-label': 'Waktu: satuan' },
    ...STANDARD_UNITS.map((each) => make('option', { value: each }, each)), make('option', { value: FREE }, 'tulis sendiri'));
  control.addEventListener('change', () => {
    const before = words() || readStandard(get());
    state.free = control.value === FREE;
    if (!state.free) {
      state.unit = control.value;
      const number = (before || {}).number || (/[1-9][0-9]{0,3}/.exec(get()) || [ '' ])[0];
      if (get() !== `${number} ${control.value}` && (number || get())) panel.edits.change(() => set(number && `${number} ${control.value}`));
    }
    panel.sync();
  });
  const sync = () => { control.value = words() ? words().unit : FREE; };
  sync();
  return part(control, sync);
}
