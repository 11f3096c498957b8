"""Received files: written anew without place, scripts and passengers, refused by name; staged, bound once, dropped."""

import contextlib
import io
import os
import resource
import struct
import time
import zipfile
import zlib
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from sqlalchemy import func, select

from engine import files
from engine.commands.attachments import STAGED_FOR, drop_stale_files, receive_file, remove_files
from engine.errors import Rejected
from engine.files import MAX_BYTES, FileRefused, clean_file
from engine.rewrite import MAX_PIXELS, MEMORY
from engine.store.database import transaction
from engine.store.files import ERASED_NAME, path_of
from engine.store.models import Attachment
from tests.engine.office import COMPLAINT, Office

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **keywords) -> bytes:
    """Left half red, right half blue."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (size[0] // 2, 0, *size))
    out = io.BytesIO()
    made.save(out, kind, **keywords)
    return out.getvalue()


def from_a_phone(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "Telepon Saya"
    exif.get_ifd(GPS).update({1: "S", 2: (6.0, 7.0, 12.0), 3: "E", 4: (106.0, 9.0, 1.0)})
    return picture(exif=exif)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def colour(picture: Image.Image, x: int, y: int) -> bytes:
    at = (y * picture.width + x) * 3
    return picture.tobytes()[at : at + 3]


def with_a_zip_behind(data: bytes) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr("pasang.exe", "MZ-muatan-gelap")
    return data + box.getvalue()


def document() -> pikepdf.Pdf:
    made = pikepdf.new()
    made.add_blank_page(page_size=(200, 300))
    return made


def saved(made: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def everything_in(data: bytes) -> bytes:
    """All objects of a PDF, unpacked, photographs as they lie in it, as one text to search in."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as found:
        found.save(
            out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.specialized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )  # fmt: skip
    return out.getvalue()


class TestPictures:
    def test_a_photograph_loses_the_place_and_the_phone(self):
        received = from_a_phone()
        assert dict(opened(received).getexif().get_ifd(GPS)), "the photograph does carry its place"
        clean = clean_file("foto.jpg", received)
        assert clean.media_type == "image/jpeg"
        assert dict(opened(clean.data).getexif()) == {}
        assert b"Telepon Saya" not in clean.data and b"Exif" not in clean.data

    def test_a_photograph_taken_upright_stays_upright(self):
        """Orientation 6: the camera was turned; without its EXIF the stored picture must be turned itself."""
        found = opened(clean_file("foto.jpg", from_a_phone(orientation=6)).data)
        assert found.size == (40, 60)
        above, below = colour(found, 20, 10), colour(found, 20, 50)
        assert above[0] > 150 > above[2], "red is above"
        assert below[2] > 150 > below[0], "blue is below"

    def test_a_png_loses_its_texts(self):
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        texts.add_text("Author", "Bu Guru Rahasia")
        texts.add_itxt("XML:com.adobe.xmp", "<exif:GPSLatitude>6,7S</exif:GPSLatitude>")
        clean = clean_file("layar.png", picture("PNG", pnginfo=texts))
        assert clean.media_type == "image/png"
        assert b"Rahasia" not in clean.data and b"GPS" not in clean.data
        assert opened(clean.data).getpixel((1, 1)) == RED, "a PNG keeps its very pixels"

    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_an_archive_behind_the_picture_is_cut_off(self, kind: str):
        received = with_a_zip_behind(picture(kind))
        assert zipfile.is_zipfile(io.BytesIO(received))
        clean = clean_file("foto", received).data
        assert not zipfile.is_zipfile(io.BytesIO(clean))
        assert b"muatan-gelap" not in clean

    def test_a_page_hidden_in_the_comment_is_gone(self):
        received = picture(comment=b"<html><script>alert(document.cookie)</script>")
        assert b"<script>" in received
        assert b"<script>" not in clean_file("foto.jpg", received).data

    def test_transparency_stays(self):
        made = Image.new("RGBA", (4, 4), (10, 20, 30, 40))
        out = io.BytesIO()
        made.save(out, "PNG")
        assert opened(clean_file("a.png", out.getvalue()).data).getpixel((0, 0)) == (10, 20, 30, 40)

    def test_greys_of_sixteen_bits_keep_their_shade(self):
        out = io.BytesIO()
        Image.new("I;16", (4, 4), 128 * 256).save(out, "PNG")
        assert opened(clean_file("pindai.png", out.getvalue()).data).convert("L").getpixel((0, 0)) == 128


class TestPdf:
    def test_scripts_actions_and_passengers_are_gone_and_the_page_stays(self):
        made = document()
        page, root = made.pages[0].obj, made.Root
        script = Dictionary(S=Name.JavaScript, JS=String("app.launchURL('http://jahat.example')"))
        file = made.make_indirect(
            Dictionary(Type=Name.Filespec, F="pasang.exe", EF=Dictionary(F=made.make_stream(b"MZ-muatan-gelap")))
        )
        root.OpenAction = root.AA = script
        root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("x"), script])),
            EmbeddedFiles=Dictionary(Names=Array([String("pasang.exe"), file])),
        )
        root.AF = Array([file])  # PDF 2.0 names the same passenger a second time
        root.AcroForm = Dictionary(Fields=Array(), XFA=String("<xdp>jahat</xdp>"))
        root.Outlines = made.make_indirect(Dictionary(First=Dictionary(Title="Bab 1", A=script)))
        root.Metadata = made.make_stream(b"<x:xmpmeta>Bu Guru Rahasia</x:xmpmeta>")
        page.AA = Dictionary(O=script)
        page.Annots = Array([Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="cmd.exe"))])
        page.PresSteps = Dictionary(NA=script)
        page.Metadata = made.make_stream(b"<exif:GPSLatitude>6,7S</exif:GPSLatitude>")
        page.Contents = made.make_stream(b"BT (Isi surat) Tj ET")
        made.docinfo["/Author"] = "Bu Guru Rahasia"
        clean = clean_file("surat.pdf", with_a_zip_behind(saved(made)))
        assert clean.media_type == "application/pdf"
        text = everything_in(clean.data)
        for gone in (
            b"jahat", b"muatan-gelap", b"JavaScript", b"OpenAction", b"EmbeddedFile", b"Filespec", b"/Launch",
            b"cmd.exe", b"Rahasia", b"GPS", b"/AA",
        ):  # fmt: skip
            assert gone not in text, gone
        assert b"Isi surat" in text
        assert not zipfile.is_zipfile(io.BytesIO(clean.data))
        with pikepdf.open(io.BytesIO(clean.data)) as found:
            assert [float(each) for each in found.pages[0].mediabox] == [0, 0, 200, 300]

    def test_a_document_under_a_password_is_refused_by_name(self):
        out = io.BytesIO()
        document().save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
        with pytest.raises(FileRefused, match=r"terkunci\.pdf"):
            clean_file("terkunci.pdf", out.getvalue())


def with_photograph(photograph: bytes, *, packed: bool = False, thumbnail: bytes = b"") -> bytes:
    """A page that shows a JPEG as the camera wrote it, perhaps deflated once more."""
    made = document()
    image = made.make_stream(zlib.compress(photograph) if packed else photograph)
    image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
    image.Width, image.Height, image.BitsPerComponent = 60, 40, 8
    image.Filter = Array([Name.FlateDecode, Name.DCTDecode]) if packed else Name.DCTDecode
    page = made.pages[0].obj
    page.Resources = Dictionary(XObject=Dictionary(Foto=image))
    page.Contents = made.make_stream(b"q 60 0 0 40 0 0 cm /Foto Do Q")
    if thumbnail:
        page.Thumb = made.make_stream(thumbnail, Filter=Name.DCTDecode)
    return saved(made)


def photograph_in(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as found:
        image = found.pages[0].Resources.XObject.Foto
        assert image.Filter == Name.DCTDecode
        return bytes(image.read_raw_bytes())


class TestPhotographsInPdf:
    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize("progressive", [False, True])
    def test_they_lose_the_place_and_keep_their_very_pixels(self, packed: bool, progressive: bool):
        exif = opened(from_a_phone()).getexif()
        received = picture(exif=exif, progressive=progressive, comment=b"Bu Guru Rahasia", size=(300, 200))
        clean = clean_file("surat.pdf", with_photograph(received, packed=packed)).data
        stored = photograph_in(clean)
        assert b"Exif" in received and b"Telepon Saya" in received
        for gone in (b"Exif", b"Telepon Saya", b"Rahasia"):
            assert gone not in stored and gone not in everything_in(clean)
        assert opened(stored).tobytes() == opened(received).tobytes()

    def test_colours_are_read_as_before(self):
        """What says how the four inks are stored (Adobe's segment) stays."""
        received = io.BytesIO()
        Image.new("CMYK", (60, 40), (10, 200, 30, 40)).save(received, "JPEG", comment=b"Rahasia")
        stored = photograph_in(clean_file("surat.pdf", with_photograph(received.getvalue())).data)
        assert b"Adobe" in stored and b"Rahasia" not in stored
        assert opened(stored).tobytes() == opened(received.getvalue()).tobytes()

    def test_what_follows_their_end_and_small_copies_are_clean_too(self):
        received = with_photograph(with_a_zip_behind(picture()), thumbnail=from_a_phone())
        clean = everything_in(clean_file("surat.pdf", received).data)
        assert b"muatan-gelap" not in clean and b"Telepon Saya" not in clean

    @pytest.mark.parametrize("photograph", [b"", b"GIF89a", b"\xff\xd8\xff\xe1\xff\xff", picture()[:30]])
    def test_what_is_no_jpeg_is_refused_or_shows_nothing(self, photograph: bytes):
        with contextlib.suppress(FileRefused):
            assert b"Exif" not in everything_in(clean_file("surat.pdf", with_photograph(photograph)).data)


def pdf_of(*objects: bytes) -> bytes:
    """A PDF written by hand, so that it can lie."""
    out, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + head + table + tail


def pdf_bomb() -> bytes:
    """7 kB that unpack to 2 GB: zeros, deflated twice."""
    squeeze = zlib.compressobj(9, wbits=-15)
    block = squeeze.compress(b"\0" * (1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)  # may be repeated at will
    inner = b"\x78\xda" + block * 2_000
    data = zlib.compress(inner, 9)
    content = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>\nstream\n%b\nendstream" % (len(data), data)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content)


def page_named(times: int) -> bytes:
    """One page, named so many times over."""
    share = 19_000
    shelves = -(-times // share)
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(shelves))
    shelf = b"<</Type/Pages/Parent 2 0 R/Count %d/Kids[%b]>>" % (share, b"3 0 R " * share)
    page = b"<</Type/Page/Parent 4 0 R/MediaBox[0 0 9 9]>>"
    pages = b"<</Type/Pages/Count %d/Kids[%b]>>" % (shelves * share, kids)
    return pdf_of(b"<</Type/Catalog/Pages 2 0 R>>", pages, page, *[shelf] * shelves)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


SIDE = int(MAX_PIXELS**0.5)
REFUSED = {
    "kosong.jpg": b"",
    "besar.pdf": b"%PDF-1.7\n" + b"0" * MAX_BYTES,
    "laman.jpg": b"<!doctype html><script>alert(1)</script>",
    "gambar.png": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "animasi.jpg": picture("GIF"),
    "foto.jpg.exe": b"MZ\x90\x00",
    "arsip.pdf": with_a_zip_behind(b""),
    "surat.docx": with_a_zip_behind(b"")[:200],
    "separuh.jpg": picture(size=(400, 400), quality=95)[:2_000],
    "separuh.png": picture("PNG", size=(400, 400))[:150],
    "separuh.pdf": b"%PDF-1.7\n1 0 obj <</Type",
    "kepala saja.jpg": b"\xff\xd8\xff",
    "bom.png": png_that_claims(SIDE + 1, SIDE + 1),
    "bom besar.png": png_that_claims(2**31 - 1, 2**31 - 1),
    "nol.png": png_that_claims(0, 5),
    "halaman.pdf": pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 3000/Kids[" + b"3 0 R " * 3_000 + b"]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ),
    "tanpa halaman.pdf": b"%PDF-1.7\n%%EOF",
}


class TestRefusals:
    @pytest.mark.parametrize("name", REFUSED)
    def test_what_is_no_harmless_picture_or_document_is_refused_by_name(self, name: str):
        begin = time.perf_counter()
        with pytest.raises(FileRefused) as refusal:
            clean_file(name, REFUSED[name])
        assert str(refusal.value).startswith(name)
        assert time.perf_counter() - begin < 2

    def test_a_renamed_picture_is_taken_for_what_it_is(self):
        assert clean_file("surat.pdf", picture("PNG")).media_type == "image/png"

    def test_a_bomb_in_a_document_costs_no_time(self):
        begin = time.perf_counter()
        with contextlib.suppress(FileRefused):  # stored as it came or refused: either will do
            clean_file("bom.pdf", pdf_bomb())
        assert time.perf_counter() - begin < 3


class TestBounds:
    def test_a_greedy_document_is_refused_and_costs_this_process_nothing(self):
        """A page named 400,000 times cost 900 MB where it was read."""
        before, children = memory(resource.RUSAGE_SELF), memory(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        with pytest.raises(FileRefused, match=r"^banyak\.pdf "):
            clean_file("banyak.pdf", page_named(400_000))
        assert time.perf_counter() - begin < 10
        assert memory(resource.RUSAGE_CHILDREN) <= max(MEMORY, children)
        assert memory(resource.RUSAGE_SELF) - before < 60 * 2**20

    def test_a_file_that_takes_too_long_is_refused_and_its_process_is_gone(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(files, "SECONDS", 0.01)
        with pytest.raises(FileRefused, match=r"^foto\.jpg terlalu rumit"):
            clean_file("foto.jpg", picture())
        assert not [each for each in Path("/proc").glob("[0-9]*") if is_our_rewriting(each)]

    def test_the_process_does_not_know_our_secrets(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("ADUAN_SECRET_KEY", "rahasia")
        assert not [name for name in files._environment() if name.startswith("ADUAN")]


def memory(whose: int) -> int:
    """The most that was held at once, in bytes."""
    return resource.getrusage(whose).ru_maxrss * 1024


def is_our_rewriting(process: Path) -> bool:
    try:
        ours = f"PPid:\t{os.getpid()}\n" in (process / "status").read_text()
        return ours and b"engine.rewrite" in (process / "cmdline").read_bytes()
    except OSError:  # it ended while we looked
        return False


def stage(office: Office, data: bytes = picture(), *, who: str = "siti", field: str = "lampiran") -> str:
    with transaction(office.engine) as session:
        return receive_file(
            session, office.files, field=field, name="foto.jpg", data=data, account_id=office.people[who],
            now=office.now,
        )  # fmt: skip


def attachment(office: Office, file_id: str) -> Attachment | None:
    with transaction(office.engine) as session:
        return session.get(Attachment, file_id)


class TestStaged:
    def test_a_file_lies_under_its_id_and_its_record_describes_it(self, office: Office):
        received = from_a_phone()
        file_id = stage(office, received)
        row = attachment(office, file_id)
        assert row is not None
        stored = path_of(office.files, file_id).read_bytes()
        assert (row.case_id, row.size, row.media_type, row.name) == (None, len(stored), "image/jpeg", "foto.jpg")
        assert (row.received_sha256, row.stored_sha256) == (sha256(received).hexdigest(), sha256(stored).hexdigest())

    def test_a_refused_file_leaves_nothing(self, office: Office):
        with pytest.raises(FileRefused):
            stage(office, b"MZ")
        with transaction(office.engine) as session:
            assert session.scalar(select(func.count()).select_from(Attachment)) == 0
        assert [each for each in office.files.rglob("*") if each.is_file()] == []

    def test_a_complaint_binds_its_files_and_its_event_describes_them(self, office: Office):
        first, second = stage(office), stage(office)
        case = office.file_complaint(lampiran=[first, second])
        row = attachment(office, first)
        assert row is not None and (row.case_id, row.element) == (case.id, "isi_aduan")
        described = office.values(case, 2)["lampiran"]
        assert [each["id"] for each in described] == [first, second]
        assert described[0]["stored_sha256"] == row.stored_sha256

    @pytest.mark.parametrize("wrong", ["unknown", "bound", "of someone else", "of another field", "no id"])
    def test_a_file_that_is_not_staged_for_this_form_is_refused(self, office: Office, wrong: str):
        file_id = {
            "unknown": lambda: "f" * 32,
            "bound": lambda: self._bound(office),
            "of someone else": lambda: stage(office, who="budi"),
            "of another field": lambda: stage(office, field="foto"),
            "no id": lambda: "../../etc/passwd",
        }[wrong]()
        before = office.count_events()
        with pytest.raises(Rejected) as refusal:
            office.file_complaint(lampiran=[stage(office), file_id])
        assert set(refusal.value.errors) == {"lampiran"}
        assert office.count_events() == before

    def _bound(self, office: Office) -> str:
        file_id = stage(office)
        office.file_complaint(lampiran=[file_id])
        return file_id

    def test_a_file_that_a_visitor_staged_is_bound_by_the_account_made_since(self, office: Office):
        with transaction(office.engine) as session:
            file_id = receive_file(
                session, office.files, field="lampiran", name="a.jpg", data=picture(), account_id=None, now=office.now
            )
        case = office.file_complaint(lampiran=[file_id])
        row = attachment(office, file_id)
        assert row is not None and row.case_id == case.id

    def test_one_file_named_twice_is_one_file(self, office: Office):
        file_id = stage(office)
        case = office.file_complaint(lampiran=[file_id, file_id])
        assert [each["id"] for each in office.values(case, 2)["lampiran"]] == [file_id]

    def test_the_loser_of_a_race_keeps_its_files_staged(self, office: Office):
        """A double click sends the same files twice: the second copies belong to no event and stay unbound."""
        case = office.file_complaint()
        office.go_to(case, "tanggapi_aduan", bidang="sd")
        task = office.open_task(case)
        office.complete("ratna", task, key="k1", tanggapan="Sudah diperiksa.", lampiran=[stage(office, who="ratna")])
        late = stage(office, who="ratna")
        again = office.complete("ratna", task, key="k1", tanggapan="Sudah diperiksa.", lampiran=[late])
        row = attachment(office, late)
        assert again.repeated and row is not None and row.case_id is None

    def test_stale_files_are_dropped_and_bound_ones_stay(self, office: Office):
        old, bound = stage(office), stage(office)
        office.file_complaint(lampiran=[bound])
        office.now += STAGED_FOR - timedelta(minutes=5)
        fresh = stage(office)
        assert self._drop(office) == 0, "not before its time"
        office.now += timedelta(minutes=10)
        assert self._drop(office) == 1
        assert attachment(office, old) is None and not path_of(office.files, old).exists()
        for kept in (fresh, bound):
            assert attachment(office, kept) is not None and path_of(office.files, kept).exists()

    def _drop(self, office: Office) -> int:
        with transaction(office.engine) as session:
            dropped = drop_stale_files(session, office.now)
        remove_files(office.files, dropped)
        return len(dropped)


def test_no_file_can_pose_as_an_erased_one(office: Office):
    with transaction(office.engine) as session:
        file_id = receive_file(
            session, office.files, field="lampiran", name=ERASED_NAME, data=picture(), account_id=None, now=office.now
        )
    row = attachment(office, file_id)
    assert row is not None and row.name == "berkas"


def test_the_name_is_data_and_never_a_path(office: Office):
    with transaction(office.engine) as session:
        file_id = receive_file(
            session, office.files, field="lampiran", name="../../../../etc/cron.d/foto.jpg", data=picture(),
            account_id=None, now=office.now,
        )  # fmt: skip
    inside = [each.relative_to(office.files) for each in office.files.rglob("*") if each.is_file()]
    assert inside == [Path(file_id[:2], file_id)]
    assert COMPLAINT["judul"] not in str(inside)
