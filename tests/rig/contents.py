"""All that a database holds, to be compared before and after. Knows tables, not their meaning."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Engine, MetaData, select

from engine.store.database import snapshot


def contents(engine: Engine, without: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Table -> its rows as text, sorted. `without`: columns left out of a table, "*" for all of it.

    Reading streams are left out everywhere: they are what reading leaves.
    """
    known = MetaData()
    known.reflect(engine)
    found: dict[str, list[str]] = {}
    with snapshot(engine) as session:
        for name, table in sorted(known.tables.items()):
            left_out = without.get(name, ())
            columns = [column for column in table.columns if column.name not in left_out]
            if "*" in left_out:
                continue
            rows = session.execute(select(*columns)).mappings()
            kept = (row for row in rows if not str(row.get("stream", "")).startswith("baca/"))
            found[name] = sorted(str(sorted(row.items())) for row in kept)
    return found
