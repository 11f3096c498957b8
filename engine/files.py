"""Makes received files harmless: structure checked, pictures and PDF written anew. Knows no storage and no case."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
import pikepdf.settings
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000
MAX_UNPACKED = 64 * 1024 * 1024  # bytes of one stream of a PDF
MAX_PAGES = 500
# Whatever of a PDF acts, carries another file, or tells where it was made. Only the pages are wanted.
_ACTIVE = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/Metadata", "/Collection", "/AF", "/Outlines", "/URI",
           "/Threads", "/PieceInfo", "/StructTreeRoot", "/Requirements", "/Perms")  # fmt: skip
_ACTIVE_ANYWHERE = ("/AA", "/AF", "/Annots", "/EF", "/JS", "/Metadata", "/PieceInfo", "/PresSteps")
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


class FileRefused(ValueError):
    """The file cannot be accepted; the message names it and says why, in Indonesian."""


@dataclass(frozen=True)
class CleanFile:
    """What is stored in place of what was received."""

    media_type: str
    data: bytes


def clean_file(name: str, data: bytes) -> CleanFile:
    """Re-encode a JPEG, PNG or PDF without location data, scripts and attachments. Raises FileRefused."""
    if len(data) > MAX_BYTES:
        raise FileRefused(f"{name} melebihi 10 MB. Isian lain tersimpan.")
    if not data:
        raise FileRefused(f"{name} kosong. Pilih berkas lain.")
    try:
        if data.startswith(b"%PDF-"):
            return CleanFile("application/pdf", _clean_pdf(data))
        if data.startswith(b"\xff\xd8\xff"):
            return CleanFile("image/jpeg", _clean_picture(data, "JPEG"))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return CleanFile("image/png", _clean_picture(data, "PNG"))
    except Exception as error:  # decoders fail in many ways on hostile bytes; each of them means: not accepted
        raise FileRefused(f"{name} rusak atau tidak dapat dibaca. Kirim JPG, PNG, atau PDF.") from error
    raise FileRefused(f"{name} belum dapat diterima. Kirim JPG, PNG, atau PDF.")


def _clean_picture(data: bytes, kind: str) -> bytes:
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


def _clean_pdf(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for key in _ACTIVE:
            if key in document.Root:
                del document.Root[key]
        if len(document.pages) > MAX_PAGES:
            raise ValueError("too many pages")
        for part in document.objects:
            if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
                for key in _ACTIVE_ANYWHERE:
                    if key in part:
                        del part[key]
        for key in list(document.docinfo.keys()):
            del document.docinfo[key]
        document.save(out, linearize=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
