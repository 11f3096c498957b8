"""The strips of the SOP's flow column as SVG. Knows no page."""

from __future__ import annotations

from typing import Any

from lxml import etree

from engine.process.document.layout import Layout, Line, Shape

_SVG = "http://www.w3.org/2000/svg"
_NAMES: dict[Any, str] = {None: _SVG}  # the stubs know no default namespace
ARROW = 1.9  # mm


def strip(layout: Layout, row: int) -> str:
    """One row's part of the picture, as wide and as high as its cell."""
    top, height = layout.tops[row], layout.height(row)
    size = {"width": f"{layout.width:.2f}mm", "height": f"{height:.2f}mm"}
    view = {"viewBox": f"0 {top:.2f} {layout.width:.2f} {height:.2f}", "aria-hidden": "true", "focusable": "false"}
    root = etree.Element(f"{{{_SVG}}}svg", attrib={**size, **view}, nsmap=_NAMES)
    columns = round(layout.width / layout.column)
    for index in range(1, columns):
        x = f"{index * layout.column:.2f}"
        _add(root, "line", x1=x, x2=x, y1=f"{top:.2f}", y2=f"{top + height:.2f}", stroke="#000", stroke_width=".25")
    for line in layout.lines:
        if _meets(line, top, top + height):
            _draw_line(root, line)
    _draw_shape(root, layout.shapes[row])
    for label in layout.labels:
        if top <= label.y < top + height:
            node = _add(root, "text", x=f"{label.x:.2f}", y=f"{label.y:.2f}", text_anchor=label.anchor, font_size="2.5",
                        font_family="Arial, Helvetica, sans-serif", paint_order="stroke", stroke="#fff",
                        stroke_width=".8")  # fmt: skip
            node.text = label.text
    return etree.tostring(root, encoding="unicode")


def _meets(line: Line, top: float, bottom: float) -> bool:
    heights = [y for _, y in line.points]
    return min(heights) <= bottom and max(heights) >= top


def _draw_line(root: etree._Element, line: Line) -> None:
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in line.points)
    dashes = {"stroke_dasharray": "1.2 .9"} if line.dashed else {}
    _add(root, "polyline", points=points, fill="none", stroke="#000", stroke_width=".35", **dashes)
    corners = " ".join(f"{x:.2f},{y:.2f}" for x, y in arrow_head(line))
    _add(root, "polygon", points=corners, fill="#000")


def arrow_head(line: Line) -> list[tuple[float, float]]:
    """The corners of the arrow at a line's end."""
    (x0, y0), (x1, y1) = line.points[-2:]
    length = max(1e-6, abs(x1 - x0) + abs(y1 - y0))  # lines run along the axes
    dx, dy = (x1 - x0) / length * ARROW, (y1 - y0) / length * ARROW
    return [(x1, y1), (x1 - dx - dy / 2.4, y1 - dy - dx / 2.4), (x1 - dx + dy / 2.4, y1 - dy + dx / 2.4)]


def _draw_shape(root: etree._Element, shape: Shape) -> None:
    look = {"fill": "#fff", "stroke": "#000", "stroke_width": ".4"}
    if shape.kind == "decision":
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in diamond(shape))
        _add(root, "polygon", points=points, **look)
        return
    round_ = {"rx": f"{shape.height / 2:.2f}"} if shape.kind == "terminator" else {}
    _add(root, "rect", x=f"{shape.x - shape.width / 2:.2f}", y=f"{shape.y - shape.height / 2:.2f}",
         width=f"{shape.width:.2f}", height=f"{shape.height:.2f}", **round_, **look)  # fmt: skip


def diamond(shape: Shape) -> list[tuple[float, float]]:
    """The corners of a decision."""
    across, down = shape.width / 2, shape.height / 2
    return [(shape.x, shape.y - down), (shape.x + across, shape.y), (shape.x, shape.y + down),
            (shape.x - across, shape.y)]  # fmt: skip


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    names = {name.replace("_", "-"): value for name, value in attributes.items()}
    return etree.SubElement(parent, f"{{{_SVG}}}{tag}", names)
