"""The strips of the SOP's flow column as PNG, for files that hold no drawings. Knows no document format."""

from __future__ import annotations

import io
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from engine.process.document.layout import Layout, Line, Shape
from engine.process.document.svg import arrow_head, diamond

SCALE = 12  # pixels a millimetre: 300 dpi
_INK, _PAPER = 0, 255
_TEXT = 2.6  # mm


def strip_png(layout: Layout, row: int) -> bytes:
    """One row's part of the picture."""
    top, height = layout.tops[row], layout.height(row)
    image = Image.new("L", (round(layout.width * SCALE), round(height * SCALE)), _PAPER)
    draw = ImageDraw.Draw(image)
    for index in range(round(layout.width / layout.column) + 1):  # the outer ones are the cell's borders
        x = min(index * layout.column * SCALE, image.width - 1)
        draw.line([(x, 0), (x, image.height)], fill=_INK, width=3)
    draw.line([(0, 0), (image.width, 0)], fill=_INK, width=6)  # half of it lies outside: the cell's upper border
    for line in layout.lines:
        _line(draw, line, top)
    _shape(draw, layout.shapes[row], top)
    font = ImageFont.load_default(_TEXT * SCALE)
    for label in layout.labels:
        if top <= label.y < top + height:
            where = _at((label.x, label.y), top)
            anchor = "ls" if label.anchor == "start" else "rs"
            draw.text(where, label.text, fill=_INK, font=font, anchor=anchor, stroke_width=8, stroke_fill=_PAPER)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, dpi=(25.4 * SCALE, 25.4 * SCALE))
    return out.getvalue()


def _at(point: tuple[float, float], top: float) -> tuple[float, float]:
    return point[0] * SCALE, (point[1] - top) * SCALE


def _line(draw: ImageDraw.ImageDraw, line: Line, top: float) -> None:
    corners = [_at(each, top) for each in line.points]
    for start, end in pairwise(corners):
        _dashed(draw, start, end) if line.dashed else draw.line([start, end], fill=_INK, width=4)
    draw.polygon([_at(each, top) for each in arrow_head(line)], fill=_INK)


def _dashed(draw: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float]) -> None:
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])  # lines run along the axes
    steps = max(1, round(length / (1.05 * SCALE)))
    for step in range(0, steps, 2):
        part = [
            tuple(a + (b - a) * at / steps for a, b in zip(start, end, strict=True))
            for at in (step, min(step + 1, steps))
        ]
        draw.line([(part[0][0], part[0][1]), (part[1][0], part[1][1])], fill=_INK, width=4)


def _shape(draw: ImageDraw.ImageDraw, shape: Shape, top: float) -> None:
    if shape.kind == "decision":
        corners = [_at(each, top) for each in diamond(shape)]
        draw.polygon(corners, fill=_PAPER)
        draw.line([*corners, corners[0]], fill=_INK, width=5, joint="curve")
        return
    left, upper = _at((shape.x - shape.width / 2, shape.y - shape.height / 2), top)
    right, lower = _at((shape.x + shape.width / 2, shape.y + shape.height / 2), top)
    radius = shape.height / 2 * SCALE if shape.kind == "terminator" else 0
    draw.rounded_rectangle([left, upper, right, lower], radius, fill=_PAPER, outline=_INK, width=5)
