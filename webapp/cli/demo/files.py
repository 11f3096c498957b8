"""Makes small pictures and letters to attach to demo cases; knows only their names."""

from __future__ import annotations

import io
import time
from functools import cache

from PIL import Image, ImageDraw

_PAPER, _INK, _COLOURS = (255, 255, 255), (60, 60, 60), ((214, 228, 240), (226, 236, 218), (244, 230, 214))
_WRITTEN = time.gmtime(0)  # a PDF tells when it was made


@cache
def make_file(name: str) -> bytes:
    """A PNG or, for a name that ends so, a PDF; the same bytes for the same name."""
    picture = Image.new("RGB", (620, 877) if name.endswith(".pdf") else (640, 480), _PAPER)
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    if name.endswith(".pdf"):
        for line in range(14):
            draw.line(
                (70, 200 + line * 36, width - 70 - (line * 53) % 160, 200 + line * 36), fill=(190, 190, 190), width=3
            )
    else:
        draw.rectangle((0, 0, width, height), fill=_COLOURS[len(name) % len(_COLOURS)])
        draw.polygon(((0, height), (width // 2, height // 3), (width, height)), fill=(160, 175, 190))
    draw.text((40, 40), name, fill=_INK, font_size=24)
    draw.text((40, 80), "Berkas contoh, bukan dokumen sebenarnya", fill=_INK, font_size=18)
    out = io.BytesIO()
    if name.endswith(".pdf"):
        # Without a time of making, which would differ from run to run.
        picture.save(out, "PDF", creationDate=None, modDate=None)
    else:
        picture.save(out, "PNG")
    return out.getvalue()
