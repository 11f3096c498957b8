// How the file is read and written: the SOP's properties, and what the drawing library would drop on the way.
export const spiffworkflow = {
  name: 'SpiffWorkflow',
  uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core',
  prefix: 'spiffworkflow',
  xml: { tagAlias: 'lowerCase' },
  types: [
    {
      name: 'Properties',
      superClass: [ 'Element' ],
      properties: [ { name: 'properties', type: 'Property', isMany: true } ]
    },
    {
      // The order of these two is the order in the file: the engine's library wants the name first.
      name: 'Property',
      superClass: [ 'Element' ],
      properties: [
        { name: 'name', type: 'String', isAttr: true },
        { name: 'value', type: 'String', isAttr: true }
      ]
    }
  ]
};

// In these the engine's library expects the name of a variable, where BPMN has a reference to an element.
const VARIABLES = [ 'loopDataInputRef', 'loopDataOutputRef' ];
const plain = (name) => name.replace(/^\w+:/, '');

/** A copy of what the drawing library has no words for, such as a decision table, with all that is in it. */
function copied(moddle, { $type, $descriptor, $children, $parent, ...rest }) {
  const attributes = Object.fromEntries(Object.entries(rest).filter(([ , value ]) => typeof value === 'string'));
  const inner = $children && { $children: $children.map((each) => copied(moddle, each)) };
  return moddle.createAny($type, $descriptor.ns.uri, { ...attributes, ...inner });
}

/** Keeps the variables of a repeated step, which as references lead nowhere and would be lost; copies tables along. */
export default class KeptReferences {
  constructor(eventBus, moddle) {
    eventBus.on('import.parse.complete', ({ references, elementsById }) => {
      for (const { element, property, id } of references || []) {
        const name = plain(property);
        if (VARIABLES.includes(name) && !elementsById[id]) element.set(name, moddle.create('bpmn:Property', { id }));
      }
    });
    eventBus.on('moddleCopy.canCopyProperty', 1500, ({ propertyName, property }) => {
      if (VARIABLES.includes(plain(propertyName || '')) && property) return property;
      if (property && property.$type && property.$descriptor && property.$descriptor.isGeneric) return copied(moddle, property);
      return undefined;
    });
  }
}

KeptReferences.$inject = [ 'eventBus', 'moddle' ];
