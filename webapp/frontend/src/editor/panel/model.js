// What the diagram says of an element and how it is changed: SOP properties, names, texts. Knows no controls.
import { is } from 'bpmn-js/lib/util/ModelUtil';

const PROPERTIES = 'spiffworkflow:Properties';
const PROPERTY = 'spiffworkflow:Property';
// Characters that XML cannot carry, not even escaped.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu; // with `u` only halves of pairs

/** Text that may stand in the file. */
export const clean = (text) => text.replace(/\r\n?/g, '\n').replace(FORBIDDEN, '');

/** The same on one line. */
export const cleanLine = (text) => clean(text).replace(/[\n\t]+/g, ' ').trim();

const container = (object) => ((object.extensionElements || {}).values || []).find((each) => each.$type === PROPERTIES);
const entries = (object) => (container(object) || {}).properties || [];

/** Value of a SOP property; of several of one name the last, as the engine reads it. */
export function property(object, name) {
  const found = entries(object).filter((each) => each.name === name).pop();
  return (found && found.value) || '';
}

export class Model {
  constructor(modeler) {
    this.modeler = modeler;
    this.modeling = modeler.get('modeling');
    this.registry = modeler.get('elementRegistry');
    this.canvas = modeler.get('canvas');
    this.moddle = modeler.get('moddle');
  }

  create(type, attributes, parent) {
    const made = this.moddle.create(type, attributes);
    made.$parent = parent;
    return made;
  }

  /** Changes `target`, which belongs to `element` as people see it. */
  update(element, target, properties) {
    this.modeling.updateModdleProperties(element, target, properties);
  }

  /** Writes a SOP property; an empty one is taken out, unless `keep`. */
  setProperty(element, object, name, value, keep = false) {
    const box = container(object);
    const all = entries(object);
    const old = all.filter((each) => each.name === name).pop();
    if (!value && !keep) return old && this.withoutProperty(element, object, box, name);
    if (old) return this.update(element, old, { value });
    if (box) {
      return this.update(element, box, { properties: [ ...all, this.create(PROPERTY, { name, value }, box) ] });
    }
    return this.firstProperty(element, object, { name, value });
  }

  firstProperty(element, object, attributes) {
    const extension = object.extensionElements;
    const box = this.create(PROPERTIES, {}, extension);
    box.properties = [ this.create(PROPERTY, attributes, box) ];
    if (extension) return this.update(element, extension, { values: [ ...(extension.values || []), box ] });
    const made = this.create('bpmn:ExtensionElements', { values: [ box ] }, object);
    box.$parent = made;
    return this.update(element, object, { extensionElements: made });
  }

  withoutProperty(element, object, box, name) {
    const left = box.properties.filter((each) => each.name !== name);
    if (left.length) return this.update(element, box, { properties: left });
    const extension = object.extensionElements;
    const values = extension.values.filter((each) => each !== box);
    if (values.length) return this.update(element, extension, { values });
    return this.update(element, object, { extensionElements: undefined });
  }

  setName(element, name) {
    this.modeling.updateProperties(element, { name: name || undefined });
  }

  /** An expression in a part of an object: a condition, a time, a number of repetitions. Empty takes it out. */
  setExpression(element, object, part, text) {
    const old = object.get(part);
    if (!text) return old && this.update(element, object, { [part]: undefined });
    if (old) return this.update(element, old, { body: text });
    return this.update(element, object, { [part]: this.create('bpmn:FormalExpression', { body: text }, object) });
  }

  note(object) {
    return ((object.documentation || [])[0] || {}).text || '';
  }

  setNote(element, object, text) {
    const [ first, ...more ] = object.documentation || [];
    if (first && text) return this.update(element, first, { text });
    const made = text ? [ this.create('bpmn:Documentation', { text }, object) ] : [];
    return this.update(element, object, { documentation: [ ...made, ...more ] });
  }

  /** The frame of roles, null in a picture without one. */
  get frame() {
    return this.registry.find((each) => is(each, 'bpmn:Participant') && !each.labelTarget
      && each.businessObject.processRef) || null;
  }

  get process() {
    const { frame } = this;
    return frame ? frame.businessObject.processRef : this.canvas.getRootElement().businessObject;
  }

  /** Flow nodes as drawn, without their labels. */
  get nodes() {
    return this.registry.filter((each) => is(each, 'bpmn:FlowNode') && !each.labelTarget);
  }

  flowsFrom(element) {
    return (element.outgoing || []).filter((each) => is(each, 'bpmn:SequenceFlow'));
  }
}
