"""The SOP as a page that prints on A4 landscape. Knows no request."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from engine.process.document import HEADER, Document
from engine.process.document.layout import WIDTHS, layout
from engine.process.document.svg import strip
from webapp.sop import Issue

STYLE = Path(__file__).parents[1] / "static" / "sop.css"


def page(document: Document, issue: Issue, *, style: str = "", back: str = "", docx: str = "") -> str:
    """HTML. `style` is the address of the style sheet; without one the page carries it, to stand as a file alone.

    `back` and `docx` are addresses for the row of buttons above the paper, which is not printed.
    """
    placed = layout(document)
    # The strips are built from numbers and escaped by lxml: nothing in them is as somebody typed it.
    strips = [Markup(strip(placed, row)) for row in range(len(document.rows))]  # noqa: S704
    return _environment().get_template("processes/sop_cetak.html").render(
        document=document, head=issue.rows(document.header), issue=issue, strips=strips, blocks=HEADER, layout=placed,
        widths=WIDTHS, style=style, inline=Markup(STYLE.read_text()) if not style else "", back=back, docx=docx,  # noqa: S704
    )  # fmt: skip


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=PackageLoader("webapp"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
