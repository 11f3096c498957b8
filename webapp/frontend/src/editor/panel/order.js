// Keeps the order of elements in the file: it decides which condition is looked at first. Knows the drawing library.
import { is } from 'bpmn-js/lib/util/ModelUtil';

/**
 * The library takes an element out of its process and puts it in at the end, whenever one moves it or takes a removal
 * back. Here an element that stays in its process stays in its place, and one that comes back gets its old place.
 */
export function keepOrder(updater) {
  const update = updater.updateSemanticParent;
  const places = new WeakMap();

  updater.updateSemanticParent = function(object, parent, visualParent) {
    if (!is(object, 'bpmn:FlowElement')) return update.call(this, object, parent, visualParent);
    const before = object.$parent;
    if (parent && (parent.processRef || parent) === before) return undefined;
    if (before) places.set(object, { parent: before, index: (before.flowElements || []).indexOf(object) });
    update.call(this, object, parent, visualParent);
    const old = places.get(object);
    if (old && old.parent === object.$parent && old.index >= 0) put(object, old.index);
    return undefined;
  };
}

function put(object, index) {
  const all = object.$parent.flowElements;
  all.splice(all.indexOf(object), 1);
  all.splice(Math.min(index, all.length), 0, object);
}
