// Puts new elements into the picture: after a step, at its edge, or where the mouse drops them.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';

const GAP = 50; // between two steps, as the drawing library leaves it

/** What the palette, the pad beside an element and the list of steps can add. */
export const PARTS = {
  userTask: { type: 'bpmn:UserTask', label: 'Langkah', title: 'Langkah yang dikerjakan seseorang, dengan formulirnya' },
  exclusive: { type: 'bpmn:ExclusiveGateway', label: 'Keputusan', title: 'Keputusan: satu jalan dipilih menurut syarat' },
  parallel: { type: 'bpmn:ParallelGateway', label: 'Serentak', title: 'Serentak: semua jalan ditempuh bersama' },
  inclusive: {
    type: 'bpmn:InclusiveGateway', label: 'Beberapa', title: 'Beberapa jalan: setiap jalan yang syaratnya terpenuhi ditempuh'
  },
  timer: {
    type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: 'bpmn:TimerEventDefinition',
    label: 'Tunggu', title: 'Tunggu sampai suatu waktu; pada tepi sebuah langkah menjadi batas waktu'
  },
  scriptTask: { type: 'bpmn:ScriptTask', label: 'Hitungan', title: 'Hitungan yang dikerjakan sistem, tanpa orang' },
  serviceTask: {
    type: 'bpmn:ServiceTask', label: 'Otomatis', title: 'Langkah otomatis: sistem mengirim pemberitahuan atau membuat dokumen'
  },
  ruleTask: { type: 'bpmn:BusinessRuleTask', label: 'Tabel', title: 'Tabel keputusan: hasil ditentukan baris yang cocok' },
  subProcess: {
    type: 'bpmn:SubProcess', isExpanded: true,
    label: 'Rangkaian', title: 'Rangkaian langkah di dalam satu bingkai (subproses)'
  },
  start: { type: 'bpmn:StartEvent', label: 'Mulai', title: 'Mulai: di sini SOP dimulai' },
  end: { type: 'bpmn:EndEvent', label: 'Selesai', title: 'Selesai: di sini aduan berakhir' }
};

/** Whether a step may follow `element`. */
export function leadsOn(element) {
  return is(element, 'bpmn:FlowNode') && !element.labelTarget && !is(element, 'bpmn:EndEvent')
    && !(is(element, 'bpmn:SubProcess') && element.businessObject.triggeredByEvent);
}

/** Whether a time limit may hang on `element`. */
export const takesLimit = (element) => !element.labelTarget && isAny(element, [ 'bpmn:UserTask', 'bpmn:SubProcess' ])
  && !element.businessObject.triggeredByEvent;

export default class Placing {
  constructor(...services) {
    Placing.$inject.forEach((name, index) => { this[name] = services[index]; });
    this.commandStack.register('aduan.sisipkan', { preExecute: (context) => this.insert(context) });
  }

  make(key) {
    const { label, title, ...attributes } = PARTS[key];
    const shape = this.elementFactory.createShape(attributes);
    if (key !== 'subProcess') return [ shape ];
    return [ shape, this.elementFactory.createShape({ type: 'bpmn:StartEvent', x: 40, y: 82, parent: shape }) ];
  }

  /** With the mouse: follows it until it is dropped. */
  drag(event, key, source) {
    const shapes = this.make(key);
    const context = source ? { source } : {};
    if (shapes.length > 1) context.hints = { autoSelect: [ shapes[0] ] };
    this.create.start(event, shapes.length > 1 ? shapes : shapes[0], context);
  }

  /**
   * After `source`, at once.  What followed a step now follows the new one: only gateways fork, so a
   * second way out of a step is never what is meant.
   */
  append(source, key) {
    const context = { source, key };
    this.commandStack.execute('aduan.sisipkan', context);
    this.show(context.shape);
    return context.shape;
  }

  insert(context) {
    const { source, key } = context;
    const [ shape, inner ] = this.make(key);
    const follows = is(source, 'bpmn:Gateway') || key === 'end' ? []
      : source.outgoing.filter((flow) => is(flow, 'bpmn:SequenceFlow'));
    const position = follows.length && !source.host ? this.room(source, shape)
      : this.eventBus.fire('autoPlace', { source, shape });
    context.shape = this.modeling.appendShape(source, shape, position, source.parent);
    if (inner) this.modeling.createShape(inner, { x: shape.x + 58, y: shape.y + shape.height / 2 }, shape);
    const middle = { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
    for (const flow of follows) this.modeling.reconnectStart(flow, context.shape, middle);
  }

  /** A place right of `source`, on its own line; what stands in the way moves to the right, and all that is behind it. */
  room(source, shape) {
    const left = source.x + source.width + GAP, right = left + shape.width + GAP;
    const middle = source.y + source.height / 2;
    const [ top, bottom ] = [ middle - shape.height / 2 - 10, middle + shape.height / 2 + 10 ];
    const near = this.elementRegistry.filter((each) => is(each, 'bpmn:FlowNode') && each.type !== 'label' && !each.host
      && each !== source && each.parent === source.parent && each.x >= source.x + source.width
      && each.x < right && each.y < bottom && each.y + each.height > top);
    if (near.length) {
      const first = Math.min(...near.map((each) => each.x));
      const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(
        this.elementRegistry.filter((each) => each.parent), 'x', right - first, first - 5
      );
      this.spaceTool.makeSpace(movingShapes, resizingShapes, { x: right - first, y: 0 }, 'e', first - 5);
    }
    return { x: left + shape.width / 2, y: middle };
  }

  /** A time limit on the lower edge of a step. */
  limit(host) {
    const shape = this.elementFactory.createShape({
      type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition'
    });
    const taken = host.attachers.length;
    const x = host.x + host.width - 30 - 45 * taken;
    const made = this.modeling.createShape(
      shape, { x: Math.max(x, host.x + 18), y: host.y + host.height }, host, { attach: true }
    );
    this.show(made);
    return made;
  }

  /** Without a mouse: after what is selected, otherwise into the middle of what is seen. */
  place(key) {
    const chosen = this.selection.get()[0];
    if (chosen && leadsOn(chosen) && key !== 'start') return this.append(chosen, key);
    const box = this.canvas.viewbox();
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const root = this.canvas.getRootElement();
    const frame = root.children.find((each) => is(each, 'bpmn:Participant'));
    const lane = chosen && is(chosen, 'bpmn:Lane') ? chosen : frame;
    if (lane) {
      at.x = Math.min(Math.max(at.x, lane.x + 110), lane.x + lane.width - 70);
      at.y = lane === frame ? Math.min(Math.max(at.y, lane.y + 50), lane.y + lane.height - 50) : lane.y + lane.height / 2;
    }
    const [ shape, inner ] = this.make(key);
    const made = this.modeling.createShape(shape, at, frame || root);
    if (inner) this.modeling.createShape(inner, { x: made.x + 58, y: made.y + made.height / 2 }, made);
    this.show(made);
    return made;
  }

  /** The frame of roles, in a picture that has none. */
  frame(event) {
    this.create.start(event, this.elementFactory.createParticipantShape());
  }

  show(shape) {
    this.selection.select(shape);
    if (this.bpmnjs.fitted) this.bpmnjs.fit();
    else if (!is(shape, 'bpmn:Lane')) this.canvas.scrollToElement(shape, 60);
    this.canvas.focus();
    if (!is(shape, 'bpmn:Gateway')) this.directEditing.activate(shape);
  }
}

Placing.$inject = [
  'eventBus', 'commandStack', 'modeling', 'elementFactory', 'elementRegistry', 'selection', 'canvas', 'create',
  'directEditing', 'spaceTool', 'bpmnjs'
];
