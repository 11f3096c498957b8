// Whose lane an element stands in, and how it gets into another one. Knows places in the picture, no controls.
import { isHorizontal } from 'bpmn-js/lib/util/DiUtil';
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';
import { is } from 'bpmn-js/lib/util/ModelUtil';

const GAP = 20; // between a moved step and its neighbours
const STRIDE = 60;
const EDGE = 10; // above a lane's lower border: what begins there belongs below
const NEAR = 3 * STRIDE; // farther away the lines to it would cross the picture
const FARTHEST = 20; // strides to either side that are looked at

/** Lanes that hold steps, from top to bottom. */
export function lanes(model) {
  return model.registry.filter((each) => is(each, 'bpmn:Lane') && !each.labelTarget
    && !each.children.some((child) => is(child, 'bpmn:Lane'))).sort((one, other) => one.y - other.y);
}

/** The step itself or the outermost subprocess around it: what a lane holds. */
export function outermost(element) {
  let current = element.host || element;
  while (current.parent && is(current.parent, 'bpmn:SubProcess')) current = current.parent;
  return current;
}

export function laneOf(model, element) {
  const object = outermost(element).businessObject;
  return lanes(model).filter((lane) => (lane.businessObject.flowNodeRef || []).includes(object)).pop() || null;
}

const overlaps = (one, other) => one.x < other.x + other.width + GAP && other.x < one.x + one.width + GAP
  && one.y < other.y + other.height + GAP && other.y < one.y + one.height + GAP;

/** The boxes around the stretches of all lines that are not the element's own. */
function stretches(model, element) {
  const foreign = model.registry.filter((each) => each.waypoints && each.source !== element && each.target !== element
    && !element.attachers.includes(each.source));
  return foreign.flatMap(({ waypoints }) => waypoints.slice(1).map((point, index) => {
    const { x, y } = waypoints[index];
    return { x: Math.min(x, point.x), y: Math.min(y, point.y), width: Math.abs(x - point.x), height: Math.abs(y - point.y) };
  }));
}

/** Where the element may come to lie at height `y`: places apart from other elements, those beside lines as well. */
function places(model, element, lane, y) {
  const box = { width: element.width, height: element.height, y };
  const others = model.nodes.filter((each) => each !== element && each.host !== element && !is(each.parent, 'bpmn:SubProcess'));
  const lines = stretches(model, element);
  const first = Math.max(element.x, lane.x + GAP);
  const tries = [ first ];
  for (let step = 1; step <= FARTHEST; step += 1) tries.push(first + step * STRIDE, first - step * STRIDE);
  const free = (taken) => (x) => x >= lane.x + GAP && taken.every((each) => !overlaps({ ...box, x }, each));
  const apart = tries.filter(free(others));
  const clear = apart.find((x) => free(lines)(x) && Math.abs(x - first) <= NEAR && x + box.width <= lane.x + lane.width);
  return { first, apart: apart[0], clear };
}

/** Makes the lane higher; what stands below moves down. */
function grow(model, lane, by) {
  const tool = model.modeler.get('spaceTool');
  const start = lane.y + lane.height - EDGE;
  const everything = [ ...selfAndAllChildren(model.canvas.getRootElement(), true) ].filter((each) => each.parent);
  const { movingShapes, resizingShapes } = tool.calculateAdjustments(everything, 'y', by, start);
  // Not modeling.resizeLane: it forgets where the space begins, and lines would stay behind.
  tool.makeSpace(movingShapes, resizingShapes, { x: 0, y: by }, 's', start);
}

/** A place in the lane as near as can be to that before; where there is none beside the lines, the lane grows. */
function room(model, element, lane) {
  const middle = Math.round(lane.y + (lane.height - element.height) / 2);
  const { clear } = places(model, element, lane, middle);
  if (clear !== undefined) return { x: clear, y: middle };
  const below = lane.y + lane.height;
  grow(model, lane, element.height + GAP);
  const found = places(model, element, lane, below);
  return { x: [ found.clear, found.apart, found.first ].find((each) => each !== undefined), y: below };
}

/** Moves the element into the lane; lines, labels and time limits come along. */
export function moveInto(model, element, lane) {
  // Beside one another lanes are rare: there the middle has to do.
  const at = isHorizontal(lane) ? room(model, element, lane)
    : { x: Math.round(lane.x + (lane.width - element.width) / 2), y: element.y };
  let target = lane.parent;
  while (is(target, 'bpmn:Lane')) target = target.parent;
  // Without a new parent: with one, the drawing library would put the element into a line that it comes to lie on.
  const parent = target === element.parent ? undefined : target;
  model.modeling.moveElements([ element ], { x: at.x - element.x, y: at.y - element.y }, parent);
}

/** A new role below the others. Null in a picture without a frame. */
export function addLane(model, name) {
  const below = lanes(model).pop() || model.frame;
  if (!below) return null;
  const lane = model.modeling.addLane(below, 'bottom');
  model.modeling.updateProperties(lane, { name });
  return lane;
}
