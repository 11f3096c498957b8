// Time limits and waits, in words: after how long, on which day, how often. Writes expressions of the language.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { make } from '../dom.js';
import { called } from '../steps.js';
import { expressionField } from './expression.js';
import { radios, select, textField } from './fields.js';
import { nameField, noteField } from './others.js';
import { changing, part, section, text } from './parts.js';
import { roleParts } from './task.js';
import { beginTimer, CYCLE_UNITS, MONTHS, readTimer, TIMER_UNITS, timerFault, timerSentence, writeTimer } from './times.js';
import { variablesAt } from './variables.js';

const PARTS = [ 'timeDuration', 'timeDate', 'timeCycle' ];
const TIMER = 'bpmn:TimerEventDefinition';
const MODES = [ [ 'sesudah', 'Sesudah waktu tertentu' ], [ 'tanggal', 'Pada tanggal tertentu' ], [ 'berulang', 'Berulang' ],
  [ 'bebas', 'Tulis sendiri' ] ];

export const timerOf = (element) => (element.businessObject.eventDefinitions || []).find((each) => each.$type === TIMER);

export function timerSections(panel, element) {
  const definition = timerOf(element);
  const host = element.host ? text(() => `Menempel pada «${called(element.host)}».`) : null;
  return [
    section('', [ host, nameField(panel, element), ...(element.host ? [] : roleParts(panel, element, 'Lajur')) ], { key: 'nama' }),
    definition && section('Kapan', timeParts(panel, element, definition), { key: 'kapan' }),
    stopping(panel, element),
    section('Penjelasan', [ noteField(panel, element) ], { key: 'penjelasan', folded: true })
  ].filter(Boolean);
}

class Time {
  constructor(panel, element, definition) {
    Object.assign(this, { panel, element, definition, model: panel.model });
    this.state = panel.recall(element, () => ({ free: false }));
  }

  get part() {
    return PARTS.find((each) => this.definition.get(each)) || 'timeDuration';
  }

  get text() {
    return ((this.definition.get(this.part) || {}).body || '').trim();
  }

  get words() {
    return this.state.free ? { mode: 'bebas' } : readTimer(this.part, this.text);
  }

  /** Within a step. */
  put(part, value) {
    const old = this.definition.get(part);
    if (old && value) return this.model.update(this.element, old, { body: value });
    const made = value ? this.model.create('bpmn:FormalExpression', { body: value }, this.definition) : undefined;
    const others = Object.fromEntries(PARTS.filter((each) => this.definition.get(each)).map((each) => [ each, undefined ]));
    return this.model.update(this.element, this.definition, { ...others, [part]: made });
  }

  write(words) {
    const written = writeTimer(words);
    this.put(written.part, written.text);
  }
}

/** A time that repeats is only run where it does not end the step. */
function cycleFault(element) {
  return is(element, 'bpmn:BoundaryEvent') && element.businessObject.cancelActivity === false ? ''
    : 'Hanya pada batas waktu yang mendampingi langkahnya.';
}

function timeParts(panel, element, definition) {
  const time = new Time(panel, element, definition);
  const mode = select(panel, {
    key: 'waktu-cara', label: 'Cara menghitung', get: () => time.words.mode,
    options: () => MODES.filter(([ value ]) => value !== 'berulang' || !cycleFault(element) || time.words.mode === 'berulang'),
    set: (value) => {
      const before = time.words;
      time.state.free = value === 'bebas';
      if (value !== 'bebas' && (before.mode !== 'bebas' || readTimer(time.part, time.text).mode !== value)) {
        panel.edits.change(() => time.write(beginTimer(value, before)));
      }
      panel.sync();
    }
  });
  const builds = { sesudah: after, tanggal: onDate, berulang: repeated, bebas: free };
  const fields = changing(panel, () => time.words.mode, () => builds[time.words.mode](panel, time));
  const told = text(() => (time.words.mode === 'bebas' ? '' : `Berbunyi ${timerSentence(time.words)}.`), 'sifat-ringkas');
  const cycle = text(() => (time.words.mode === 'berulang' && cycleFault(element)) || '', 'sifat-pesan');
  const limits = text('Waktu kerja mengikuti kalender kantor; waktu biasa menghitung juga malam dan hari libur.');
  return [ mode, fields, told, cycle, limits ];
}

/** A text that is one word of the time; the others stay. */
function word(panel, time, name, label, more = {}) {
  return textField(panel, {
    key: `waktu-${name}`, label, attributes: { inputmode: 'numeric', size: 4 }, ...more,
    get: () => time.words[name] || '', fault: (value) => timerFault({ ...time.words, [name]: value }),
    set: (value) => time.write({ ...time.words, [name]: value })
  });
}

const choose = (panel, time, name, label, options) => select(panel, {
  key: `waktu-${name}`, label, options: () => options, get: () => time.words[name] || '',
  set: (value) => {
    const words = { ...time.words, [name]: value };
    if (timerFault(words) || (words.mode === 'sesudah' && !words.number)) time.panel.sync();
    else panel.edits.change(() => time.write(words));
  }
});

const same = (units) => units.map((each) => [ each, each ]);
const line = (...parts) => part(make('div', { class: 'sifat-berdampingan' }, ...parts.map(({ node }) => node)),
  () => parts.forEach((each) => each.sync()));

/** With an empty number nothing is written yet: the unit that was chosen is kept until there is one. */
function after(panel, time) {
  const pick = time.state;
  const number = textField(panel, {
    key: 'waktu-number', label: 'Lamanya', attributes: { inputmode: 'numeric', size: 4 },
    get: () => time.words.number || '', fault: (value) => timerFault({ ...unitOf(time, pick), number: value }),
    set: (value) => time.write({ ...unitOf(time, pick), number: value })
  });
  const unit = select(panel, {
    key: 'waktu-unit', label: 'Satuan', options: () => same(TIMER_UNITS.map(([ each ]) => each)), get: () => unitOf(time, pick).unit,
    set: (value) => {
      pick.unit = value;
      const words = { mode: 'sesudah', number: time.words.number, unit: value };
      if (words.number && !timerFault(words)) panel.edits.change(() => time.write(words));
      panel.sync();
    }
  });
  return [ line(number, unit) ];
}

const unitOf = (time, pick) => ({ mode: 'sesudah', unit: time.words.number ? time.words.unit : pick.unit || 'hari kerja' });

function onDate(panel, time) {
  return [
    line(word(panel, time, 'day', 'Tanggal'), choose(panel, time, 'month', 'Bulan', MONTHS.map((each, index) => [ String(index + 1), each ])),
      word(panel, time, 'year', 'Tahun')),
    word(panel, time, 'clock', 'Jam', { help: 'Waktu WIB, misalnya 08.00.', attributes: { size: 5 } })
  ];
}

const repeated = (panel, time) => [
  line(word(panel, time, 'times', 'Berapa kali'), word(panel, time, 'number', 'Setiap'),
    choose(panel, time, 'unit', 'Satuan', same(CYCLE_UNITS)))
];

const KINDS = [ [ 'timeDuration', 'lamanya' ], [ 'timeDate', 'tanggal' ], [ 'timeCycle', 'berulang' ] ];

function free(panel, time) {
  const known = () => variablesAt(panel.model, panel.context.forms, time.element);
  return [
    expressionField(panel, {
      key: 'waktu-ungkapan', label: 'Ungkapan waktu', kind: 'waktu', asked: () => time.part, variables: known,
      help: 'Contoh: hari_kerja(10), "P14D", atau "P1D" if mendesak else "P3D".',
      get: () => time.text, set: (value) => time.put(time.part, value)
    }),
    select(panel, {
      key: 'waktu-macam', label: 'Yang ditulis itu', options: () => KINDS, get: () => time.part,
      set: (value) => panel.edits.change(() => time.put(value, time.text))
    })
  ];
}

/** Whether what it stands at goes on. */
export function stopping(panel, element, when = 'Bila waktunya tiba') {
  const object = element.businessObject;
  const boundary = is(element, 'bpmn:BoundaryEvent');
  if (!boundary && !(is(element, 'bpmn:StartEvent') && object.$parent.triggeredByEvent)) return null;
  const name = boundary ? 'cancelActivity' : 'isInterrupting';
  const what = boundary ? 'langkahnya' : 'proses utamanya';
  const title = `${when}, ${what}`;
  return section(title, [ radios(panel, {
    key: 'menghentikan', label: title, hideLabel: true,
    choices: () => [
      { value: 'ya', label: 'dihentikan', help: `${boundary ? 'Langkahnya ditutup' : 'Proses utama berhenti'}; jalan dari sini yang diteruskan.`,
        off: boundary ? '' : 'Belum didukung pada rangkaian yang dimulai oleh waktu.' },
      { value: 'tidak', label: 'tetap terbuka', help: `Jalan dari sini ditempuh di samping ${what}, misalnya untuk pengingat.` }
    ],
    get: () => (object[name] === false ? 'tidak' : 'ya'),
    set: (value) => panel.edits.change(() => panel.model.modeling.updateProperties(element, { [name]: value === 'ya' }))
  }) ], { key: 'menghentikan' });
}
