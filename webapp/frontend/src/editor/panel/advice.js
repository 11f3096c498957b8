// What the gate found about the selected element, at the top of the panel. Nothing moves below while one types.
import { make } from '../dom.js';
import { part } from './parts.js';

const WORDS = { galat: [ '✕', 'Harus diperbaiki' ], peringatan: [ '!', 'Peringatan' ] };

const kindOf = ({ severity }) => (severity === 'galat' ? 'galat' : 'peringatan');
const keyOf = (finding) => `${kindOf(finding)} ${finding.message}`;

function item(finding) {
  const kind = kindOf(finding);
  const [ sign, word ] = WORDS[kind];
  return make('li', { class: `sifat-temuan ${kind}`, 'data-temuan': keyOf(finding) },
    make('span', { class: 'temuan-tanda', 'aria-hidden': 'true' }, sign),
    make('span', {}, make('span', { class: 'tersembunyi' }, `${word}: `), finding.message));
}

/** `concerns(finding)` says whether it belongs here. `resting()`: nobody is writing, so that things may move. */
export function advice(panel, concerns, scroller) {
  const node = make('ul', { class: 'sifat-daftar-temuan', 'aria-label': 'Temuan tentang yang dipilih' });
  let shown = [];
  const show = () => {
    const wanted = panel.context.findings.filter(concerns);
    const keys = wanted.map(keyOf);
    const before = node.getBoundingClientRect().height;
    const mended = panel.visiting ? shown.filter((each) => !keys.includes(keyOf(each))) : [];
    if (JSON.stringify(shown.map(keyOf)) !== JSON.stringify(keys)) {
      const rows = panel.visiting ? [ ...shown, ...wanted.filter((each) => !shown.some((old) => keyOf(old) === keyOf(each))) ] : wanted;
      node.replaceChildren(...rows.map(item));
      shown = rows;
    }
    for (const row of node.children) {
      const done = mended.some((each) => keyOf(each) === row.dataset.temuan);
      row.classList.toggle('beres', done);
      row.firstChild.textContent = done ? '✓' : WORDS[row.classList.contains('galat') ? 'galat' : 'peringatan'][0];
    }
    node.hidden = !node.children.length;
    // What is added above pushes the field away from under the person's eyes: the panel scrolls by as much.
    const grown = node.getBoundingClientRect().height - before;
    if (panel.visiting && grown > 0) scroller.scrollTop += grown;
  };
  show();
  return part(node, show);
}
