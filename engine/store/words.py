"""The index of what people typed, by the stems of its words: SQLite's FTS5 or PostgreSQL's text search.

The same stemmer and stop words serve both, so that both find the same. Knows places in the log and texts, no cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import snowballstemmer
from sqlalchemy import BigInteger, ColumnElement, Select, column, false, func, literal, select, table, text
from sqlalchemy.orm import Session

from engine.store.models import EventTrace

TABLE = "trace_text"
# Words that stand in nearly every text: nobody looks for them.
_STOP = """
ada adalah agar akan antara apa atau bagi bahwa belum bisa dalam dan dapat dari dengan di dia hal hanya harus ini itu
jadi jika juga kami karena ke kepada kita lagi lain maka mereka namun nya oleh pada para pun saat saja sampai sangat
saya sebagai secara sedang sehingga sejak seperti serta sudah tanpa telah tentang terhadap tidak untuk yaitu yang
"""
STOP = frozenset(_STOP.split())
_WORD = re.compile(r"\w+")
_CONTACT = re.compile(r"\S*@\S+|\+?\d(?:[\s.()-]?\d){8,}")  # addresses, telephone and other long numbers
_LONGEST = 64  # characters of a stem: a longer one is no word
_indexed = table(TABLE, column("place", BigInteger), column("stems"))


def creation(dialect: str) -> tuple[str, ...]:
    """Statements that make the index."""
    if dialect == "sqlite":
        return (f"CREATE VIRTUAL TABLE {TABLE} USING fts5(stems, tokenize='unicode61 remove_diacritics 0')",)
    return (
        f"CREATE TABLE {TABLE} (place bigint PRIMARY KEY, stems tsvector NOT NULL)",
        f"CREATE INDEX ix_{TABLE} ON {TABLE} USING gin (stems)",
    )


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(snowballstemmer.stemmer("indonesian").stemWord(word))[:_LONGEST]


def stems_of(typed: str) -> list[str]:
    """The stems of a text's words, in order, without stop words and without what one could be reached by."""
    found = _WORD.findall(_CONTACT.sub(" ", typed.casefold()))
    return [_stem(word) for word in found if word not in STOP]


def texts_in(value: Any) -> Iterable[str]:
    """Every text in a typed value; of a file its name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield str(value.get("name", ""))
    elif isinstance(value, Sequence):
        for each in value:
            yield from texts_in(each)


def add_texts(session: Session, texts: Mapping[int, str]) -> None:
    """Index what was typed with the events at these places."""
    rows = [{"place": place, "stems": " ".join(stems)} for place, each in texts.items() if (stems := stems_of(each))]
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"INSERT INTO {TABLE} (rowid, stems) VALUES (:place, :stems)"), rows)  # noqa: S608
    else:
        statement = f"INSERT INTO {TABLE} (place, stems) VALUES (:place, to_tsvector('simple', :stems))"  # noqa: S608
        session.execute(text(statement), rows)


def forget_texts(session: Session, places: Sequence[int]) -> None:
    """Take what was typed with these events out of the index; on SQLite also out of what it keeps for itself."""
    if not places:
        return
    sqlite = session.get_bind().dialect.name == "sqlite"
    key = "rowid" if sqlite else "place"
    statement = text(f"DELETE FROM {TABLE} WHERE {key} = :place")  # noqa: S608
    session.execute(statement, [{"place": place} for place in places])
    if sqlite:  # a deleted row's words stay in the index's segments until these are merged
        session.execute(text(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')"))  # noqa: S608


def forget_events(session: Session, case_id: str, seqs: Iterable[int]) -> None:
    """What was typed with these events of a case is found no more."""
    which = select(EventTrace.place).where(EventTrace.case_id == case_id, EventTrace.seq.in_(list(seqs)))
    forget_texts(session, list(session.scalars(which)))


def places_with(session: Session, typed: str) -> Select[int] | None:
    """SQL: the places of events with all these words; None when nothing is asked for."""
    if not typed.strip():
        return None
    stems = list(dict.fromkeys(stems_of(typed)))
    if not stems:  # only words that nobody looks for, or a telephone number: these are not kept
        return select(EventTrace.place).where(false())
    if session.get_bind().dialect.name == "sqlite":
        wanted = " ".join(f'"{stem}"' for stem in stems)  # \w only: no quote can be within
        rows = table(TABLE, column("rowid", BigInteger), column("stems"))
        return select(rows.c.rowid).where(_matches(wanted))
    query = func.plainto_tsquery("simple", " ".join(stems))
    return select(_indexed.c.place).where(_indexed.c.stems.op("@@")(query))


def _matches(wanted: str) -> ColumnElement[bool]:
    return column("stems").op("MATCH")(literal(wanted))
