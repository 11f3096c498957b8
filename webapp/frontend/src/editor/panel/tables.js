// A decision table as DMN XML within a business rule task, or in a file. Knows no controls.

const DMN = 'https://www.omg.org/spec/DMN/20191111/MODEL/';

const local = ({ $type }) => ($type || '').replace(/^.*:/, '');
const inner = (node) => (node && node.$children) || [];
const named = (node, name) => inner(node).filter((each) => local(each) === name);
const values = (object) => (object.extensionElements || {}).values || [];
const decisionOf = (object) => values(object).find((each) => local(each) === 'decision');
const body = (node) => ((named(node, 'text')[0] || {}).$body || '').trim();

const NEW = { policy: 'UNIQUE', inputs: [ { text: '', label: '', type: '' } ], outputs: [ { text: '', label: '', type: '' } ],
  rules: [ { tests: [ '' ], answers: [ '' ] } ] };

/** {policy, inputs, outputs, rules} of a business rule task; a fresh one while it has none. */
export function readTable(object) {
  const table = named(decisionOf(object), 'decisionTable')[0];
  if (!table) return structuredClone(NEW);
  return {
    policy: table.hitPolicy || 'UNIQUE',
    inputs: named(table, 'input').map((each) => {
      const asked = named(each, 'inputExpression')[0];
      return { text: body(asked), label: each.label || '', type: (asked && asked.typeRef) || '' };
    }),
    outputs: named(table, 'output').map((each) => ({ text: each.name || '', label: each.label || '', type: each.typeRef || '' })),
    rules: named(table, 'rule').map((each) => ({
      tests: named(each, 'inputEntry').map(body), answers: named(each, 'outputEntry').map(body)
    }))
  };
}

/** Writes the whole table: of the XML nothing is kept but its id, since cells belong to rows and rows to the table. */
export function writeTable(model, element, table) {
  const object = element.businessObject;
  const old = decisionOf(object);
  const any = (name, attributes, children, text) => model.moddle.createAny(`dmn:${name}`, DMN, {
    ...Object.fromEntries(Object.entries(attributes).filter(([ , value ]) => value)),
    ...(children && { $children: children }), ...(text !== undefined && { $body: text })
  });
  const cell = (name, words) => any(name, {}, [ any('text', {}, null, words) ]);
  const head = [
    ...table.inputs.map(({ text: asked, label, type }) => any('input', { label }, [
      any('inputExpression', { typeRef: type }, [ any('text', {}, null, asked) ])
    ])),
    ...table.outputs.map(({ text: name, label, type }) => any('output', { name, label, typeRef: type }))
  ];
  const rules = table.rules.map(({ tests, answers }) => any('rule', {}, [
    ...tests.map((each) => cell('inputEntry', each)), ...answers.map((each) => cell('outputEntry', each))
  ]));
  const made = any('decision', { id: (old && old.id) || `${object.id}_tabel`, name: object.name }, [
    any('decisionTable', { hitPolicy: table.policy }, [ ...head, ...rules ])
  ]);
  const rest = values(object).filter((each) => each !== old);
  const extension = object.extensionElements;
  if (extension) return model.update(element, extension, { values: [ ...rest, made ] });
  return model.update(element, object, { extensionElements: model.create('bpmn:ExtensionElements', { values: [ made ] }, object) });
}

/** The first table of a DMN file, as `readTable` gives it; null when there is none. */
export function tableOfFile(source) {
  const table = [ ...new DOMParser().parseFromString(source, 'text/xml').getElementsByTagNameNS('*', 'decisionTable') ][0];
  if (!table) return null;
  const all = (node, name) => [ ...node.children ].filter((each) => each.localName === name);
  const words = (node) => ((node && all(node, 'text')[0]) || { textContent: '' }).textContent.trim();
  return {
    policy: table.getAttribute('hitPolicy') || 'UNIQUE',
    inputs: all(table, 'input').map((each) => {
      const asked = all(each, 'inputExpression')[0];
      return { text: words(asked), label: each.getAttribute('label') || '', type: (asked && asked.getAttribute('typeRef')) || '' };
    }),
    outputs: all(table, 'output').map((each) => ({
      text: each.getAttribute('name') || '', label: each.getAttribute('label') || '', type: each.getAttribute('typeRef') || ''
    })),
    rules: all(table, 'rule').map((each) => ({ tests: all(each, 'inputEntry').map(words), answers: all(each, 'outputEntry').map(words) }))
  };
}
