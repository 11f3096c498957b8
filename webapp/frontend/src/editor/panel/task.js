// A step that a person does: role, form, Mutu Baku, what the reporter reads. Knows no expressions.
import { make } from '../dom.js';
import { slug } from '../naming.js';
import { called } from '../steps.js';
import { select, textField } from './fields.js';
import { addLane, laneOf, lanes, moveInto, outermost } from './lanes.js';
import { cleanLine, property } from './model.js';
import { changing, part, section, text } from './parts.js';
import { repeatSection } from './repeat.js';
import { standardTime } from './standard.js';

const NEW = '\u0000baru';
const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

export function taskSections(panel, element) {
  return [
    section('Pelaksana', [ ...roleParts(panel, element), ...formParts(panel, element) ], { key: 'pelaksana' }),
    section('Mutu baku', [
      own(panel, element, 'kelengkapan', 'Kelengkapan', { lines: 1, help: 'Yang harus ada sebelum langkah ini dikerjakan.' }),
      standardTime(panel, element),
      own(panel, element, 'output', 'Output', { lines: 1, help: 'Yang dihasilkan langkah ini.' })
    ], { key: 'mutu' }),
    section('Keterangan', [
      own(panel, element, 'uraian', 'Uraian kegiatan', { lines: 4, help: 'Kalimat langkah ini pada tabel SOP.' }),
      own(panel, element, 'status', 'Kalimat status untuk pelapor', {
        lines: 2, help: 'Dibaca pelapor selama langkah ini terbuka. {unit} diganti dengan nama Bidang/unit kerja.'
      })
    ], { key: 'keterangan' }),
    repeatSection(panel, element)
  ];
}

/** A field for one of the element's SOP properties. */
export function own(panel, element, name, label, options = {}) {
  const object = element.businessObject;
  return textField(panel, {
    key: name, label, ...options,
    get: () => property(object, name), set: (value) => panel.model.setProperty(element, object, name, value)
  });
}

/** Which lane it stands in; also for events, gateways and subprocesses. */
export function roleParts(panel, element, label = 'Peran') {
  const { model } = panel;
  const holder = outermost(element);
  if (holder !== element) {
    return [ text(() => `Mengikuti ${holder === element.host ? 'langkahnya' : 'rangkaian'} «${called(holder)}»: ${(laneOf(model, holder) || { businessObject: {} }).businessObject.name || 'tanpa peran'}.`) ];
  }
  const asking = { open: false };
  const chosen = () => (laneOf(model, element) || { id: '' }).id;
  const choice = select(panel, {
    key: 'peran', label, help: 'Memilih yang lain memindahkannya ke lajur itu.',
    options: () => [
      ...(chosen() ? [] : [ [ '', 'Belum berada dalam lajur' ] ]),
      ...lanes(model).map((lane) => [ lane.id, called(lane) ]), [ NEW, 'Peran baru…' ]
    ],
    get: () => (asking.open ? NEW : chosen()),
    set: (value) => {
      asking.open = value === NEW;
      if (!asking.open) panel.edits.change(() => moveInto(model, element, model.registry.get(value)));
      panel.sync();
      if (asking.open) panel.focus('peran-baru');
    }
  });
  return [ choice, newRole(panel, element, asking) ];
}

function newRole(panel, element, asking) {
  return asker(panel, asking, {
    key: 'peran-baru', label: 'Nama peran baru', action: 'Buat peran', back: 'peran', begin: () => '',
    help: 'Menjadi lajur baru di bawah. Isi hak-haknya sesudah ini dengan memilih lajurnya.',
    fault: (name) => {
      if (!name) return 'Tulis nama perannya.';
      if (!panel.model.frame) return 'Gambar ini belum punya bingkai peran. Tambahkan dulu dari alat gambar.';
      return lanes(panel.model).some((lane) => called(lane) === name) ? `Peran «${name}» sudah ada.` : '';
    },
    done: (name) => panel.edits.change(() => moveInto(panel.model, element, addLane(panel.model, name)))
  });
}

/** A small question that opens below a select: name it, or leave it. */
function asker(panel, asking, { key, label, help, action, back, begin, fault, done }) {
  const build = () => {
    if (!asking.open) return [];
    const input = make('input', { type: 'text', class: 'masukan', id: `sifat-${key}`, autocomplete: 'off', 'aria-describedby': `sifat-${key}-bantuan` });
    input.value = begin();
    const message = make('p', { class: 'sifat-pesan', role: 'status', hidden: true });
    const leave = () => {
      asking.open = false;
      panel.sync();
      panel.focus(back);
    };
    const agree = () => {
      const name = cleanLine(input.value);
      const wrong = fault(name);
      message.hidden = !wrong;
      message.textContent = wrong;
      if (wrong) return input.focus();
      asking.open = false;
      done(name);
      return leave();
    };
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault(); // the select that gets the focus would take the key as well
      if (event.key === 'Enter') agree(); else leave();
    });
    return [ part(make('div', { class: 'sifat-tanya' }, make('label', { for: input.id }, label),
      make('p', { class: 'bantuan', id: `sifat-${key}-bantuan` }, help), input, message,
      make('div', { class: 'sifat-baris' },
        make('button', { type: 'button', class: 'tombol ringkas', onclick: agree }, action),
        make('button', { type: 'button', class: 'tombol ringkas', onclick: leave }, 'Batal')))) ];
  };
  return changing(panel, () => asking.open, build);
}

export function formParts(panel, element) {
  const { context, model } = panel;
  const object = element.businessObject;
  const asking = { open: false };
  const key = () => property(object, 'formKey');
  const title = (each) => {
    const schema = context.forms[each];
    return schema && typeof schema.title === 'string' && schema.title ? `${schema.title} (${each})` : each;
  };
  const use = (value) => panel.edits.change(() => model.setProperty(element, object, 'formKey', value));
  const choice = select(panel, {
    key: 'formulir', label: 'Formulir', help: 'Isian yang dilengkapi pelaksana pada langkah ini.',
    options: () => [
      ...(key() ? [] : [ [ '', 'Belum dipilih' ] ]),
      ...Object.keys(context.forms).sort().map((each) => [ each, title(each) ]), [ NEW, 'Formulir baru…' ]
    ],
    get: () => (asking.open ? NEW : key()),
    set: (value) => {
      asking.open = value === NEW;
      if (!asking.open) use(value);
      panel.sync();
      if (asking.open) panel.focus('formulir-baru');
    }
  });
  const created = asker(panel, asking, {
    key: 'formulir-baru', label: 'Judul formulir baru', action: 'Buat formulir', back: 'formulir',
    help: 'Dimulai dengan satu isian catatan; lengkapi di halaman Formulir.', begin: () => cleanLine(object.name || ''),
    fault: (name) => (name ? '' : 'Tulis judul formulirnya.'),
    done: (name) => use(makeForm(context, name, element.id))
  });
  return [ choice, created, formLink(panel, element, key) ];
}

function makeForm(context, title, fallback) {
  const base = slug(title) || fallback;
  let key = base;
  for (let number = 2; key in context.forms; number += 1) key = `${base}_${number}`;
  context.setForm(key, {
    $schema: DRAFT, title, type: 'object', additionalProperties: false, required: [],
    properties: {
      catatan: { title: 'Catatan', description: 'Boleh dikosongkan.', type: 'string', maxLength: 2000, 'x-pribadi': true }
    },
    'x-urutan': [ 'catatan' ]
  });
  return key;
}

/** The form's own page, once the draft is there, and who else uses the form. */
function formLink(panel, element, key) {
  const { context, model } = panel;
  const others = () => model.nodes.filter((each) => each !== element && key() && property(each.businessObject, 'formKey') === key());
  const address = () => `/proses/${context.processId}/draf/${context.root.draf}/formulir/${encodeURIComponent(key())}`;
  const link = make('a', {}, 'Ubah isian formulir ini →');
  link.addEventListener('click', (event) => {
    if (!context.go || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    context.go(link.href);
  });
  const shared = text(() => (others().length ? `Dipakai juga oleh ${others().map((each) => `«${called(each)}»`).join(', ')}.` : ''));
  const node = make('div', { class: 'sifat-lanjut' }, link, shared.node);
  const sync = () => {
    link.hidden = !(context.root.draf && key() in context.forms);
    if (!link.hidden) link.href = address();
    shared.sync();
    node.hidden = link.hidden && shared.node.hidden;
  };
  sync();
  return part(node, sync);
}
