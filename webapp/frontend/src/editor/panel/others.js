// Elements with little to say: start, end, calculation, subprocess, note. And what several of them share.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { expressionCheck } from './check.js';
import { textField } from './fields.js';
import { own, roleParts } from './task.js';
import { section, text } from './parts.js';
import { variablesAt } from './variables.js';

export const nameField = (panel, element, label = 'Nama', help = undefined) => textField(panel, {
  key: 'nama', label, help, get: () => element.businessObject.name || '',
  set: (value) => panel.model.setName(element, value)
});

/** Words for those who read the diagram; the engine passes over them. */
export const noteField = (panel, element) => textField(panel, {
  key: 'penjelasan', label: 'Penjelasan', lines: 3, help: 'Boleh dikosongkan. Untuk yang membaca gambar; tidak memengaruhi jalannya.',
  get: () => panel.model.note(element.businessObject),
  set: (value) => panel.model.setNote(element, element.businessObject, value)
});

export const startSections = (panel, element) => [ section('', [
  text('Aduan dimulai saat pelapor mengirim formulir langkah pertama.'),
  nameField(panel, element), ...roleParts(panel, element, 'Lajur'), noteField(panel, element)
], { key: 'mulai' }) ];

export function endSections(panel, element) {
  const stops = ((element.businessObject.eventDefinitions || [])[0] || {}).$type === 'bpmn:TerminateEventDefinition';
  return [ section('', [
    text(stops ? 'Aduan selesai seluruhnya: jalan lain yang masih terbuka ikut dihentikan.'
      : 'Jalan ini berakhir. Aduan selesai bila semua jalannya berakhir.'),
    nameField(panel, element),
    own(panel, element, 'hasil', 'Kalimat hasil', {
      lines: 1,
      help: 'Dibaca pelapor sebagai hasil aduannya, misalnya «Selesai, jawaban diterima». Bila kosong, nama di atas yang dipakai.'
    }),
    ...roleParts(panel, element, 'Lajur'), noteField(panel, element)
  ], { key: 'selesai' }) ];
}

export function scriptSections(panel, element) {
  const { model, context } = panel;
  const object = element.businessObject;
  const earlier = () => variablesAt(model, context.forms, element).map(({ name }) => name);
  const script = textField(panel, {
    key: 'skrip', label: 'Hitungan', lines: 6, mono: true,
    help: 'Satu pengisian pada setiap baris, misalnya: mendesak = penilaian <= 2',
    get: () => object.script || '', set: (value) => model.update(element, object, { script: value || undefined }),
    check: expressionCheck(context, () => 'skrip', { known: earlier })
  });
  return [ section('', [
    nameField(panel, element, 'Nama hitungan'), script,
    text(() => (earlier().length ? `Yang dapat dibaca: ${earlier().join(', ')}.` : 'Belum ada isian yang dapat dibaca di sini.')),
    ...roleParts(panel, element, 'Lajur'), noteField(panel, element)
  ], { key: 'hitungan' }) ];
}

export function subprocessSections(panel, element) {
  const byEvent = element.businessObject.triggeredByEvent;
  return [ section('', [
    text(byEvent ? 'Dimulai oleh pengatur waktu di dalamnya, di samping langkah-langkah lain.'
      : 'Langkah-langkah di dalam bingkai ini dikerjakan sampai selesai, lalu jalannya diteruskan.'),
    nameField(panel, element, 'Nama rangkaian'), ...roleParts(panel, element), noteField(panel, element)
  ], { key: 'rangkaian' }) ];
}

export const annotationSections = (panel, element) => [ section('', [ textField(panel, {
  key: 'nama', label: 'Isi catatan', lines: 5, help: 'Hanya untuk yang membaca gambar.',
  get: () => element.businessObject.text || '',
  set: (value) => panel.model.modeling.updateProperties(element, { text: value })
}) ], { key: 'catatan' }) ];

/** What the engine does not run at all: the findings say so, here it can be named at least. */
export const unknownSections = (panel, element) => [ section('', [
  text('Elemen ini tidak dijalankan sistem. Ubah jenisnya lewat alat di samping gambar.'),
  is(element, 'bpmn:FlowElement') ? nameField(panel, element) : null
], { key: 'elemen' }) ];
