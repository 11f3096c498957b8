"""Writes pictures and PDFs anew, in a process of its own with bounds. Knows bytes only: no names, no storage.

    python -m engine.rewrite MEDIA_TYPE < received > harmless

Exit status: 0 done, 1 the file is broken, anything else: it asked for too much.
"""

from __future__ import annotations

import io
import re
import resource
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # each decoder is loaded only where its kind is read: the process shall start quickly
    import pikepdf
    from PIL import Image

MEMORY = 700 * 1024 * 1024  # bytes of address space
PROCESSOR_SECONDS = 15
MAX_WRITTEN = 64 * 1024 * 1024  # bytes of what comes out
MAX_PIXELS = 60_000_000
MAX_UNPACKED = 64 * 1024 * 1024  # bytes of one stream of a PDF
MAX_PAGES = 500
# Whatever of a PDF acts, carries another file, or tells where it was made. Only the pages are wanted.
_ACTIVE = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/Metadata", "/Collection", "/AF", "/Outlines", "/URI",
           "/Threads", "/PieceInfo", "/StructTreeRoot", "/Requirements", "/Perms")  # fmt: skip
_ACTIVE_ANYWHERE = ("/AA", "/AF", "/Annots", "/EF", "/JS", "/Metadata", "/PieceInfo", "/PresSteps")
_DCT = ("/DCTDecode", "/DCT")  # a JPEG as it came from the camera
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)  # all but restarts, which stand inside a scan
_BEGIN, _END, _SCAN, _COMMENT, _TEMPORARY = 0xD8, 0xD9, 0xDA, 0xFE, 0x01
_APPLICATIONS = range(0xE0, 0xF0)


def rewrite(kind: str, data: bytes) -> bytes:
    """The file without what is not seen. Raises whatever the decoders raise on hostile bytes: then it is refused."""
    if kind == "application/pdf":
        return _document(data)
    return _picture(data, {"image/jpeg": "JPEG", "image/png": "PNG"}[kind])


# ---- Pictures.


def _picture(data: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        ImageOps.exif_transpose(picture, in_place=True)
        # A fresh picture from the pixels alone: photographs of phones carry the place where they were taken.
        fresh = Image.new("RGBA" if kind == "PNG" and _alpha(picture) else "RGB", picture.size)
        fresh.paste(_eight_bits(picture))
    out = io.BytesIO()
    fresh.save(out, kind, **({"quality": 85} if kind == "JPEG" else {"optimize": False}))
    return out.getvalue()


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scanners write greys of 16 bits, which would otherwise all be cut off at white."""
    return picture.convert("I").point(lambda grey: grey / 256).convert("L") if picture.mode[0] == "I" else picture


def _alpha(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


# ---- PDF.


def _document(data: bytes) -> bytes:
    import pikepdf
    import pikepdf.settings

    # A few kilobytes may be made to unpack to terabytes; no page of a scanned letter is larger than this.
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MAX_UNPACKED,
        png_max_memory=MAX_UNPACKED,
        tiff_max_memory=MAX_UNPACKED,
        run_length_max_memory=MAX_UNPACKED,
        max_stream_filters=3,
        parser_max_nesting=100,
        parser_max_container_size=20_000,
    )
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for key in _ACTIVE:
            if key in document.Root:
                del document.Root[key]
        if len(document.pages) > MAX_PAGES:
            raise ValueError("too many pages")
        for part in list(document.objects):
            if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
                for key in _ACTIVE_ANYWHERE:
                    if key in part:
                        del part[key]
            if isinstance(part, pikepdf.Stream):
                _bare_photograph(document, part)
        for key in list(document.docinfo.keys()):
            del document.docinfo[key]
        document.save(out, linearize=False, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _bare_photograph(document: pikepdf.Pdf, stream: pikepdf.Stream) -> None:
    """Take place, phone and comments out of a photograph that lies in a PDF as the camera wrote it."""
    import pikepdf

    filters, parameters = (_listed(stream.get(key)) for key in ("/Filter", "/DecodeParms"))
    names = [str(each) for each in filters]
    if not any(name in _DCT for name in names):
        return
    if names[-1] not in _DCT:
        raise ValueError("a photograph that is packed into something else")
    raw = stream.read_raw_bytes()
    if len(names) > 1:
        packed = document.make_stream(raw)
        packed.Filter = pikepdf.Array(filters[:-1])
        if parameters:
            packed.DecodeParms = pikepdf.Array(parameters[:-1])
        raw = packed.read_bytes()
    own = parameters[-1] if len(parameters) == len(names) else None
    stream.write(bare_jpeg(raw), filter=pikepdf.Name.DCTDecode, decode_parms=own)


def _listed(value: Any) -> list[Any]:
    import pikepdf

    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without application segments, comments and whatever follows its end; the pixels are not touched."""
    return b"".join(_parts(data))


def _parts(data: bytes) -> Iterator[bytes]:
    at = data.index(bytes((0xFF, _BEGIN))) + 2
    yield bytes((0xFF, _BEGIN))
    while found := _MARKER.search(data, at):
        code, at = found[1][0], found.end()
        if code == _END:
            yield bytes((0xFF, _END))
            return
        if code in (_BEGIN, _TEMPORARY):
            continue
        length = int.from_bytes(data[at : at + 2])
        if length < 2 or at + length > len(data):
            raise ValueError("a segment that ends beyond the file")
        content, at = data[at + 2 : at + length], at + length
        kept = _wanted(code, content)
        if kept is not None:
            yield bytes((0xFF, code)) + (len(kept) + 2).to_bytes(2) + kept
        if code == _SCAN:
            behind = _MARKER.search(data, at)
            end = behind.start() if behind else len(data)
            yield data[at:end]
            at = end


def _wanted(code: int, content: bytes) -> bytes | None:
    """What stays of a segment. Of the application's only what says how the colours are to be read."""
    if code == 0xE0 and content.startswith(b"JFIF\0"):
        return content[:12] + b"\0\0"  # without its thumbnail
    if code == 0xEE and content.startswith(b"Adobe"):
        return content[:12]
    return None if code == _COMMENT or code in _APPLICATIONS else content


def main() -> int:
    """Read from standard input, write to standard output."""
    for bound, value in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, PROCESSOR_SECONDS), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(bound, (value, value))
    try:
        harmless = rewrite(sys.argv[1], sys.stdin.buffer.read())
    except MemoryError:
        return 2
    except Exception:  # decoders fail in many ways on hostile bytes; each of them means: not accepted
        return 1
    if len(harmless) > MAX_WRITTEN:
        return 2
    sys.stdout.buffer.write(harmless)
    return 0


if __name__ == "__main__":
    sys.exit(main())
