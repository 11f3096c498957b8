"""What is left of a node's XML when all that the comparison reads by name is taken away. Knows no words.

Whatever the library or the engine might read and no other module here compares is in what is left, in a form in which
another tool's spelling of the same is equal: so nothing that matters can differ unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml import etree

from engine.process.calls import VERSION
from engine.process.diagram import BPMN, SPIFF
from engine.process.diff.side import Side

Canon = tuple[object, ...]

_TIMERS = ("timeDuration", "timeDate", "timeCycle")  # in the order in which diagram.py looks for them
_REPEATS = (
    "loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "completionCondition"
)  # fmt: skip
# Read by nobody, or compared by their meaning elsewhere.
_DROPPED = {
    "incoming", "outgoing", "documentation", "textAnnotation", "association", "group", "auditing", "monitoring",
    "rendering", "humanPerformer", "performer", "potentialOwner", "resourceRole", "supportedInterfaceRef", "laneSet",
    "flowNodeRef", "childLaneSet", "categoryValueRef", "category", "import", "relationship", "extension",
}  # fmt: skip
_NOTHING_WHEN_EMPTY = {"extensionElements", "ioSpecification", "inputSet", "outputSet"}
# Attributes that nobody reads, and those that diagram.py reads.
_UNREAD = {
    "isClosed", "processType", "isExecutable", "isImmediate", "gatewayDirection", "implementation", "scriptFormat",
    "evaluatesToTypeRef", "name", "default", "attachedToRef", "cancelActivity", "isInterrupting", "triggeredByEvent",
    "isSequential", "sourceRef", "targetRef", "partitionElementRef", "definitionalCollaborationRef", "textFormat",
    "calledElement", VERSION, "messageRef", "signalRef", "errorRef", "escalationRef",
}  # fmt: skip
_DEFAULTS = {
    "isForCompensation": "false", "startQuantity": "1", "completionQuantity": "1", "parallelMultiple": "false",
    "instantiate": "false", "isCollection": "false", "behavior": "All", "isUnlimited": "true", "isRequired": "false",
    "testBefore": "false", "cancelRemainingInstances": "true", "method": "##Compensate", "mustUnderstand": "false",
}  # fmt: skip
_EVENT_ROOTS = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}
_NAMELESS = ("EventDefinition", "Expression", "Characteristics", "Set", "Specification", "Elements", "Condition")


def of_element(side: Side, id_: str) -> Canon:
    """The rest of a flow node, without the nodes that stand within it."""
    node = side.nodes.get(id_)
    if node is None:
        return ()
    inner = {child for child in node if child.get("id") in side.diagram.elements} if node.get("id") else set()
    return _inside(node, {*inner, *_read(node)}, own_name=False)


def of_flow(side: Side, id_: str) -> Canon:
    """The rest of a sequence flow: a condition in another language, a second condition."""
    node = side.nodes.get(id_)
    if node is None:
        return ()
    condition = node.find(f"{BPMN}conditionExpression")
    rest = _attributes(condition, own_name=False) if condition is not None else ()
    return (rest, *_inside(node, {condition} if condition is not None else set(), own_name=False))


def of_lane(side: Side, name: str) -> Canon:
    """The rest of a swimlane."""
    node = side.lane_nodes.get(name)
    return _inside(node, (), own_name=False) if node is not None else ()


def _named_only(node: etree._Element) -> bool:
    """Whether it is a message, signal, error or escalation of which diagram.py reads everything there is."""
    tag = str(node.tag).rpartition("}")[2]
    return tag in _EVENT_ROOTS and not len(node) and set(map(str, node.attrib)) <= {"id", "name", _EVENT_ROOTS[tag]}


def of_file(side: Side) -> Canon:
    """The rest of the process itself and of what the file declares beside it: messages, signals, data ..."""
    inner = {child for child in side.process if child.get("id") in side.diagram.elements}
    beside = (
        _canon(node, ())
        for node in side.root
        if str(node.tag).startswith(BPMN)
        and node.tag not in (f"{BPMN}process", f"{BPMN}collaboration")
        and not _named_only(node)
    )
    declared = sorted((each for each in beside if each is not None), key=repr)
    return (*_inside(side.process, inner, own_name=False), *declared)


def documentation(node: etree._Element | None) -> str:
    """The notes written on a node, one a line."""
    notes = node.findall(f"{BPMN}documentation") if node is not None else []
    return "\n".join(sorted(" ".join("".join(map(str, each.itertext())).split()) for each in notes)).strip()


def _read(node: etree._Element) -> Iterator[etree._Element]:
    """Children whose whole meaning diagram.py reads."""
    script = node.find(f"{BPMN}script")
    definition = next((each for each in node if str(each.tag).endswith("EventDefinition")), None)
    repeat = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if script is not None:
        yield script
    if definition is not None:
        timers = [part for tag in _TIMERS if (part := definition.find(f"{BPMN}{tag}")) is not None][:1]
        yield from timers
        if not _inside(definition, timers, own_name=False):
            yield definition  # its kind is compared by diagram.py's `event`
    if repeat is not None:
        yield from (part for tag in _REPEATS if (part := repeat.find(f"{BPMN}{tag}")) is not None)


def _inside(node: etree._Element, covered: Collection[etree._Element], *, own_name: bool) -> Canon:
    attributes = _attributes(node, own_name=own_name)
    parts = [part for child in node for part in _parts(child, covered)]
    return (*attributes, *sorted(parts, key=repr))


def _parts(node: etree._Element, covered: Collection[etree._Element]) -> Iterator[Canon]:
    if node in covered or not isinstance(node.tag, str):
        return
    if not node.tag.startswith((BPMN, SPIFF)):
        # Of another tool's extension only what the library would find within it.
        for child in node:
            yield from _parts(child, covered)
    elif (canon := _canon(node, covered)) is not None:
        yield canon


def _canon(node: etree._Element, covered: Collection[etree._Element]) -> Canon | None:
    tag = str(node.tag).rpartition("}")[2]
    if tag in _DROPPED or tag == "sequenceFlow" or node.tag == f"{SPIFF}properties":
        return None
    nameless = tag.endswith(_NAMELESS) or tag in (*_TIMERS, *_REPEATS)
    inside = _inside(node, covered, own_name=not nameless)
    text = " ".join((node.text or "").split())
    empty = not inside and not text
    if empty and (tag in _NOTHING_WHEN_EMPTY or tag == "multiInstanceLoopCharacteristics"):
        return None
    return (tag, text, *inside)


def _attributes(node: etree._Element, *, own_name: bool) -> Canon:
    found = []
    for key, value in node.attrib.items():
        name = str(key)
        kept = name == "id" or (name == "name") if own_name else False
        foreign = name.startswith("{") and not name.startswith((BPMN, SPIFF))
        if kept or not (foreign or name == "id" or name in _UNREAD or _DEFAULTS.get(name) == value):
            found.append((name, str(value)))
    return tuple(sorted(found))
