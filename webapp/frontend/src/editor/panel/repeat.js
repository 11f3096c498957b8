// A step that is done several times: a fixed number, or once for each item of a list. Only what the gate admits.
import { expressionField } from './expression.js';
import { radios, select, textField } from './fields.js';
import { property } from './model.js';
import { button, changing, section, text } from './parts.js';
import { fieldsOf, variablesAt } from './variables.js';

const MULTI = 'bpmn:MultiInstanceLoopCharacteristics';
const MOST = 20;
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
const BAD_NAME = 'Tulis nama dengan huruf, angka, dan garis bawah saja, diawali huruf.';

class Repeat {
  constructor(panel, element) {
    Object.assign(this, { panel, element, model: panel.model, object: element.businessObject });
  }

  get loop() {
    return this.object.loopCharacteristics;
  }

  get mode() {
    if (!this.loop) return 'sekali';
    if (this.loop.$type !== MULTI) return 'lain';
    return this.loop.loopDataInputRef ? 'daftar' : 'jumlah';
  }

  get earlier() {
    return variablesAt(this.model, this.panel.context.forms, this.element);
  }

  get lists() {
    return this.earlier.filter(({ type, most }) => type === 'array' && (most === undefined || most <= MOST));
  }

  /** Fields of its own form that must be filled in: only those can be collected. */
  get answers() {
    return fieldsOf(this.panel.context.forms[property(this.object, 'formKey')]).filter(({ optional, personal }) => !optional && !personal);
  }

  idOf(part) {
    return (this.loop && this.loop[part] && this.loop[part].id) || '';
  }

  free(name) {
    let id = name;
    for (let number = 2; this.model.moddle.ids.assigned(id); number += 1) id = `${name}_${number}`;
    return id;
  }

  expression(body) {
    return this.model.create('bpmn:FormalExpression', { body }, this.loop);
  }

  named(type, id) {
    return this.model.create(type, { id, name: id }, this.loop);
  }

  update(properties) {
    this.model.update(this.element, this.loop, properties);
  }

  /** Within a step. */
  begin(mode) {
    if (mode === 'sekali') return this.model.modeling.updateProperties(this.element, { loopCharacteristics: undefined });
    const old = this.loop && this.loop.$type === MULTI ? this.loop : null;
    const loop = old || this.model.create(MULTI, { isSequential: false }, this.object);
    if (!old) this.model.modeling.updateProperties(this.element, { loopCharacteristics: loop });
    if (mode === 'jumlah') return this.update({ loopCardinality: this.expression('2'), loopDataInputRef: undefined, inputDataItem: undefined });
    const { name } = this.lists[0];
    return this.update({
      loopCardinality: undefined, loopDataInputRef: this.named('bpmn:DataInput', name),
      inputDataItem: this.named('bpmn:DataInput', this.free(`satu_${name}`))
    });
  }
}

export function repeatSection(panel, element) {
  const repeat = new Repeat(panel, element);
  const choices = () => [
    { value: 'sekali', label: 'Sekali saja' },
    { value: 'jumlah', label: 'Beberapa kali', help: 'Misalnya oleh tiga peninjau.' },
    { value: 'daftar', label: 'Sekali untuk setiap butir daftar',
      off: repeat.lists.length ? '' : `Belum ada isian daftar (paling banyak ${MOST} butir) pada langkah sebelumnya.` }
  ];
  const parts = { sekali: () => [], lain: foreign, jumlah: counted, daftar: listed };
  const box = section('Pengulangan', [
    text(() => sentence(repeat), 'sifat-ringkas'),
    radios(panel, {
      key: 'ulang', label: 'Langkah ini dikerjakan', hideLabel: true, choices, get: () => repeat.mode,
      set: (value) => panel.edits.change(() => repeat.begin(value))
    }),
    changing(panel, () => repeat.mode, () => parts[repeat.mode](panel, repeat))
  ], { folded: true, key: 'pengulangan' });
  box.node.open = repeat.mode !== 'sekali';
  return box;
}

function sentence(repeat) {
  const { loop, mode } = repeat;
  if (mode === 'sekali' || mode === 'lain') return '';
  const count = ((loop.loopCardinality || {}).body || '…').trim();
  const what = mode === 'jumlah' ? (/^\d+$/.test(count) ? `${count} kali` : `sebanyak isian «${count}»`)
    : `sekali untuk setiap butir dalam daftar «${repeat.idOf('loopDataInputRef')}»`;
  return `Dikerjakan ${what}, ${loop.isSequential ? 'berurutan' : 'bersamaan'}.`;
}

const foreign = (panel, repeat) => [
  text('Bentuk perulangan ini tidak dijalankan. Gambar putarannya dengan keputusan, atau hapus.', 'sifat-pesan'),
  button(panel, 'Hapus perulangan', () => panel.edits.change(() => repeat.begin('sekali')), { key: 'ulang-hapus' })
];

function counted(panel, repeat) {
  const numbers = () => repeat.earlier.filter(({ type, maximum }) => type === 'integer' && maximum <= MOST);
  return [ expressionField(panel, {
    key: 'ulang-banyaknya', label: 'Berapa kali', kind: 'syarat', variables: numbers,
    help: `Bilangan 1 sampai ${MOST}, atau nama isian bilangan yang paling besar ${MOST}.`,
    get: () => (((repeat.loop || {}).loopCardinality || {}).body || '').trim(),
    set: (value) => repeat.update({ loopCardinality: value ? repeat.expression(value) : undefined })
  }), ...together(panel, repeat) ];
}

function listed(panel, repeat) {
  return [
    select(panel, {
      key: 'ulang-isian', label: 'Daftar', options: () => repeat.lists.map(({ name, label }) => [ name, `${label} (${name})` ]),
      get: () => repeat.idOf('loopDataInputRef'),
      set: (value) => panel.edits.change(() => repeat.update({ loopDataInputRef: repeat.named('bpmn:DataInput', value) }))
    }),
    textField(panel, {
      key: 'ulang-butir', label: 'Nama untuk butir yang sedang dikerjakan', eager: false, get: () => repeat.idOf('inputDataItem'),
      fault: (value) => (value === '' || NAME.test(value) ? '' : BAD_NAME),
      set: (value) => repeat.update({ inputDataItem: value ? repeat.named('bpmn:DataInput', value) : undefined })
    }),
    ...together(panel, repeat)
  ];
}

function together(panel, repeat) {
  const { element } = repeat;
  const collects = () => repeat.idOf('outputDataItem');
  const collect = (value) => panel.edits.change(() => repeat.update({
    outputDataItem: value ? repeat.named('bpmn:DataOutput', value) : undefined,
    loopDataOutputRef: value ? repeat.loop.loopDataOutputRef || repeat.named('bpmn:DataOutput', repeat.free(`semua_${value}`)) : undefined
  }));
  return [
    radios(panel, {
      key: 'ulang-urut', label: 'Caranya', get: () => (repeat.loop && repeat.loop.isSequential ? 'urut' : 'bersama'),
      choices: () => [
        { value: 'bersama', label: 'Bersamaan', help: 'Semua tugasnya terbuka sekaligus.' },
        { value: 'urut', label: 'Berurutan', help: 'Tugas berikutnya terbuka setelah yang sebelumnya selesai.' }
      ],
      set: (value) => panel.edits.change(() => repeat.update({ isSequential: value === 'urut' }))
    }),
    select(panel, {
      key: 'ulang-kumpul', label: 'Kumpulkan isian', help: 'Nilainya dari setiap ulangan dikumpulkan menjadi satu daftar.',
      options: () => [ [ '', 'Tidak dikumpulkan' ], ...repeat.answers.map(({ name, label }) => [ name, `${label} (${name})` ]) ],
      get: collects, set: collect
    }),
    changing(panel, () => Boolean(collects()), () => (collects() ? [ textField(panel, {
      key: 'ulang-hasil', label: 'Nama daftar hasilnya', eager: false, get: () => repeat.idOf('loopDataOutputRef'),
      fault: (value) => (NAME.test(value) ? '' : BAD_NAME),
      set: (value) => repeat.update({ loopDataOutputRef: repeat.named('bpmn:DataOutput', value) })
    }) ] : [])),
    expressionField(panel, {
      key: 'ulang-cukup', label: 'Cukup bila', help: 'Boleh dikosongkan. Bila benar, ulangan yang tersisa tidak dikerjakan.', kind: 'syarat',
      variables: () => [ ...repeat.answers, ...repeat.earlier ], any: true,
      get: () => (((repeat.loop || {}).completionCondition || {}).body || '').trim(),
      set: (value) => repeat.update({ completionCondition: value ? repeat.expression(value) : undefined })
    }),
    text(() => (element.businessObject.loopCharacteristics && repeat.idOf('outputDataItem') ? 'Langkah yang mengumpulkan hasil tidak boleh berada dalam putaran.' : ''))
  ];
}
