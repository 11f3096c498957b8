"""Copies of PostgreSQL databases: used again when a test has left the schema as it was. Knows none of our tables.

CREATE DATABASE takes 0.2 s and most tests ask for one; putting a copy's rows back takes a tenth of that.
"""

import itertools
import os
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.rig.postgres import Server

_numbers = itertools.count(1)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename, coalesce(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
# Whatever a test may do to a schema shows here: tables, columns, constraints, triggers and whether they are on.
_SCHEMA = """
SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
    SELECT relname || relkind::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT attrelid::regclass::text || attname || atttypid::text || attnotnull::text
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT conname || convalidated::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tgrelid::regclass::text || tgtype::text || tgenabled::text FROM pg_trigger
    UNION ALL SELECT proname || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS schema
"""


@dataclass(frozen=True)
class Copy:
    """A database that was copied from a template."""

    name: str
    template: str


@dataclass(frozen=True)
class Contents:
    """All rows of a template."""

    schema: str
    rows: dict[str, bytes]  # by table, as COPY writes them
    sequences: list[tuple[str, int, bool]]


class Copies:
    """Lends copies and takes them back."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._free: dict[str, list[Copy]] = {}
        self._contents: dict[str, Contents] = {}

    def lend(self, template: str) -> Copy:
        """A database that equals the template."""
        if self._free.get(template):
            copy = self._free[template].pop()
            self._put_back(copy)
            return copy
        copy = Copy(f"aduan_{os.getpid()}_{next(_numbers)}", template)
        self._server.execute(f"CREATE DATABASE {copy.name} TEMPLATE {template}")
        return copy

    def take_back(self, copy: Copy) -> None:
        """Keep it for the next test, or drop it when its schema is no longer the template's."""
        self._server.execute(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{copy.name}'"  # noqa: S608  # a name of our own
        )
        with self._server.connect(copy.name) as connection:
            kept = copy.template != "template1" and _schema(connection) == self._of(copy.template).schema
        if kept:
            self._free.setdefault(copy.template, []).append(copy)
        else:
            self._server.execute(f"DROP DATABASE {copy.name} WITH (FORCE)")

    def _of(self, template: str) -> Contents:
        if template not in self._contents:
            with self._server.connect(template) as connection:
                tables = [str(row[0]) for row in connection.execute(_TABLES)]
                rows = {table: _copy_out(connection, table) for table in tables}
                sequences = list(connection.execute(_SEQUENCES))
                self._contents[template] = Contents(_schema(connection), rows, sequences)
        return self._contents[template]

    def _put_back(self, copy: Copy) -> None:
        contents = self._of(copy.template)
        with self._server.connect(copy.name) as connection, connection.transaction():
            connection.execute("SET session_replication_role = replica")  # no trigger guards the rows from us
            for table, rows in contents.rows.items():
                name = sql.Identifier(table)
                connection.execute(sql.SQL("DELETE FROM {}").format(name))
                if rows:
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copying:
                        copying.write(rows)
            for sequence, value, called in contents.sequences:
                connection.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", (sequence, value, called))


def _schema(connection: psycopg.Connection) -> str:
    row = connection.execute(_SCHEMA).fetchone()
    assert row is not None
    return str(row[0])


def _copy_out(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copying:
        return b"".join(bytes(part) for part in copying)
