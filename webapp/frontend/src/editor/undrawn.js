// What a diagram would run without showing it: steps, flows and roles that have no usable place in the drawing.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { property } from './panel/model.js';

const PINNED = 'versi_terpasang'; // a copy of another process, which the server keeps
const NAMED = 3; // so many are named, the others counted
const finite = (thing, ...names) => Boolean(thing) && names.every((name) => Number.isFinite(thing[name]));

function* inside(container) {
  for (const { lanes } of container.laneSets || []) yield* lanes || [];
  for (const each of container.flowElements || []) {
    if (is(each, 'bpmn:FlowNode') || is(each, 'bpmn:SequenceFlow')) yield each;
    if (is(each, 'bpmn:SubProcess')) yield* inside(each);
  }
}

/** Everything of a file's processes for which `drawn(object)` is false. What was pinned has its drawing elsewhere. */
export function undrawn(definitions, drawn) {
  const all = (definitions.rootElements || []).filter((each) => is(each, 'bpmn:Process'));
  const pinned = all.filter((each) => property(each, PINNED)).map(({ id }) => id);
  const processes = all.filter(({ id }) => !pinned.some((name) => id === name || id.startsWith(`${name}.`)));
  return processes.flatMap((each) => [ ...inside(each) ]).filter((each) => !drawn(each));
}

/** The same for a file that is only read: by what it says about places. */
export function undrawable(definitions) {
  const places = new Map();
  for (const { plane } of definitions.diagrams || []) {
    for (const place of (plane && plane.planeElement) || []) places.set(place.bpmnElement, place);
  }
  const placed = (object) => {
    const place = places.get(object);
    if (!place) return false;
    return is(place, 'bpmndi:BPMNEdge')
      ? (place.waypoint || []).length > 1 && place.waypoint.every((point) => finite(point, 'x', 'y'))
      : finite(place.bounds, 'x', 'y', 'width', 'height');
  };
  const held = (object) => !is(object, 'bpmn:BoundaryEvent')
    || (is(object.attachedToRef, 'bpmn:Activity') && placed(object.attachedToRef));
  const joined = (object) => !is(object, 'bpmn:SequenceFlow')
    || [ object.sourceRef, object.targetRef ].every((end) => end && placed(end) && held(end));
  return undrawn(definitions, (object) => placed(object) && held(object) && joined(object));
}

/** «Isi aduan», «Klasifikasi» dan 2 lainnya. */
export function inWords(objects) {
  const names = objects.slice(0, NAMED).map((each) => `«${each.name || each.id}»`).join(', ');
  return objects.length > NAMED ? `${names} dan ${objects.length - NAMED} lainnya` : names;
}
