// The menu "Ubah jenis": what an element can become. Offers what the engine runs and nothing else.
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { isExpanded } from 'bpmn-js/lib/util/DiUtil';
import { icons } from './icons.js';

const TIMER = 'bpmn:TimerEventDefinition';
const GATEWAYS = [
  [ 'exclusive', 'Keputusan', 'Satu jalan menurut syarat', { type: 'bpmn:ExclusiveGateway' } ],
  [ 'parallel', 'Serentak', 'Semua jalan bersama', { type: 'bpmn:ParallelGateway' } ],
  [ 'inclusive', 'Beberapa jalan', 'Setiap jalan yang syaratnya terpenuhi', { type: 'bpmn:InclusiveGateway' } ]
];
const TASKS = [
  [ 'userTask', 'Langkah', 'Dikerjakan seseorang, dengan formulir', { type: 'bpmn:UserTask' } ],
  [ 'scriptTask', 'Hitungan', 'Dikerjakan sistem', { type: 'bpmn:ScriptTask' } ],
  [ 'serviceTask', 'Langkah otomatis', 'Mengirim pemberitahuan atau membuat dokumen', { type: 'bpmn:ServiceTask' } ],
  [ 'ruleTask', 'Tabel keputusan', 'Hasil ditentukan baris yang cocok', { type: 'bpmn:BusinessRuleTask' } ],
  [ 'subProcess', 'Rangkaian langkah', 'Beberapa langkah dalam satu bingkai', { type: 'bpmn:SubProcess', isExpanded: true } ]
];
const STARTS = [ [ 'start', 'Mulai', '', { type: 'bpmn:StartEvent' } ] ];
const ENDS = [
  [ 'end', 'Selesai', 'Jalan ini berakhir', { type: 'bpmn:EndEvent' } ],
  [ 'terminate', 'Selesai seluruhnya', 'Semua jalan lain ikut dihentikan',
    { type: 'bpmn:EndEvent', eventDefinitionType: 'bpmn:TerminateEventDefinition' } ]
];
const WAITS = [ [ 'timer', 'Waktu tunggu', '', { type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: TIMER } ] ];
const LIMITS = [
  [ 'timer', 'Batas waktu yang menghentikan', 'Langkahnya ditutup saat waktu habis',
    { type: 'bpmn:BoundaryEvent', eventDefinitionType: TIMER, cancelActivity: true } ],
  [ 'timerSide', 'Batas waktu yang mendampingi', 'Langkahnya tetap terbuka saat waktu habis',
    { type: 'bpmn:BoundaryEvent', eventDefinitionType: TIMER, cancelActivity: false } ]
];

const eventType = (object) => ((object.eventDefinitions || [])[0] || {}).$type;

/** Whether the element is this already. */
function same(object, wanted) {
  return object.$type === wanted.type && eventType(object) === wanted.eventDefinitionType
    && (wanted.cancelActivity === undefined || object.cancelActivity === wanted.cancelActivity);
}

function choices(element) {
  if (is(element, 'bpmn:Gateway')) return GATEWAYS;
  if (is(element, 'bpmn:SubProcess')) return isExpanded(element) ? [] : TASKS.slice(-1);
  if (is(element, 'bpmn:Activity')) return TASKS;
  if (is(element, 'bpmn:StartEvent')) return element.businessObject.$parent.triggeredByEvent ? [] : STARTS;
  if (is(element, 'bpmn:EndEvent')) return ENDS;
  if (is(element, 'bpmn:BoundaryEvent')) return LIMITS;
  if (isAny(element, [ 'bpmn:IntermediateCatchEvent', 'bpmn:IntermediateThrowEvent' ])) return WAITS;
  return [];
}

export default class KindsProvider {
  constructor(popupMenu, bpmnReplace, modeling, rules) {
    Object.assign(this, { bpmnReplace, modeling, rules });
    popupMenu.registerProvider('bpmn-replace', this);
  }

  getPopupMenuEntries(element) {
    if (Array.isArray(element) || element.labelTarget) return {};
    if (is(element, 'bpmn:SequenceFlow')) return this.flows(element);
    if (!this.rules.allowed('shape.replace', { element })) return {};
    const object = element.businessObject;
    const wanted = choices(element).filter(([ , , , target ]) => !same(object, target) || is(element, 'bpmn:SubProcess'));
    return Object.fromEntries(wanted.map(([ icon, label, description, target ]) => [ `jadi-${icon}`, {
      label, description, imageHtml: icons[icon],
      action: () => this.bpmnReplace.replaceElement(element, target)
    } ]));
  }

  flows(flow) {
    const { source } = flow;
    if (!isAny(source, [ 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway' ])) return {};
    const set = (value) => () => this.modeling.updateProperties(source, { default: value });
    return source.businessObject.default === flow.businessObject
      ? { 'alur-biasa': { label: 'Alur dengan syarat', imageHtml: icons.flow, action: set(undefined) } }
      : { 'alur-bawaan': {
        label: 'Alur bawaan', description: 'Ditempuh bila tidak ada syarat yang terpenuhi', imageHtml: icons.defaultFlow,
        action: set(flow.businessObject)
      } };
  }
}

KindsProvider.$inject = [ 'popupMenu', 'bpmnReplace', 'modeling', 'rules' ];
