// A gateway: its name, its kind in words, and its ways out with when they are taken.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { make } from '../dom.js';
import { called } from '../steps.js';
import { conditionOf, inOrder, isDefault, whenTaken } from './flow.js';
import { textField } from './fields.js';
import { noteField } from './others.js';
import { changing, part, section, text } from './parts.js';
import { roleParts } from './task.js';

const KINDS = [
  [ 'bpmn:ExclusiveGateway', 'Satu jalan dipilih: yang pertama syaratnya terpenuhi, atau alur bawaan.' ],
  [ 'bpmn:InclusiveGateway', 'Setiap jalan yang syaratnya terpenuhi ditempuh; bila tidak ada, alur bawaan.' ],
  [ 'bpmn:ParallelGateway', 'Semua jalan ditempuh bersama; bila beberapa jalan masuk, semuanya ditunggu.' ]
];

export function gatewaySections(panel, gateway) {
  const { model } = panel;
  const object = gateway.businessObject;
  const kind = KINDS.find(([ type ]) => is(gateway, type));
  const parallel = is(gateway, 'bpmn:ParallelGateway');
  const name = textField(panel, {
    key: 'nama', label: 'Nama', help: parallel ? 'Boleh dikosongkan.' : 'Sebagai pertanyaan, misalnya «Jenis laporan?».',
    get: () => object.name || '', set: (value) => model.setName(gateway, value)
  });
  const flows = () => inOrder(model, gateway);
  const told = (flow) => [ flow.id, called(flow.target), flow.businessObject.name, parallel ? '' : whenTaken(panel, flow) ];
  const list = changing(panel, () => flows().map(told), () => flows().map((flow, index) => way(panel, flow, index, parallel)), 'ul',
    { class: 'sifat-alur' });
  return [
    section('', [ kind ? text(kind[1]) : null, name, ...roleParts(panel, gateway, 'Lajur') ].filter(Boolean), { key: 'keputusan' }),
    section('Jalan keluar', [
      text(() => (flows().length ? '' : 'Belum ada jalan keluar. Tambahkan di bawah, atau tarik garis di gambar.')),
      list, noteField(panel, gateway)
    ], { key: 'jalan' })
  ];
}

function way(panel, flow, index, parallel) {
  const named = (flow.businessObject.name || '').trim();
  const missing = !parallel && !isDefault(flow) && !conditionOf(flow) && panel.model.flowsFrom(flow.source).length > 1;
  const node = make('button', { type: 'button', id: `sifat-jalan-${index}`, class: missing ? 'kurang' : false, onclick: () => panel.context.select(flow.id, false) },
    make('strong', {}, `→ ${called(flow.target)}`), named ? make('span', {}, named) : null,
    parallel || panel.model.flowsFrom(flow.source).length < 2 ? null : make('small', {}, whenTaken(panel, flow)));
  return part(make('li', {}, node));
}
