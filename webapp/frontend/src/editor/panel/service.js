// What a service task does: one named operation, its recipient and its texts. Knows no picture.
import { make } from '../dom.js';
import { checkbox, select, textField } from './fields.js';
import { nameField, noteField } from './others.js';
import { changing, part, section, text } from './parts.js';
import { property } from './model.js';
import { own, roleParts } from './task.js';
import { fieldsOf, variablesAt } from './variables.js';

const OPERATIONS = [
  [ '', 'Pilih…' ], [ 'kirim_pemberitahuan', 'Kirim pemberitahuan' ], [ 'buat_dokumen', 'Buat dokumen' ]
];
const ALWAYS = [ '{nomor}', '{tanggal}' ];

/** What may stand in a message: choices, numbers, and what the system worked out (which has no type). */
const tellable = ({ type, choices, table }) => !type || type === 'integer' || type === 'boolean' || Boolean(table) || choices.length > 0;

const places = (names) => `Tempat isian: ${[ ...ALWAYS, ...names.map((name) => `{${name}}`) ].join(', ')}.`;

/** Fields of every form, named so that no two can be mistaken for each other. */
function everyField(forms) {
  return Object.entries(forms).flatMap(([ key, schema ]) => fieldsOf(schema).map(({ name }) => `${key}.${name}`));
}

const folded = (title, inside) => part(make('details', { class: 'sifat-lipat' }, make('summary', {}, title), inside.node), inside.sync);

export function serviceSections(panel, element) {
  const object = element.businessObject;
  const operation = () => property(object, 'operasi').trim();
  const chosen = select(panel, {
    key: 'operasi', label: 'Yang dikerjakan', options: () => OPERATIONS, get: operation,
    set: (value) => panel.edits.change(() => panel.model.setProperty(element, object, 'operasi', value))
  });
  const fields = changing(panel, operation, () => ({
    kirim_pemberitahuan: messageFields, buat_dokumen: documentFields
  }[operation()] || (() => []))(panel, element));
  return [ section('', [
    text('Dikerjakan sistem saat jalannya sampai di sini, tanpa menunggu siapa pun.'),
    nameField(panel, element, 'Nama langkah otomatis'), chosen, fields, ...roleParts(panel, element, 'Lajur'), noteField(panel, element)
  ], { key: 'layanan' }) ];
}

function messageFields(panel, element) {
  const object = element.businessObject;
  const lanes = () => panel.model.registry.filter((each) => each.type === 'bpmn:Lane').map((each) => each.businessObject)
    .filter((lane) => lane.name && property(lane, 'pemilik') !== 'pelapor').map(({ name }) => [ name, name ]);
  const known = () => variablesAt(panel.model, panel.context.forms, element).filter(tellable).map(({ name }) => name);
  return [
    select(panel, {
      key: 'kepada', label: 'Kepada', options: () => [ [ '', 'Pilih…' ], [ 'pelapor', 'Pelapor' ], ...lanes() ],
      get: () => property(object, 'kepada'),
      set: (value) => panel.edits.change(() => panel.model.setProperty(element, object, 'kepada', value))
    }),
    own(panel, element, 'pesan', 'Pesan', {
      lines: 3, help: 'Paling panjang 300 huruf. Dikirim juga lewat surel, jadi tidak memuat tulisan bebas.'
    }),
    text(() => places(known()))
  ];
}

function documentFields(panel, element) {
  const object = element.businessObject;
  return [
    own(panel, element, 'judul_dokumen', 'Judul dokumen', { lines: 1, help: 'Misalnya: Jawaban atas aduan {nomor}' }),
    textField(panel, {
      key: 'naskah', label: 'Naskah', lines: 10, help: 'Setiap baris menjadi satu paragraf.',
      get: () => property(object, 'naskah'), set: (value) => panel.model.setProperty(element, object, 'naskah', value)
    }),
    folded('Tempat isian yang dapat dipakai', text(() => places(everyField(panel.context.forms)))),
    checkbox(panel, {
      key: 'terbaca-pelapor', label: 'Pelapor boleh membacanya', help: 'Hanya bila semua isian di dalamnya memang boleh dibaca pelapor.',
      get: () => property(object, 'terbaca_pelapor') === 'ya',
      set: (value) => panel.model.setProperty(element, object, 'terbaca_pelapor', value ? 'ya' : '')
    })
  ];
}
