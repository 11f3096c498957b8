// A way out of a gateway: its name, when it is taken, in which order it is looked at. Knows no other elements.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { called } from '../steps.js';
import { conditionSentence, readCondition } from './conditions.js';
import { expressionField } from './expression.js';
import { checkbox, textField } from './fields.js';
import { button, changing, row, section, stack, text } from './parts.js';
import { simpleCondition } from './simple.js';
import { variablesAt } from './variables.js';

const CHOICES = [ 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway' ];

export const conditionOf = (flow) => ((flow.businessObject.conditionExpression || {}).body || '').trim();
export const isDefault = (flow) => flow.source.businessObject.default === flow.businessObject;

/** The ways out of a gateway in the order of the file, which is the order in which they are looked at. */
export function inOrder(model, gateway) {
  const all = (gateway.businessObject.$parent || {}).flowElements || [];
  const place = (flow) => all.indexOf(flow.businessObject);
  return model.flowsFrom(gateway).sort((one, other) => place(one) - place(other));
}

/** Whether conditions are read on this way. */
export const decides = (model, flow) => isAny(flow.source, CHOICES) && model.flowsFrom(flow.source).length > 1;

/** "Permintaan informasi: Jenis laporan sama dengan Permintaan informasi". */
export function whenTaken(panel, flow) {
  if (isDefault(flow)) return 'bila tidak ada syarat yang terpenuhi (alur bawaan)';
  const condition = conditionOf(flow);
  if (!condition) return 'syaratnya belum diisi';
  const known = variablesAt(panel.model, panel.context.forms, flow.source);
  return `bila ${conditionSentence(condition, (name) => known.find((each) => each.name === name))}`;
}

export function flowSections(panel, flow) {
  const { model } = panel;
  const object = flow.businessObject;
  const name = textField(panel, {
    key: 'nama', label: 'Nama alur', help: 'Tertulis di sepanjang garisnya.',
    get: () => object.name || '', set: (value) => model.setName(flow, value)
  });
  const ends = text(() => `Dari «${called(flow.source)}» ke «${called(flow.target)}».`);
  const key = () => [ decides(model, flow), isDefault(flow), Boolean(conditionOf(flow)) && !decides(model, flow), ordered(model, flow) ];
  return [ section('', [ ends, name ], { key: 'alur' }), changing(panel, key, () => conditionSections(panel, flow)) ];
}

function conditionSections(panel, flow) {
  const { model } = panel;
  if (!decides(model, flow)) return conditionOf(flow) ? [ unread(panel, flow) ] : [];
  const parts = [ defaultChoice(panel, flow) ];
  if (isDefault(flow)) parts.push(text('Alur ini diambil bila tidak ada syarat lain yang terpenuhi. Karena itu ia tidak diberi syarat.'));
  else parts.push(condition(panel, flow));
  const sections = [ section('Kapan alur ini diambil', parts, { key: 'syarat' }) ];
  if (ordered(model, flow)) sections.push(order(panel, flow));
  return sections;
}

function unread(panel, flow) {
  return section('Kapan alur ini diambil', [
    text('Syarat hanya dibaca pada alur yang keluar dari keputusan dengan dua jalan atau lebih. Syarat di sini tidak akan dibaca.'),
    text(conditionOf(flow), 'sandi'),
    button(panel, 'Hapus syarat', () => panel.edits.change(() => setCondition(panel, flow, '')), { key: 'syarat-hapus' })
  ], { key: 'syarat' });
}

export function setCondition(panel, flow, value) {
  const { model } = panel;
  const old = flow.businessObject.conditionExpression;
  if (old && value) return model.update(flow, old, { body: value });
  const made = value ? model.create('bpmn:FormalExpression', { body: value }, flow.businessObject) : undefined;
  return model.modeling.updateProperties(flow, { conditionExpression: made });
}

function defaultChoice(panel, flow) {
  const { modeling } = panel.model;
  return checkbox(panel, {
    key: 'bawaan', label: 'Alur bawaan', help: 'Diambil bila tidak ada syarat yang terpenuhi. Setiap keputusan memerlukan satu.',
    get: () => isDefault(flow),
    // The drawing library takes the condition away from a way that becomes the default one.
    set: (checked) => modeling.updateProperties(flow.source, { default: checked ? flow.businessObject : undefined })
  });
}

function condition(panel, flow) {
  const state = panel.recall(flow, () => ({ free: false }));
  const get = () => conditionOf(flow);
  const write = (value) => setCondition(panel, flow, value);
  const known = () => variablesAt(panel.model, panel.context.forms, flow.source);
  const simple = () => !state.free && (!get() || Boolean(readCondition(get())));
  const build = () => (simple()
    ? [ simpleCondition(panel, { get, write, known }) ]
    : [ expressionField(panel, {
      key: 'syarat', label: 'Syarat', help: 'Ketik awal nama isian lalu pilih dengan panah bawah. Contoh: jenis == \'informasi\' and penilaian <= 2',
      kind: 'syarat', variables: known, get, set: write
    }), text(() => (readCondition(get()) ? whenTaken(panel, flow).replace(/^bila/, 'Artinya: bila') : '')) ]);
  const fields = changing(panel, simple, build);
  const change = (free) => {
    state.free = free;
    panel.sync();
    panel.focus(free ? 'syarat' : 'syarat-isian');
  };
  const way = changing(panel, simple, () => [ simple()
    ? button(panel, 'Tulis sendiri syaratnya', () => change(true), { key: 'syarat-cara' })
    : button(panel, 'Pilih dari isian', () => change(false), {
      key: 'syarat-cara', enabled: () => !get() || Boolean(readCondition(get())),
      title: 'Dapat dipakai bila syaratnya membandingkan satu isian saja'
    }) ]);
  return stack(fields, way);
}

const rivals = (model, flow) => inOrder(model, flow.source).filter((each) => !isDefault(each));
/** In a decision the first condition that holds counts, so their order may matter. */
const ordered = (model, flow) => is(flow.source, 'bpmn:ExclusiveGateway') && !isDefault(flow) && rivals(model, flow).length > 1;

function order(panel, flow) {
  const { model } = panel;
  const list = () => rivals(model, flow);
  const place = () => list().indexOf(flow);
  const move = (by) => panel.edits.change(() => {
    const parent = flow.businessObject.$parent;
    const other = list()[place() + by].businessObject;
    const swapped = parent.flowElements.map((each) => (each === other ? flow.businessObject : each === flow.businessObject ? other : each));
    model.update(flow, parent, { flowElements: swapped });
  });
  return section('Urutan pemeriksaan', [
    text(() => `Diperiksa ke-${place() + 1} dari ${list().length}. Syarat pertama yang terpenuhi menentukan jalannya.`),
    row(button(panel, '↑ Periksa lebih dulu', () => move(-1), { key: 'urutan-naik', enabled: () => place() > 0 }),
      button(panel, '↓ Periksa kemudian', () => move(1), { key: 'urutan-turun', enabled: () => place() < list().length - 1 }))
  ], { key: 'urutan' });
}
