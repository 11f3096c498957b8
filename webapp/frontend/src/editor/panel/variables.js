// Which variables a place in the picture can read: fields of earlier steps' forms, scripts and repetitions. No controls.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property } from './model.js';
import { readTable } from './tables.js';

const objectOf = (value) => (value && typeof value === 'object' ? value : {});

function choicesOf(field) {
  if (Array.isArray(field.oneOf)) {
    return field.oneOf.map(objectOf).map((each) => ({ code: String(each.const), label: String(each.title || each.const) }));
  }
  return Array.isArray(field.enum) ? field.enum.map((each) => ({ code: String(each), label: String(each) })) : [];
}

/** The fields of a form as variables. A form comes from people: whatever it holds, nothing here may fail. */
export function fieldsOf(schema, origin = '') {
  const { properties, required } = objectOf(schema);
  const wanted = Array.isArray(required) ? required : [];
  return Object.entries(objectOf(properties)).map(([ name, value ]) => {
    const field = objectOf(value);
    return {
      name, origin, label: String(field.title || name), type: field.type, choices: choicesOf(field),
      optional: !wanted.includes(name), personal: field['x-pribadi'] === true, minimum: field.minimum,
      maximum: field.maximum, table: objectOf(field['x-pilihan']).tabel, most: field.maxItems
    };
  });
}

/** Elements from which the flow can lead to `element`. */
function before(element) {
  const found = new Set();
  const waiting = [ element ];
  while (waiting.length) {
    const node = waiting.pop();
    const sources = (node.incoming || []).map((flow) => flow.source);
    if (node.host) sources.push(...(node.host.incoming || []).map((flow) => flow.source));
    if (node.parent && is(node.parent, 'bpmn:SubProcess')) sources.push(...(node.parent.incoming || []).map((flow) => flow.source));
    for (const source of sources) {
      const inner = is(source, 'bpmn:SubProcess') ? source.children.filter((each) => is(each, 'bpmn:FlowNode')) : [];
      for (const each of [ source, ...inner ]) {
        if (each && !found.has(each)) {
          found.add(each);
          waiting.push(each);
        }
      }
    }
  }
  return found;
}

const plain = (name, label, origin, type) => ({ name, label, origin, type, choices: [], optional: false, personal: false });

/** What one element gives to those after it. */
function given(element, forms) {
  const object = element.businessObject;
  const origin = object.name || object.id;
  const repeat = object.loopCharacteristics;
  if (repeat) {
    const result = repeat.loopDataOutputRef;
    return result && result.id ? [ plain(result.id, 'hasil yang dikumpulkan', origin, 'array') ] : [];
  }
  if (is(element, 'bpmn:ScriptTask')) {
    return (object.script || '').split('\n').map((line) => /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=(?!=)/.exec(line))
      .filter(Boolean).map(([ , name ]) => plain(name, 'hasil hitungan', origin));
  }
  if (is(element, 'bpmn:BusinessRuleTask')) {
    return readTable(object).outputs.filter(({ text }) => text).map(({ text }) => plain(text, 'hasil tabel', origin));
  }
  return fieldsOf(forms[property(object, 'formKey')], origin);
}

/** Variables that may be read at `element` (everywhere, without one): personal ones may not. */
export function variablesAt(model, forms, element) {
  const places = element ? before(element) : new Set(model.nodes);
  const found = new Map();
  for (const node of model.nodes) {
    if (!places.has(node)) continue;
    for (const variable of given(node, forms)) {
      if (!variable.personal && !found.has(variable.name)) found.set(variable.name, variable);
    }
  }
  return [ ...found.values() ];
}
