// "Tambah sesudah ini": new steps by keyboard alone. How they are placed is the business of ../placing.js.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { make } from '../dom.js';
import { leadsOn, takesLimit } from '../placing.js';
import { part, section } from './parts.js';

const KINDS = [ [ 'userTask', 'Langkah' ], [ 'exclusive', 'Keputusan' ], [ 'timer', 'Waktu tunggu' ], [ 'end', 'Selesai' ] ];

export function followSection(panel, element) {
  if (!is(element, 'bpmn:FlowNode') || !(leadsOn(element) || takesLimit(element))) return null;
  const placing = panel.context.modeler.get('placing');
  const button = (key, label, act) => make('button', { type: 'button', class: 'tombol ringkas', id: `sifat-tambah-${key}`, onclick: () => {
    act();
    // The name is asked for here, where the keyboard is, and not in the picture as after a click there.
    panel.context.modeler.get('directEditing').cancel();
    panel.focus('nama', true);
  } }, label);
  const buttons = leadsOn(element) ? KINDS.map(([ key, label ]) => button(key, label, () => placing.append(element, key))) : [];
  if (takesLimit(element)) buttons.push(button('batas', 'Batas waktu', () => placing.limit(element)));
  return section('Tambah sesudah ini', [ part(make('div', { class: 'sifat-baris' }, ...buttons)) ], { key: 'tambah' });
}
