"""Where the symbols and lines of the SOP's table stand, in millimetres. Knows no file format.

Each row is a strip of its own height; a line that leads through several rows is cut at their borders, so that a row
can be drawn into one cell of a table and the strips join again.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from engine.process.document import Document, Row, Symbol, Way

WIDTHS = {"no": 8.0, "uraian": 60.0, "kelengkapan": 32.0, "waktu": 19.0, "output": 32.0, "ket": 24.0}
PAGE = 267.0  # mm between the margins of A4 landscape
LETTER = 1.95  # mm that a letter of 9 pt takes, on the safe side: machines without Arial print in a wider font
LINE = 4.0  # mm of a line of 9 pt
PADDING = 3.0
LEAST = 15.0  # mm of a row with one line
SHAPE_HEIGHT = 8.0
SMALL_LETTER = 1.25  # mm of a letter of 2.5 mm
APART = 1.6  # mm between lines in the same channel

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A symbol by its middle."""

    kind: Symbol
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """A way by its corners; the arrow stands at the last."""

    points: tuple[Point, ...]
    dashed: bool


@dataclass(frozen=True)
class Label:
    """A word beside a line."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "end"]


@dataclass(frozen=True)
class Layout:
    """The flow column: `width` wide, rows from `tops[i]` to `tops[i + 1]`; y counts from the first row's top."""

    width: float
    column: float
    tops: tuple[float, ...]
    shapes: tuple[Shape, ...]  # one for each row
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]

    def height(self, row: int) -> float:
        """Of a row."""
        return self.tops[row + 1] - self.tops[row]


def layout(document: Document) -> Layout:
    """Place everything."""
    width = PAGE - sum(WIDTHS.values())
    column = width / max(1, len(document.columns))
    tops = [0.0]
    for row in document.rows:
        tops.append(tops[-1] + _height(row))
    shapes = tuple(_shape(row, column, tops) for row in document.rows)
    channels: Counter[int] = Counter()
    said: Counter[tuple[Point, int]] = Counter()  # labels on each side of a symbol
    lines, labels = [], []
    for way in document.ways:
        line = _line(way, shapes, document.rows, column, channels)
        lines.append(line)
        if way.label:
            label = _label(line, way.label, width)
            labels.append(replace(label, y=label.y + SMALL_LETTER * 3.3 * said[_leaving(line)]))
            said[_leaving(line)] += 1
    return Layout(width, column, tuple(tops), shapes, tuple(lines), tuple(labels))


def _height(row: Row) -> float:
    texts = {"uraian": row.text, "kelengkapan": row.requirement, "waktu": row.time, "output": row.output,
             "ket": row.note}  # fmt: skip
    lines = max(_lines(text, WIDTHS[name] - PADDING) for name, text in texts.items())
    return max(LEAST, lines * LINE + PADDING)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes, broken between words."""
    room, found = max(1, int(width / LETTER)), 0
    for paragraph in text.splitlines() or [""]:
        used = 0
        found += 1
        for word in paragraph.split():
            if used and used + 1 + len(word) > room:
                found, used = found + 1, 0
            found += (len(word) - 1) // room
            used += len(word) + (1 if used else 0)
    return found


def _shape(row: Row, column: float, tops: list[float]) -> Shape:
    index = row.number - 1
    middle = (tops[index] + tops[index + 1]) / 2
    tall = SHAPE_HEIGHT * (1.35 if row.symbol == "decision" else 1)
    return Shape(row.symbol, (row.column + 0.5) * column, middle, column * 0.66, tall)


def _line(way: Way, shapes: tuple[Shape, ...], rows: tuple[Row, ...], column: float, channels: Counter[int]) -> Line:
    source, target = shapes[way.source], shapes[way.target]
    if way.target == way.source + 1 and not way.interrupts:
        above = (target.x, target.y - target.height / 2)
        if math.isclose(source.x, target.x):
            return Line(((source.x, source.y + source.height / 2), above), dashed=False)
        return Line((_side(source, target.x), (target.x, source.y), above), dashed=False)
    # Along the border between two columns, where no symbol stands, beside the target on the side of the source.
    right = source.x > target.x or (math.isclose(source.x, target.x) and rows[way.target].column == 0)
    border = rows[way.target].column + (1 if right else 0)
    side = 1 if right != bool(channels[border] % 2) else -1
    along = border * column + side * APART * (1 + channels[border])
    channels[border] += 1
    along = min(max(along, 0.8), PAGE - sum(WIDTHS.values()) - 0.8)
    corners = (_side(source, along), (along, source.y), (along, target.y), _side(target, along))
    return Line(corners, dashed=way.interrupts)


def _side(shape: Shape, toward: float) -> Point:
    """The middle of the side that faces an x."""
    return shape.x + math.copysign(shape.width / 2, toward - shape.x), shape.y


def _leaving(line: Line) -> tuple[Point, int]:
    """Where a way leaves its symbol, and to which side."""
    (x0, y0), (x1, _) = line.points[0], line.points[1]
    return (round(x0, 2), round(y0, 2)), 0 if math.isclose(x0, x1) else int(math.copysign(1, x1 - x0))


def _label(line: Line, text: str, width: float) -> Label:
    """Above the way where it leaves its symbol, reading away from it as far as the picture has room."""
    (x0, y0), (x1, _) = line.points[0], line.points[1]
    long = len(text) * SMALL_LETTER
    if math.isclose(x0, x1):
        return Label(x0 + 1.0, y0 + 3.0, text, "start")
    if x1 > x0:
        return Label(min(x0 + 0.6, width - long - 0.6), y0 - 1.2, text, "start")
    return Label(max(x0 - 0.6, long + 0.6), y0 - 1.2, text, "end")
