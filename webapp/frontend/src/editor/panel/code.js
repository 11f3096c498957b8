// The code of an element (its id): shown always, changeable while nothing refers to it yet. Knows no other property.
import { make } from '../dom.js';
import { slug } from '../naming.js';
import { textField } from './fields.js';
import { changing, part, section, text } from './parts.js';

const FIXED = 'Dipakai oleh aduan yang sedang berjalan dan oleh laporan; karena itu tidak berubah lagi, juga bila namanya berubah.';
const NEW = 'Nama pendek untuk sistem. Masih dapat diubah karena langkah ini baru; setelah berlaku tidak lagi.';

/** Ids of the version that the draft is based on; asked for once. */
function deployedIds(panel) {
  const { context } = panel;
  panel.deployed = panel.deployed || fetch(`/proses/${context.processId}/${context.root.versi}/diagram.bpmn`, { credentials: 'same-origin' })
    .then((answer) => (answer.ok ? answer.text() : ''))
    .then((source) => source && new Set([ ...source.matchAll(/\sid="([^"]*)"/g) ].map((found) => found[1])))
    .catch(() => '');
  return panel.deployed;
}

export function codeSection(panel, element) {
  const state = { known: null };
  const isNew = () => Boolean(state.known) && !state.known.has(element.id);
  const field = () => [ text(NEW), textField(panel, {
    key: 'kode', label: 'Kode', hideLabel: true, eager: false, mono: true, get: () => element.id, keep: (typed) => slug(typed) || typed.trim(),
    fault: (value) => fault(panel, element, value),
    set: (value) => panel.model.modeling.updateProperties(element, { id: value })
  }) ];
  const fixed = () => [ text(FIXED), part(make('p', { class: 'sandi' }, element.id)) ];
  const fields = changing(panel, () => [ isNew(), isNew() ? '' : element.id ], () => (isNew() ? field() : fixed()));
  deployedIds(panel).then((known) => {
    state.known = known;
    panel.sync();
  });
  return section('Kode', [ fields ], { folded: true, key: 'kode' });
}

function fault(panel, element, value) {
  if (!/^[a-z][a-z0-9_]*$/.test(value)) return 'Tulis kode dengan huruf kecil, angka, dan garis bawah.';
  const holder = panel.model.moddle.ids.assigned(value);
  return holder && holder !== element.businessObject ? `Kode «${value}» sudah dipakai elemen lain.` : '';
}
