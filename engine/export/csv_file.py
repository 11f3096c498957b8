"""Cases as CSV (RFC 4180, UTF-8 with a mark that spreadsheets look for), in parts, so that memory stays flat."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from engine.export.columns import TITLES, rows_of
from engine.export.steps import Case

_PART = 64 * 1024  # characters


def csv_parts(cases: Iterable[Case]) -> Iterator[bytes]:
    """The file in parts; a row for each entry."""
    buffer = StringIO(newline="")
    write = csv.writer(buffer)
    buffer.write("\ufeff")
    write.writerow(TITLES)
    for case in cases:
        write.writerows(rows_of(case))
        if buffer.tell() > _PART:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
