"""What somebody with write access to the database can do to history, each with where it must show."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, text

from engine.history.event import canonical, digest
from engine.history.keys import load_signer
from engine.history.verify import Key
from engine.worker.log import extend_log
from tests.history.ledger import Ledger


@dataclass
class Crime:
    """One change and where it must show."""

    stream: str
    seq: int = 0  # first event that no longer is what was signed; 0: the case's row or tasks, not its events
    place: int | None = None  # of that event in the log, when log and signatures were made anew over it
    keys: list[Key] | None = None  # what an auditor holds, when not the keys of today


def one(connection: Connection, sql: str, **values: Any) -> Any:
    return connection.execute(text(sql), values).first()


def victim(connection: Connection, rng: random.Random, where: str = "") -> Any:
    """Some event of a case that a checkpoint covers."""
    sql = f"SELECT * FROM event WHERE stream LIKE 'kasus/%' AND log_index IS NOT NULL {where} ORDER BY id"  # noqa: S608
    return rng.choice(connection.execute(text(sql)).all())


def rewrite(connection: Connection, row: Any, change: Callable[[dict[str, Any]], None]) -> None:
    """Change an event and re-hash it and all that follow it in its stream, and the case row."""
    following = connection.execute(
        text("SELECT * FROM event WHERE stream = :s AND seq >= :n ORDER BY seq"), {"s": row.stream, "n": row.seq}
    ).all()
    previous = None
    for each in following:
        body = orjson.loads(each.body)
        if previous is None:
            change(body)
        else:
            body["previous"] = previous
        data = canonical(body)
        previous = digest(data)
        connection.execute(
            text("UPDATE event SET body = :b, hash = :h WHERE id = :i"), {"b": data, "h": previous, "i": each.id}
        )
    connection.execute(
        text('UPDATE "case" SET head = :h WHERE id = :c'), {"h": previous, "c": row.stream.removeprefix("kasus/")}
    )


def another_actor(body: dict[str, Any]) -> None:
    body["actor"] = "f" * 32


def edit(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    row = victim(connection, rng)
    body = bytearray(row.body)
    body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
    connection.execute(text("UPDATE event SET body = :b WHERE id = :i"), {"b": bytes(body), "i": row.id})
    return Crime(row.stream, row.seq)


def edit_value(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    rows = connection.execute(text("SELECT * FROM event_value WHERE value IS NOT NULL ORDER BY 1, 2, 3")).all()
    row = rng.choice(rows)
    connection.execute(
        text("UPDATE event_value SET value = :v WHERE stream = :s AND seq = :q AND name = :n"),
        {"v": '"diganti"', "s": row.stream, "q": row.seq, "n": row.name},
    )
    return Crime(row.stream, row.seq)


def empty_value(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    """Empty a typed value, or half of it, as an erasure would, and tell nobody."""
    row = rng.choice(connection.execute(text("SELECT stream, seq, name FROM event_value ORDER BY 1, 2, 3")).all())
    columns = rng.choice(["salt = NULL", "value = NULL", "salt = NULL, value = NULL"])
    sql = f"UPDATE event_value SET {columns} WHERE stream = :s AND seq = :q AND name = :n"  # noqa: S608
    connection.execute(text(sql), {"s": row.stream, "q": row.seq, "n": row.name})
    return Crime(row.stream, row.seq)


def delete(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    row = victim(connection, rng)
    connection.execute(text("DELETE FROM event WHERE id = :i"), {"i": row.id})
    return Crime(row.stream, row.seq)


def swap(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    row = victim(connection, rng, "AND seq > 1")
    before = one(connection, "SELECT * FROM event WHERE stream = :s AND seq = :n", s=row.stream, n=row.seq - 1)
    for target, source in ((row, before), (before, row)):
        connection.execute(
            text("UPDATE event SET body = :b, hash = :h WHERE id = :i"),
            {"b": source.body, "h": source.hash, "i": target.id},
        )
    return Crime(row.stream, row.seq - 1)


def truncate(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    """Cut off the end of a stream, with its values."""
    row = victim(connection, rng)
    for table in ("event", "event_value"):
        connection.execute(
            text(f"DELETE FROM {table} WHERE stream = :s AND seq >= :n"),  # noqa: S608
            {"s": row.stream, "n": row.seq},
        )
    return Crime(row.stream, row.seq)


def rehash(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    """Change an event and everything after it, so that the chain holds again."""
    row = victim(connection, rng)
    rewrite(connection, row, another_actor)
    return Crime(row.stream, row.seq)


def rolled_back(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    """The case row says what it said some steps ago."""
    row = rng.choice(connection.execute(text('SELECT id, rev FROM "case" WHERE rev > 2 ORDER BY id')).all())
    stream, seq = f"kasus/{row.id}", rng.randrange(1, row.rev)
    old = one(connection, "SELECT hash, body FROM event WHERE stream = :s AND seq = :n", s=stream, n=seq)
    connection.execute(
        text('UPDATE "case" SET rev = :r, head = :h, position = :p WHERE id = :c'),
        {"r": seq, "h": old.hash, "p": orjson.loads(old.body)["position"], "c": row.id},
    )
    return Crime(stream)


def forged_state(connection: Connection, rng: random.Random, _: Ledger) -> Crime:
    """One case gets the state or the task of another."""
    rows = connection.execute(text('SELECT id FROM "case" ORDER BY id')).all()
    row, other = rng.sample(rows, 2)
    if rng.random() < 0.5:
        sql = 'UPDATE "case" SET state = (SELECT state FROM "case" WHERE id = :o) WHERE id = :c'
        connection.execute(text(sql), {"o": other.id, "c": row.id})
    else:
        sql = "UPDATE task SET lane = 'Pelapor', finished_by = NULL, unit = 'x' WHERE case_id = :c"
        connection.execute(text(sql), {"c": row.id})
    return Crime(f"kasus/{row.id}")


def rebuild(connection: Connection, ledger: Ledger, folder: Path, rng: random.Random) -> Crime:
    """Rewrite an event and the whole log over it, signed anew with the keys of a folder: consistent in itself."""
    row = victim(connection, rng, f"AND log_index < {ledger.kept}")
    rewrite(connection, row, another_actor)
    for table in ("log_node", "checkpoint", "head_node", "stream_head"):
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    connection.execute(text("UPDATE event SET log_index = NULL"))
    connection.commit()
    while extend_log(ledger.office.engine, load_signer(folder), ledger.office.now):
        pass
    return Crime(row.stream, row.seq, row.log_index)


def fork(connection: Connection, rng: random.Random, ledger: Ledger) -> Crime:
    """Another history signed with the real, stolen key: only a checkpoint kept outside can show it."""
    return rebuild(connection, ledger, ledger.folder, rng)


def foreign_key(connection: Connection, rng: random.Random, ledger: Ledger) -> Crime:
    """Another history signed with a key of the forger's own."""
    return rebuild(connection, ledger, ledger.folder.with_name("palsu"), rng)


def old_key(connection: Connection, rng: random.Random, ledger: Ledger) -> Crime:
    """Another history signed with a key that had retired before."""
    crime = rebuild(connection, ledger, ledger.folder, rng)
    crime.keys = [Key(key.name, key.public, key.since, "2026-01-05T00:00:00.000000Z") for key in ledger.keys]
    return crime


CRIMES = [
    edit, edit_value, empty_value, delete, swap, truncate, rehash, rolled_back, forged_state, foreign_key, old_key,
    fork,
]  # fmt: skip
