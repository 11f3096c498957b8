"""What can be done to a bundle once it has left the office, each with the place that its check must name.

`resigned` means that the forger also holds the log's true key and signs a manifest that fits: then only the log tells.
"""

from __future__ import annotations

import base64
import io
import json
import random
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.history.event import canonical, digest
from engine.history.keys import Signer
from engine.history.verify import Checkpoint, Manifest
from tests.history.ledger import zipped

Names = dict[str, bytes]
BOUNDS = {"first": 0, "end": 1}  # of a period


@dataclass
class Honest:
    """A bundle that holds, and what a forger and an auditor have."""

    files: Names
    other: Names  # of another bundle of the same office
    signer: Signer
    thief: Signer  # of the forger's own
    kept: Checkpoint  # the auditor's
    rng: random.Random

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files["events.jsonl"].splitlines()]


@dataclass
class Forged:
    """What is handed to the auditor, and where it must show."""

    archive: bytes
    place: str  # a regular expression
    reason: str = ""


def lines(events: list[Any]) -> bytes:
    return b"".join(canonical(each) + b"\n" for each in events)


def resigned(honest: Honest, files: Names, signer: Signer | None = None, **facts: Any) -> Names:
    """With a manifest that fits these files, signed with the true key unless another is given."""
    signer = signer or honest.signer
    stated = json.loads(honest.files["manifest.json"]) | facts
    named = {name: data for name, data in files.items() if name not in ("manifest.json", "manifest.sig")}
    stated["files"] = {name: {"sha256": digest(data), "size": len(data)} for name, data in named.items()}
    stated["origin"] = signer.origin
    manifest = canonical(stated)
    note = signer.note(Manifest.text(signer.origin, stated["at"], digest(manifest)), stated["at"])
    return {**named, "manifest.json": manifest, "manifest.sig": note.encode()}


def name_of(event: dict[str, Any]) -> str:
    body = json.loads(event["body"])
    return f"{body['stream']} nomor {body['seq']}"


# ---- Contents: chain, values, order, completeness. Each also with a manifest signed anew.


def flipped(honest: Honest) -> Forged:
    """One bit of any file."""
    name = honest.rng.choice([each for each in honest.files if honest.files[each]])
    data = bytearray(honest.files[name])
    data[honest.rng.randrange(len(data))] ^= 1 << honest.rng.randrange(8)
    return Forged(zipped(honest.files | {name: bytes(data)}), ".")


def edited_body(honest: Honest) -> Forged:
    """A word of an event, hash made anew, and everything after it in its stream."""
    events, at = honest.events, honest.rng.randrange(len(honest.events))
    stream, previous = json.loads(events[at]["body"])["stream"], None
    for event in events[at:]:
        body = json.loads(event["body"])
        if body["stream"] != stream:
            continue
        body |= {"actor": "f" * 32} if previous is None else {"previous": previous}
        event["body"] = canonical(body).decode()
        event["hash"] = previous = digest(event["body"].encode())
    files = resigned(honest, honest.files | {"events.jsonl": lines(events)})
    return Forged(zipped(files), name_of(events[at]), "tidak tercantum")


def edited_value(honest: Honest) -> Forged:
    events = honest.events
    event = honest.rng.choice([each for each in events if any(each["values"].values())])
    name = honest.rng.choice([each for each, pair in event["values"].items() if pair])
    salt, text = event["values"][name]
    event["values"][name] = honest.rng.choice(
        [[salt, '"diganti"'], ["0" * 32, text], [salt, f"{text} "], [salt.upper(), text]]
    )
    if event["values"][name] == [salt, text]:
        event["values"][name] = [salt, "null"]
    return Forged(zipped(resigned(honest, honest.files | {"events.jsonl": lines(events)})), name_of(event))


def untold_gap(honest: Honest) -> Forged:
    """A value said to be erased, or left out, that was not."""
    events, gap = honest.events, honest.rng.choice([None, "left_out"])
    event = honest.rng.choice([each for each in events if each["values"]])
    event["values"][honest.rng.choice(list(event["values"]))] = gap
    place = name_of(event) if gap is None or honest.rng.random() < 0.5 else "manifest"
    facts: dict[str, Any] = {}
    if place == "manifest":  # the manifest admits that something is left out, but not how much
        facts = {"left_out": {"personal": True, "values": 7, "attachments": True, "absent": []}}
    return Forged(zipped(resigned(honest, honest.files | {"events.jsonl": lines(events)}, **facts)), place)


def dropped_event(honest: Honest) -> Forged:
    events = honest.events
    gone = events.pop(honest.rng.randrange(len(events) - 1))
    files = honest.files | {"events.jsonl": lines(events)}
    return Forged(zipped(resigned(honest, files, events=len(events))), json.loads(gone["body"])["stream"])


def truncated(honest: Honest) -> Forged:
    """The end of a stream is missing, and the manifest agrees."""
    events = honest.events
    streams = [json.loads(each["body"])["stream"] for each in events]
    stream = honest.rng.choice([each for each in streams if streams.count(each) > 1])
    count = honest.rng.randrange(1, streams.count(stream))
    last = len(streams) - 1 - streams[::-1].index(stream)
    del events[last - count + 1 : last + 1]
    files = honest.files | {"events.jsonl": lines(events)}
    return Forged(zipped(resigned(honest, files, events=len(events))), f"{stream} nomor", "ujung riwayat")


def swapped(honest: Honest) -> Forged:
    events = honest.events
    one, two = honest.rng.sample(range(len(events)), 2)
    events[one], events[two] = events[two], events[one]
    return Forged(zipped(resigned(honest, honest.files | {"events.jsonl": lines(events)})), "nomor")


def doubled_event(honest: Honest) -> Forged:
    events = honest.events
    at = honest.rng.randrange(len(events))
    events.insert(at, events[at])
    files = honest.files | {"events.jsonl": lines(events)}
    return Forged(zipped(resigned(honest, files, events=len(events))), json.loads(events[at]["body"])["stream"])


def dropped_stream(honest: Honest) -> Forged:
    """A whole case is missing, and the manifest counts so, but its scope says otherwise."""
    streams = [json.loads(each["body"])["stream"] for each in honest.events]
    gone = honest.rng.choice(sorted({*streams}))
    events = [each for each in honest.events if json.loads(each["body"])["stream"] != gone]
    files = honest.files | {"events.jsonl": lines(events)}
    return Forged(zipped(resigned(honest, files, events=len(events), streams=len({*streams}) - 1)), "manifest")


def other_writing(honest: Honest) -> Forged:
    """The same meaning in another encoding."""
    data = honest.files["events.jsonl"]
    change = honest.rng.choice([
        data.replace(b'","hash"', b'", "hash"', 1), data.replace(b"\n", b"\r\n", 1), data[:-1], data + b"\n",
        data.replace(b'"log_index":', b'"log_index":0', 1), data.replace(b'{"body"', b'{"body":"x","body"', 1),
        data.replace(b"=", b"", 1), data.replace(b'"values":{', b'"values":{"x":null,', 1),
    ])  # fmt: skip
    return Forged(zipped(resigned(honest, honest.files | {"events.jsonl": change})), "peristiwa ke-|nomor|baris")


def huge_number(honest: Honest) -> Forged:
    events = honest.events
    event = honest.rng.choice([each for each in events if each["head"] is not None])
    number = honest.rng.choice([10**30, -1, 10**18, 2**64])
    if honest.rng.random() < 0.5:
        event["log_index"] = number
    else:
        event["head"]["index"] = number
    data = b"".join(
        json.dumps(each, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for each in events
    )
    if honest.rng.random() < 0.3:
        data = data.replace(str(number).encode(), b"9" * 5000)
    return Forged(zipped(resigned(honest, honest.files | {"events.jsonl": data})), "nomor|peristiwa ke-")


def wrong_type(honest: Honest) -> Forged:
    events = honest.events
    at = honest.rng.randrange(len(events))
    name = honest.rng.choice(["body", "hash", "log_index", "inclusion", "head", "values"])
    events[at][name] = honest.rng.choice([[], {}, True, "x", 7, [None], {"a": [[]]}])
    return Forged(zipped(resigned(honest, honest.files | {"events.jsonl": lines(events)})), "nomor|peristiwa ke-")


def escape_codes(honest: Honest) -> Forged:
    """A name that would wipe the verdict off a terminal."""
    events = honest.events
    body = json.loads(events[0]["body"]) | {"stream": "kasus/\x1b[2K\rCocok"}
    events[0]["body"] = canonical(body).decode()
    events[0]["hash"] = digest(events[0]["body"].encode())
    files = resigned(honest, honest.files | {"events.jsonl": lines(events)})
    return Forged(zipped(files), "^kasus/\N{REPLACEMENT CHARACTER}[^\x1b]*$", "^[^\x1b\r]*$")


def deep(honest: Honest) -> Forged:
    """A file that nests until the reader gives up."""
    name = honest.rng.choice(["events.jsonl", "proofs.json"])
    data = b"[" * 100_000 + b"]" * 100_000 + b"\n"
    return Forged(zipped(resigned(honest, honest.files | {name: data})), "bundel|peristiwa ke-1")


# ---- Files.


def missing_file(honest: Honest) -> Forged:
    gone = honest.rng.choice(list(honest.files))
    return Forged(zipped({name: data for name, data in honest.files.items() if name != gone}), gone, "hilang")


def missing_from_both(honest: Honest) -> Forged:
    """A file is gone, and a manifest signed anew does not know it."""
    gone = honest.rng.choice(
        [
            each
            for each in honest.files
            if each not in ("manifest.json", "manifest.sig", "BACA-SAYA.txt", "keys.txt", "putar-ulang.html")
        ]
    )
    kept = {name: data for name, data in honest.files.items() if name != gone}
    return Forged(zipped(resigned(honest, kept)), gone, "hilang")


def added_file(honest: Honest) -> Forged:
    name = honest.rng.choice(["catatan.txt", "deployments/x.bpmn", "attachments/f00d", "verify.py"])
    files = honest.files | {name: b"baru"}
    if name.startswith(("deployments", "attachments")) and honest.rng.random() < 0.5:
        files = resigned(honest, files)
    return Forged(zipped(files), name)


def other_deployment(honest: Honest) -> Forged:
    """Diagram or forms of a version are not those that the case ran on."""
    name = honest.rng.choice([each for each in honest.files if each.startswith("deployments/")])
    data = honest.files[name] + b" "
    named = [each for each in honest.files if each.startswith("deployments/")]
    if honest.rng.random() < 0.5:
        data = honest.files[honest.rng.choice([each for each in named if honest.files[each] != honest.files[name]])]
    files = resigned(honest, honest.files | {name: data})
    return Forged(zipped(files), name.rpartition("/")[0], "bukan yang dipakai")


def other_attachment(honest: Honest) -> Forged:
    name = honest.rng.choice([each for each in honest.files if each.startswith("attachments/")])
    if honest.rng.random() < 0.5:
        kept = {each: data for each, data in honest.files.items() if each != name}
        return Forged(zipped(resigned(honest, kept)), name, "hilang")
    data = bytearray(honest.files[name])
    data[honest.rng.randrange(len(data))] ^= 1
    return Forged(zipped(resigned(honest, honest.files | {name: bytes(data)})), name, "bukan yang dicatat")


def from_another(honest: Honest) -> Forged:
    """A file of another bundle of the same office."""
    name = honest.rng.choice(
        [each for each in honest.files if honest.other.get(each, honest.files[each]) != honest.files[each]]
    )
    return Forged(zipped(honest.files | {name: honest.other[name]}), ".")


# ---- Manifest, keys, checkpoints.


def edited_manifest(honest: Honest) -> Forged:
    stated = json.loads(honest.files["manifest.json"])
    stated |= honest.rng.choice([
        {"scope": {"cases": ["ADU-2026-000001"]}}, {"events": 1}, {"at": "2026-01-05T01:30:00.000000Z"},
        {"files": {}}, {"left_out": {}}, {"origin": "lain"}, {"format": "aduan-bundle 2"}, {"baru": 1},
    ])  # fmt: skip
    return Forged(zipped(honest.files | {"manifest.json": canonical(stated)}), "manifest")


def foreign_signature(honest: Honest) -> Forged:
    """The manifest fits, but the signature under the office's name is another's."""
    note = honest.files["manifest.sig"].decode()
    text, signature = note.split("\n\n")
    key = honest.signer.keys[0]
    stolen = base64.b64encode(key.id + honest.rng.randbytes(64)).decode()
    if honest.rng.random() < 0.5:
        stolen = honest.thief.note(f"{text}\n", honest.kept.at).split()[-1]
    forged = note.replace(signature, f"\N{EM DASH} {key.name} {stolen}\n")
    return Forged(zipped(honest.files | {"manifest.sig": forged.encode()}), "manifest", "tanda tangan")


def other_words(honest: Honest) -> Forged:
    """What nothing but its digest holds."""
    name = honest.rng.choice(["BACA-SAYA.txt", "keys.txt"])
    return Forged(zipped(honest.files | {name: honest.files[name][:-2] + b"x\n"}), name, "bukan yang disebut manifest")


def lying_manifest(honest: Honest) -> Forged:
    """Signed with the true key, but not about this bundle."""
    facts: dict[str, Any] = honest.rng.choice([
        {"scope": {"cases": ["ADU-2026-000001"]}}, {"events": 1}, {"streams": 99}, {"format": "aduan-bundle 2"},
        {"scope": {"from": "2020-01-01T00:00:00.000000Z", "until": "2030-01-01T00:00:00.000000Z"} | BOUNDS},
        {"left_out": {"personal": False, "values": 3, "attachments": True, "absent": []}},
        {"left_out": {"personal": False, "values": 0, "attachments": True, "absent": ["f00d"]}},
    ])  # fmt: skip
    return Forged(zipped(resigned(honest, honest.files, **facts)), "manifest|end.txt|attachments/f00d")


def own_key(honest: Honest) -> Forged:
    """Everything that is signed is signed by the forger, whose key lies in the bundle."""
    point = replace(honest.kept, origin=honest.thief.origin)
    keys = "".join(f"{key.line()}\n" for key in honest.thief.keys).encode()
    files = honest.files | {"keys.txt": keys, "checkpoint.txt": honest.thief.sign(point).encode()}
    return Forged(zipped(resigned(honest, files, honest.thief)), "manifest|titik periksa", "bukan dari kunci")


def own_signature(honest: Honest) -> Forged:
    """The checkpoint is the office's, but for the signature."""
    note = honest.files["checkpoint.txt"].decode()
    text, _ = note.split("\n\n")
    signed = honest.thief.note(f"{text}\n", honest.kept.at)
    return Forged(zipped(resigned(honest, honest.files | {"checkpoint.txt": signed.encode()})), "titik periksa")


def older_checkpoint(honest: Honest) -> Forged:
    """Events that follow it are cut off or not proved by it."""
    note = honest.signer.sign(honest.kept)
    return Forged(zipped(resigned(honest, honest.files | {"checkpoint.txt": note.encode()})), "nomor")


def rewritten_log(honest: Honest) -> Forged:
    """Another log, signed with the true key: what the auditor kept tells."""
    proofs = json.loads(honest.files["proofs.json"])
    size = str(honest.kept.size)
    proof = proofs["consistency"][size]
    proofs["consistency"][size] = honest.rng.choice(
        [proof[:-1], [*proof, "A" * 43 + "="], proof[::-1] if len(proof) > 1 else []]
    )
    if honest.rng.random() < 0.3:
        del proofs["consistency"][size]
    return Forged(
        zipped(resigned(honest, honest.files | {"proofs.json": canonical(proofs)})), "titik periksa pembanding|bundel"
    )


def wrong_note(honest: Honest) -> Forged:
    note = honest.files["checkpoint.txt"]
    change = honest.rng.choice([
        note.replace(b"\nheads ", b"\nheads  "), note + b"\n", note.replace(b"\n", b"\r\n"), b"", note + note,
        note.replace(b"\n\n", b"\n"), note.replace(b"Z\n", b"\n"), b"\xff\xfe",
    ])  # fmt: skip
    return Forged(zipped(resigned(honest, honest.files | {"checkpoint.txt": change})), "titik periksa|bundel")


# ---- The archive itself.


def _archive(files: list[tuple[str, bytes]], **info: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duplicates are the point
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def doubled_name(honest: Honest) -> Forged:
    name = honest.rng.choice(list(honest.files))
    return Forged(
        _archive([*honest.files.items(), (name, honest.rng.choice([b"x", honest.files[name]]))]), name, "sama"
    )


def outside_name(honest: Honest) -> Forged:
    name = honest.rng.choice(
        ["../keys.txt", "/etc/passwd", "a/../../b", "a//b", "./keys.txt", "C:\\keys.txt", "a\nb", "é.txt", ".ssh", "a/"]
    )
    return Forged(_archive([*honest.files.items(), (name, b"x")]), ".", "tidak diperbolehkan|tidak disebut")


def bomb(honest: Honest) -> Forged:
    name = honest.rng.choice(["events.jsonl", "manifest.json", "attachments/bom"])
    files = honest.files | {name: bytes(honest.rng.choice([8, 80]) * 1024 * 1024)}
    return Forged(zipped(files), name, "mengembang|lebih besar")


def lying_size(honest: Honest) -> Forged:
    """The archive's list gives another size for a file."""
    data = bytearray(zipped(honest.files))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = honest.rng.choice([b"\xff\xff\xff\x7f", b"\x00\x00\x00\x00", b"\x01\x00\x00\x00"])
    return Forged(bytes(data), ".")


def cut_archive(honest: Honest) -> Forged:
    data = zipped(honest.files)
    return Forged(data[: honest.rng.randrange(1, len(data))], ".")


FORGERIES: list[Callable[[Honest], Forged]] = [
    flipped, edited_body, edited_value, untold_gap, dropped_event, truncated, swapped, doubled_event,
    dropped_stream, other_writing, huge_number, wrong_type, escape_codes, deep, missing_file, missing_from_both,
    added_file, other_deployment, other_attachment, from_another, other_words, edited_manifest, lying_manifest,
    foreign_signature, own_key, own_signature, older_checkpoint, rewritten_log, wrong_note, doubled_name,
    outside_name, bomb, lying_size, cut_archive,
]  # fmt: skip
