// The decision table of a business rule task as a small grid of cells. Knows no XML.
import { make } from '../dom.js';
import { expressionCheck } from './check.js';
import { select, textField } from './fields.js';
import { nameField, noteField } from './others.js';
import { button, changing, part, row, section, text } from './parts.js';
import { readTable, tableOfFile, writeTable } from './tables.js';
import { roleParts } from './task.js';
import { variablesAt } from './variables.js';

const POLICIES = [ [ 'UNIQUE', 'Tepat satu baris berlaku' ], [ 'FIRST', 'Yang teratas menang' ] ];
const TEST = /^(==|!=|<=|>=|<|>|not\s+in\b|in\b)\s*/;

class Grid {
  constructor(panel, element) {
    Object.assign(this, { panel, element, object: element.businessObject });
  }

  get table() { return readTable(this.object); }

  write(change) {
    const { table } = this;
    change(table);
    writeTable(this.panel.model, this.element, table);
  }

  change(act) { this.panel.edits.change(() => this.write(act)); }

  /** A cell of the grid; `place(table)` gives [list, key]. */
  cell(key, label, place, pick) {
    const known = () => variablesAt(this.panel.model, this.panel.context.forms, this.element).map(({ name }) => name);
    const field = textField(this.panel, {
      key, label, hideLabel: true, mono: true,
      get: () => { const [ list, at ] = place(this.table); return (list && list[at]) || ''; },
      set: (value) => this.write((table) => { const [ list, at ] = place(table); list[at] = value; }),
      check: pick && expressionCheck(this.panel.context, 'syarat', { known, pick })
    });
    return field;
  }
}

const whole = (words) => words;
const tested = (words) => (words === '-' ? '' : words.replace(TEST, ''));

function gridParts(grid) {
  const { table } = grid;
  const heads = [
    ...table.inputs.map((each, at) => grid.cell(`masukan-${at}`, `Masukan ${at + 1}`, (now) => [ now.inputs[at], 'text' ], whole)),
    ...table.outputs.map((each, at) => grid.cell(`keluaran-${at}`, `Keluaran ${at + 1}`, (now) => [ now.outputs[at], 'text' ]))
  ];
  const rows = table.rules.map((rule, line) => [
    ...table.inputs.map((each, at) => grid.cell(`sel-${line}-m${at}`, `Baris ${line + 1}, masukan ${at + 1}`,
      (now) => [ now.rules[line].tests, at ], tested)),
    ...table.outputs.map((each, at) => grid.cell(`sel-${line}-k${at}`, `Baris ${line + 1}, keluaran ${at + 1}`,
      (now) => [ now.rules[line].answers, at ], whole)),
    button(grid.panel, '✕', () => grid.change((now) => now.rules.splice(line, 1)), {
      key: `hapus-${line}`, title: `Hapus baris ${line + 1}`, className: 'hapus', enabled: () => grid.table.rules.length > 1
    })
  ]);
  const titles = [ ...table.inputs.map(() => 'Bila'), ...table.outputs.map(() => 'Maka') ];
  const line = (cells, tag) => make('tr', {}, ...cells.map((each) => make(tag, {}, each.node)));
  const node = make('div', { class: 'sifat-tabel', tabindex: 0, role: 'region', 'aria-label': 'Tabel keputusan' },
    make('table', {},
      make('thead', {}, make('tr', {}, ...titles.map((each) => make('th', { scope: 'col' }, each)), make('td', {})), line([ ...heads, part('') ], 'td')),
      make('tbody', {}, ...rows.map((cells) => line(cells, 'td')))));
  return [ part(node, () => [ ...heads, ...rows.flat() ].forEach((each) => each.sync())) ];
}

function adding(grid) {
  const { panel } = grid;
  const column = (list, cells) => () => grid.change((table) => {
    table[list].push({ text: '', label: '', type: '' });
    table.rules.forEach((each) => each[cells].push(''));
  });
  const fewer = (list, cells) => () => grid.change((table) => {
    table[list].pop();
    table.rules.forEach((each) => each[cells].pop());
  });
  return [
    row(
      button(panel, 'Tambah baris', () => grid.change((table) => table.rules.push({
        tests: table.inputs.map(() => ''), answers: table.outputs.map(() => '')
      })), { key: 'baris-baru' }),
      button(panel, 'Tambah masukan', column('inputs', 'tests'), { key: 'masukan-baru' }),
      button(panel, 'Tambah keluaran', column('outputs', 'answers'), { key: 'keluaran-baru' })
    ),
    row(
      button(panel, 'Hapus masukan terakhir', fewer('inputs', 'tests'), { key: 'masukan-hapus', enabled: () => grid.table.inputs.length > 1 }),
      button(panel, 'Hapus keluaran terakhir', fewer('outputs', 'answers'), { key: 'keluaran-hapus', enabled: () => grid.table.outputs.length > 1 })
    )
  ];
}

function importing(grid) {
  const told = make('p', { class: 'sifat-pesan', role: 'status', hidden: true });
  const input = make('input', { type: 'file', id: 'sifat-dmn', class: 'masukan', accept: '.dmn,.xml' });
  input.addEventListener('change', async () => {
    const [ file ] = input.files;
    if (!file) return;
    const found = file.size < 1_000_000 ? tableOfFile(await file.text()) : null;
    told.hidden = Boolean(found);
    told.textContent = 'Berkas itu tidak memuat tabel keputusan DMN. Tabel di sini tidak berubah.';
    if (found) grid.change((table) => Object.assign(table, found));
    input.value = '';
  });
  return part(make('div', { class: 'sifat-isian' }, make('label', { for: 'sifat-dmn' }, 'Ambil dari berkas DMN'), input, told));
}

export function decisionSections(panel, element) {
  const grid = new Grid(panel, element);
  const shape = () => [ grid.table.inputs.length, grid.table.outputs.length, grid.table.rules.length ];
  const known = () => variablesAt(panel.model, panel.context.forms, element).map(({ name }) => name);
  return [
    section('', [
      text('Dihitung sistem saat jalannya sampai di sini: baris yang cocok menentukan hasilnya.'),
      nameField(panel, element, 'Nama tabel'),
      select(panel, {
        key: 'kebijakan', label: 'Baris yang dipakai', options: () => POLICIES, get: () => grid.table.policy,
        set: (value) => grid.change((table) => { table.policy = value; })
      }),
      changing(panel, shape, () => gridParts(grid)), ...adding(grid),
      text('Sel «Bila» yang kosong berarti apa saja; tulis nilai seperti \'tinggi\' atau 3, atau perbandingan seperti > 5.'),
      text(() => (known().length ? `Yang dapat dibaca: ${known().join(', ')}.` : 'Belum ada isian yang dapat dibaca di sini.'))
    ], { key: 'tabel' }),
    section('Lainnya', [ importing(grid), ...roleParts(panel, element, 'Lajur'), noteField(panel, element) ], { folded: true, key: 'tabel-lain' })
  ];
}
