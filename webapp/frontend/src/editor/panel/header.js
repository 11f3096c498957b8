// The head of the SOP: what its first page says. Shown when nothing is selected.
import { readStandard } from './times.js';
import { textField } from './fields.js';
import { button, changing, section, text } from './parts.js';

// As macros/sop.html prints them: property, label, lines.
const HEAD = [
  [ 'nomor', 'Nomor SOP', 0 ], [ 'judul', 'Judul SOP', 1 ], [ 'unit_kerja', 'Unit kerja', 1 ],
  [ 'penanggung_jawab', 'Penanggung jawab', 1 ],
  [ 'dasar_hukum', 'Dasar hukum', 6 ], [ 'kualifikasi_pelaksana', 'Kualifikasi pelaksana', 4 ],
  [ 'keterkaitan', 'Keterkaitan', 2 ], [ 'peralatan', 'Peralatan/perlengkapan', 3 ], [ 'peringatan', 'Peringatan', 3 ],
  [ 'pencatatan_pendataan', 'Pencatatan dan pendataan', 2 ]
];

export function headerSections(panel, owner) {
  const { model } = panel;
  const field = ([ name, label, lines ]) => textField(panel, {
    key: `kepala-${name}`, label, lines,
    get: () => panel.property(name, model.process),
    set: (value) => model.setProperty(owner(), model.process, name, value, true)
  });
  const [ short, long ] = [ HEAD.filter(([ , , lines ]) => lines < 2), HEAD.filter(([ , , lines ]) => lines > 1) ];
  return [
    section('', [ foreign(panel, owner), processName(panel, owner), ...short.map(field), total(panel, owner) ], { key: 'kepala' }),
    section('Isi kepala SOP', [ text('Satu butir pada setiap baris.'), ...long.map(field) ], { key: 'isi-kepala' })
  ];
}

/** A drawing of another tool has its own code, and is often not meant to run: neither can be mended elsewhere. */
function foreign(panel, owner) {
  const { model, context } = panel;
  const ours = () => model.process.id === context.processId && Boolean(model.process.isExecutable);
  const mend = () => {
    const values = { id: context.processId, isExecutable: true };
    if (model.frame) model.update(owner(), model.process, values);
    else model.modeling.updateProperties(owner(), values);
  };
  return changing(panel, ours, () => (ours() ? [] : [
    button(panel, `Jadikan proses «${context.processId}» yang dijalankan`, () => panel.edits.change(mend), { key: 'kode-proses' }),
    text('Gambar ini berasal dari alat atau proses lain. Kodenya disesuaikan; isi gambar tidak berubah.')
  ]));
}

/** In the frame and in the process itself: either may be read. */
function processName(panel, owner) {
  const { model } = panel;
  return textField(panel, {
    key: 'nama', label: 'Nama proses', help: 'Tertulis pada bingkai gambar dan pada daftar SOP.',
    get: () => (model.frame && model.frame.businessObject.name) || model.process.name || '',
    set: (value) => {
      if (model.frame) model.setName(model.frame, value);
      model.update(owner(), model.process, { name: value || undefined });
    }
  });
}

function total(panel, owner) {
  const { model } = panel;
  const told = text(() => {
    const value = panel.property('waktu_total', model.process);
    return value && !readStandard(value) ? 'Belum terbaca sebagai waktu. Tulis misalnya 5 hari kerja.' : '';
  }, 'sifat-catatan');
  const field = textField(panel, {
    key: 'kepala-waktu_total', label: 'Waktu pelaksanaan seluruhnya',
    help: 'Dari aduan masuk sampai jawaban terkirim, misalnya 5 hari kerja.',
    get: () => panel.property('waktu_total', model.process),
    set: (value) => model.setProperty(owner(), model.process, 'waktu_total', value, true)
  });
  field.node.append(told.node);
  return { node: field.node, sync: () => { field.sync(); told.sync(); } };
}
