// A lane, which is a role: whose its tasks are, what it sees and may do. Knows no steps.
import { checkbox, radios, select, textField } from './fields.js';
import { property } from './model.js';
import { changing, section, text } from './parts.js';
import { variablesAt } from './variables.js';

const UNIT = 'unit:';
const SEES = [
  { value: 'semua', label: 'Semua aduan', help: 'Termasuk yang belum pernah menjadi tugasnya.' },
  { value: 'unit', label: 'Aduan unit kerjanya', help: 'Yang pernah menjadi tugas Bidang/unit kerjanya.' },
  { value: 'milik', label: 'Aduannya sendiri', help: 'Hanya yang dikirimnya sebagai pelapor.' },
  { value: '', label: 'Belum ditentukan', help: 'Tidak ada aduan yang terlihat di luar tugasnya.' }
];
const RIGHTS = [
  [ 'identitas', 'Melihat identitas pelapor', 'Nama dan kontak pelapor terlihat. Tanpa hak ini tertulis «nama dirahasiakan».' ],
  [ 'atas_nama', 'Bertindak atas nama pelapor', 'Mencatat aduan dari loket, surat, atau WhatsApp, dan mengonfirmasi jawabannya; selalu tercatat.' ],
  [ 'memindah', 'Mengalihkan tugas ke unit lain', 'Tugas yang salah alamat dapat dialihkannya ke Bidang/unit kerja lain.' ],
  [ 'tanpa_tenggat', 'Tanpa batas waktu', 'Tugasnya tidak pernah terlambat, tidak diingatkan, dan tidak dilaporkan ke atasan.' ]
];
const WARNING = 'Perubahan hak tampak pada halaman Perubahan dan harus disetujui sebelum berlaku.';

export function laneSections(panel, lane) {
  const { model } = panel;
  const object = lane.businessObject;
  const get = (name) => property(object, name);
  const set = (name, value) => model.setProperty(lane, object, name, value);
  const name = textField(panel, {
    key: 'nama', label: 'Nama peran',
    help: 'Nama lajur adalah nama perannya. Nama lain berarti peran lain: orangnya ditugaskan lagi, dan izin baca pada formulir disesuaikan.',
    get: () => object.name || '', set: (value) => model.setName(lane, value)
  });
  return [
    section('', [ name ], { key: 'peran' }),
    section('Tugas di lajur ini milik', ownerParts(panel, lane, get, set), { key: 'pemilik' }),
    section('Peran ini melihat', [ radios(panel, {
      key: 'melihat', label: 'Peran ini melihat', hideLabel: true, choices: () => SEES, get: () => get('melihat'),
      set: (value) => panel.edits.change(() => set('melihat', value))
    }) ], { key: 'melihat' }),
    section('Hak lain', [ ...RIGHTS.map(([ key, label, help ]) => checkbox(panel, {
      key, label, help, get: () => get(key) === 'ya', set: (checked) => set(key, checked ? 'ya' : '')
    })), text(WARNING, 'sifat-catatan') ], { key: 'hak' })
  ];
}

/** Variables by which a form chooses among the units; asked of all forms, since the lane has no place in the flow. */
function unitVariables(panel) {
  return variablesAt(panel.model, panel.context.forms).filter(({ table }) => table === 'unit');
}

function ownerParts(panel, lane, get, set) {
  const units = () => unitVariables(panel);
  const kind = () => (get('pemilik').startsWith(UNIT) ? UNIT : get('pemilik'));
  const change = (value) => panel.edits.change(() => set('pemilik', value));
  const choices = () => [
    { value: '', label: 'Semua yang memegang peran ini', help: 'Siapa pun di antaranya dapat mengambil tugasnya.' },
    { value: 'pelapor', label: 'Pelapor aduan itu', help: 'Hanya orang yang mengirim aduannya.' },
    { value: UNIT, label: 'Unit kerja menurut isian', help: 'Pemegang peran di Bidang/unit kerja yang dipilih pada langkah sebelumnya.',
      off: units().length ? '' : 'Belum ada formulir dengan isian pilihan dari tabel unit.' }
  ];
  const strange = text(() => ([ '', 'pelapor', UNIT ].includes(kind()) ? '' : `Sekarang tertulis «${kind()}», yang tidak dikenal. Pilih salah satu di atas.`), 'sifat-pesan');
  const variable = () => (kind() === UNIT ? [ select(panel, {
    key: 'pemilik-isian', label: 'Isian yang menyebut unitnya',
    options: () => units().map((each) => [ each.name, `${each.label} (${each.name})` ]),
    strange: (value) => (value ? `${value} (bukan pilihan dari tabel unit)` : 'Belum dipilih'),
    get: () => get('pemilik').slice(UNIT.length), set: (value) => change(UNIT + value)
  }) ] : []);
  return [
    radios(panel, {
      key: 'pemilik', label: 'Tugas di lajur ini milik', hideLabel: true, choices, get: kind,
      set: (value) => change(value === UNIT ? UNIT + (units()[0] || { name: '' }).name : value)
    }),
    strange, changing(panel, kind, variable)
  ];
}
