// What may not be drawn here because the engine does not run it. The gate on the server has the last word.
import RuleProvider from 'diagram-js/lib/features/rules/RuleProvider';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';

const PRIORITY = 2000;
const FOREIGN = [
  'bpmn:MessageFlow', 'bpmn:DataAssociation', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference', 'bpmn:Group'
];

export default class Limits extends RuleProvider {
  init() {
    this.addRule([ 'elements.create', 'shape.create' ], PRIORITY, ({ elements, shape }) => {
      if ((elements || [ shape ]).some((each) => isAny(each, FOREIGN))) return false;
    });
    this.addRule('element.copy', PRIORITY, ({ element }) => {
      if (isAny(element, [ 'bpmn:Participant', 'bpmn:Lane', ...FOREIGN ])) return false;
    });
    // Without its frame the picture has no roles; and there is one frame only.
    this.addRule('elements.delete', PRIORITY, ({ elements }) => {
      const kept = elements.filter((each) => !is(each, 'bpmn:Participant') || each.labelTarget);
      if (kept.length < elements.length) return kept;
    });
    this.addRule('connection.create', PRIORITY, ({ source, target }) => {
      if (is(source, 'bpmn:Participant') || is(target, 'bpmn:Participant')) return false;
    });
  }
}

Limits.$inject = [ 'eventBus' ];
