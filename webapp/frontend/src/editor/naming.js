// Names and ids of what is drawn anew: readable, unique, usable as a variable, kept once they are set.
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor';
import { is } from 'bpmn-js/lib/util/ModelUtil';

// The first that fits counts. `name` is written into the picture, `id` is the beginning of the id.
const KINDS = [
  { type: 'bpmn:UserTask', id: 'langkah_baru', name: 'Langkah baru' },
  { type: 'bpmn:ScriptTask', id: 'hitungan_baru', name: 'Hitungan baru' },
  { type: 'bpmn:ServiceTask', id: 'otomatis_baru', name: 'Langkah otomatis baru' },
  { type: 'bpmn:BusinessRuleTask', id: 'tabel_baru', name: 'Tabel baru' },
  { type: 'bpmn:SubProcess', id: 'rangkaian_baru', name: 'Rangkaian baru' },
  { type: 'bpmn:Activity', id: 'langkah_baru', name: 'Langkah baru' },
  { type: 'bpmn:ExclusiveGateway', id: 'keputusan' },
  { type: 'bpmn:ParallelGateway', id: 'serentak' },
  { type: 'bpmn:InclusiveGateway', id: 'beberapa_jalan' },
  { type: 'bpmn:Gateway', id: 'gerbang' },
  { type: 'bpmn:StartEvent', id: 'mulai' },
  { type: 'bpmn:EndEvent', id: 'selesai' },
  { type: 'bpmn:BoundaryEvent', id: 'batas_waktu' },
  { type: 'bpmn:Event', id: 'tunggu' },
  { type: 'bpmn:Lane', id: 'peran_baru', name: 'Peran baru' },
  { type: 'bpmn:Participant', id: 'bingkai' },
  { type: 'bpmn:TextAnnotation', id: 'catatan' }
];
// Words of the expression language and names that the engine keeps for itself.
const TAKEN = new Set(('and as assert async await break class continue def del elif else except false finally for from '
  + 'global if import in is lambda none nonlocal not or pass raise return true try while with yield typename start end '
  + 'root').split(' '));
const LONGEST = 40;

/** "Periksa berkas (awal)" -> "periksa_berkas_awal". */
export function slug(text) {
  const plain = (text || '').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
    .replace(/[^a-z0-9]+/g, '_').slice(0, LONGEST).replace(/^_+|_+$/g, '');
  if (!plain) return '';
  return /^[0-9]/.test(plain) || TAKEN.has(plain) ? `langkah_${plain}` : plain;
}

const kindOf = (element) => KINDS.find((kind) => is(element, kind.type));
/** Whether an id was given by us before there was a name. */
const provisional = (id, kind) => new RegExp(`^${kind.id}(_\\d+)?$`).test(id);

/** Whether `text` is what a new element is called before a person names it. */
export function isOurName(element, text) {
  const kind = kindOf(element);
  return Boolean(kind && kind.name && kind.name === text.trim());
}

export default class Naming extends CommandInterceptor {
  constructor(eventBus, moddle, modeling) {
    super(eventBus);
    this.ids = moddle.ids;
    this.modeling = modeling;
    this.preExecute('shape.create', ({ context }) => this.begin(context.shape));
    this.preExecute('connection.create', ({ context }) => this.beginFlow(context.connection, context.target));
    this.postExecuted([ 'element.updateLabel', 'element.updateProperties' ], ({ context }) => this.follow(context));
  }

  /** `base`, or with a number behind it when that is taken. */
  unique(base, owner) {
    const free = (id) => {
      const holder = this.ids.assigned(id);
      return !holder || holder === owner;
    };
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? base : `${base}_${number}`;
      if (free(id)) return id;
    }
  }

  begin(shape) {
    const kind = !shape.labelTarget && shape.type !== 'label' && kindOf(shape);
    if (!kind) return;
    const object = shape.businessObject;
    if (kind.name && !object.name) object.name = kind.name;
    const named = object.name && object.name !== kind.name;
    this.give(shape, this.unique((named && slug(object.name)) || kind.id, object));
  }

  beginFlow(flow, target) {
    if (is(flow, 'bpmn:SequenceFlow') && target) {
      this.give(flow, this.unique(`alur_${target.id}`.slice(0, LONGEST), flow.businessObject));
    }
  }

  /** Before the element is in the registry, so its id may simply be written. */
  give(element, id) {
    const object = element.businessObject;
    if (object.id !== id) {
      this.ids.unclaim(object.id);
      this.ids.claim(id, object);
      object.id = id;
    }
    element.id = id;
    if (element.di) element.di.id = `${id}_di`;
  }

  /** The first real name gives the id; after that it stays, for drafts and cases refer to it. */
  follow({ element, properties }) {
    const shape = element.labelTarget || element;
    const kind = shape.businessObject && !shape.waypoints && kindOf(shape);
    if (!kind || (properties && !('name' in properties)) || !provisional(shape.id, kind)) return;
    const wanted = slug(shape.businessObject.name);
    if (!wanted || wanted === slug(kind.name) || provisional(wanted, kind)) return;
    const id = this.unique(wanted, shape.businessObject);
    this.modeling.updateProperties(shape, { id, di: { id: `${id}_di` } });
  }
}

Naming.$inject = [ 'eventBus', 'moddle', 'modeling' ];

/** Ids of the drawing itself: each its own, whatever was pasted, replaced or renamed before. */
export function settleDrawingIds(definitions) {
  const used = new Set();
  const objects = [];
  for (const { plane } of definitions.diagrams || []) objects.push(...(plane && plane.planeElement) || []);
  for (const drawn of objects) if (drawn.bpmnElement) used.add(drawn.bpmnElement.id);
  for (const drawn of objects) {
    const base = drawn.bpmnElement ? `${drawn.bpmnElement.id}_di` : drawn.id;
    let id = drawn.id || base;
    for (let number = 1; used.has(id); number += 1) id = number === 1 ? base : `${base}_${number}`;
    if (id !== drawn.id) drawn.id = id;
    used.add(id);
  }
}
