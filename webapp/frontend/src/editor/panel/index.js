// The properties panel of the editor: shows what is selected in words and keeps up with the picture. Knows which
// sections belong to what; each section knows its own fields.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { make } from '../dom.js';
import { advice } from './advice.js';
import { codeSection } from './code.js';
import { decisionSections } from './decision.js';
import { Edits } from './edits.js';
import { flowSections } from './flow.js';
import { followSection } from './follow.js';
import { gatewaySections } from './gateway.js';
import { headerSections } from './header.js';
import { laneSections } from './lane.js';
import { callSections, isMessage, messageSections } from './message.js';
import { Model, property } from './model.js';
import {
  annotationSections, endSections, nameField, scriptSections, startSections, subprocessSections, unknownSections
} from './others.js';
import { keepOrder } from './order.js';
import { section } from './parts.js';
import { serviceSections } from './service.js';
import { taskSections } from './task.js';
import { timerOf, timerSections } from './timer.js';

const TEXT = 'input:not([type=checkbox], [type=radio]), textarea';

// The first that fits counts: what people call it, and its sections.
const KINDS = [
  [ (each) => is(each, 'bpmn:Lane'), 'Peran', laneSections ],
  [ (each) => is(each, 'bpmn:SequenceFlow'), 'Alur', flowSections ],
  [ (each) => is(each, 'bpmn:UserTask'), 'Langkah', (panel, each) => [ section('', [ nameField(panel, each, 'Nama langkah') ], { key: 'langkah' }), ...taskSections(panel, each) ] ],
  [ (each) => is(each, 'bpmn:ScriptTask'), 'Hitungan', scriptSections ],
  [ (each) => is(each, 'bpmn:ServiceTask'), 'Langkah otomatis', serviceSections ],
  [ (each) => is(each, 'bpmn:BusinessRuleTask'), 'Tabel keputusan', decisionSections ],
  [ (each) => is(each, 'bpmn:SubProcess'), 'Rangkaian langkah', subprocessSections ],
  [ (each) => is(each, 'bpmn:ExclusiveGateway'), 'Keputusan', gatewaySections ],
  [ (each) => is(each, 'bpmn:ParallelGateway'), 'Serentak', gatewaySections ],
  [ (each) => is(each, 'bpmn:InclusiveGateway'), 'Beberapa jalan', gatewaySections ],
  [ (each) => is(each, 'bpmn:ThrowEvent') && isMessage(each), 'Kiriman', messageSections ],
  [ isMessage, 'Pesan', messageSections ],
  [ (each) => is(each, 'bpmn:CallActivity'), 'Panggilan proses', callSections ],
  [ (each) => is(each, 'bpmn:BoundaryEvent'), 'Batas waktu', timerSections ],
  [ (each) => is(each, 'bpmn:IntermediateCatchEvent'), 'Waktu tunggu', timerSections ],
  [ (each) => is(each, 'bpmn:StartEvent') && timerOf(each), 'Mulai oleh waktu', timerSections ],
  [ (each) => is(each, 'bpmn:StartEvent'), 'Mulai', startSections ],
  [ (each) => is(each, 'bpmn:EndEvent'), 'Selesai', endSections ],
  [ (each) => is(each, 'bpmn:TextAnnotation'), 'Catatan', annotationSections ],
  [ () => true, 'Elemen', unknownSections ]
];

class Panel {
  constructor(container, context) {
    Object.assign(this, { container, context, visiting: null, field: null, parts: [] });
    this.model = new Model(context.modeler);
    this.edits = new Edits(context.modeler, () => this.flush());
    this.selection = context.modeler.get('selection');
    this.memory = new WeakMap();
    this.box = make('fieldset', { class: 'sifat', 'aria-label': 'Sifat yang dipilih' });
    container.append(this.box);
    container.addEventListener('keydown', (event) => this.press(event));
    context.modeler.on('selection.changed', () => this.turn());
    context.modeler.on('diagram.clear', 3000, () => this.close());
    context.modeler.on('import.done', () => this.turn(true));
    context.modeler.on([ 'commandStack.changed', 'elements.changed' ], () => this.soon());
    for (const name of [ 'findings', 'forms', 'saved' ]) context.on(name, () => this.soon());
    window.addEventListener('pagehide', () => this.flush());
    this.turn(true);
  }

  /** What a section keeps about an element for as long as the page lives, such as the way a condition is written. */
  recall(element, begin) {
    const { businessObject } = element;
    if (!this.memory.has(businessObject)) this.memory.set(businessObject, begin());
    return this.memory.get(businessObject);
  }

  property(name, object) {
    return property(object, name);
  }

  enter(control, field) {
    this.visiting = control;
    this.field = field;
  }

  leave(control) {
    if (this.visiting !== control) return;
    const { field } = this;
    this.visiting = this.field = null;
    field.leave();
    this.soon();
  }

  /** What is typed and not in the picture yet goes there now. */
  flush() {
    if (this.field) this.field.flush();
  }

  focus(key, all = false) {
    this.sync();
    const control = document.getElementById(`sifat-${key}`);
    if (!control) return;
    control.focus();
    if (all && control.select) control.select();
  }

  /** The picture goes: what is typed and not in it yet goes with it, and there is nothing to show until the next. */
  close() {
    if (this.field) this.field.drop();
    this.visiting = this.field = null;
    this.subject = 'tidak ada';
    this.parts = [];
    this.box.replaceChildren();
    this.closed = true;
  }

  /** Another element is selected, or another picture is there. */
  turn(anew = false) {
    if (anew) this.closed = false;
    if (this.closed) return;
    if (this.visiting) this.leave(this.visiting);
    const chosen = this.selection.get();
    const subject = chosen.length === 1 ? chosen[0].labelTarget || chosen[0] : chosen.length ? 'banyak' : null;
    if (!anew && subject === this.subject) return;
    this.subject = subject;
    this.count = chosen.length;
    this.draw();
  }

  draw() {
    const { subject } = this;
    const element = subject && subject !== 'banyak' && !is(subject, 'bpmn:Participant') ? subject : null;
    const [ word, sections, name ] = this.about(subject, element);
    const title = make('h2', { class: 'sifat-nama' });
    const concerns = (finding) => (element ? finding.element === element.id : this.isGeneral(finding));
    const head = {
      node: make('header', { class: 'sifat-kepala' }, make('p', {}, word), title),
      sync: () => { title.textContent = name(); }
    };
    head.sync();
    this.parts = [ head, ...(subject === 'banyak' ? [] : [ advice(this, concerns, this.container) ]), ...sections.filter(Boolean) ];
    this.box.replaceChildren(...this.parts.map(({ node }) => node));
    this.box.disabled = Boolean(this.context.readOnly);
    this.container.scrollTop = 0;
  }

  about(subject, element) {
    if (subject === 'banyak') return [ 'Pilihan', [], () => `${this.count} elemen dipilih` ];
    if (!element) {
      const owner = () => this.model.frame || this.model.canvas.getRootElement();
      return [ 'Kepala SOP', headerSections(this, owner), () => this.model.process.name || 'Tanpa nama' ];
    }
    const [ , word, build ] = KINDS.find(([ fits ]) => fits(element));
    const sections = [ ...build(this, element), followSection(this, element) ];
    if (is(element, 'bpmn:FlowNode')) sections.push(codeSection(this, element));
    return [ word, sections, () => (element.businessObject.name || '').trim() ];
  }

  /** Of the process itself, or of nothing in the picture. */
  isGeneral({ element }) {
    const { frame, process } = this.model;
    return !element || element === process.id || Boolean(frame && element === frame.id);
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.sync();
    });
  }

  sync() {
    this.parts.forEach((each) => each.sync());
  }

  /** Where nothing can be undone in the control itself, Ctrl+Z and Ctrl+Y are those of the picture. */
  press(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    const back = key === 'z' && !event.shiftKey, forth = key === 'y' || (key === 'z' && event.shiftKey);
    if ((!back && !forth) || (event.target.matches(TEXT) && 'diketik' in event.target.dataset)) return;
    event.preventDefault();
    event.stopPropagation();
    const { stack } = this.edits;
    if (back && stack.canUndo()) stack.undo();
    if (forth && stack.canRedo()) stack.redo();
  }
}

/** Builds the panel into `container`; from then on it follows the picture by itself. */
export function createPanel(container, context) {
  keepOrder(context.modeler.get('bpmnUpdater'));
  return new Panel(container, context);
}
