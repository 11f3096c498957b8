"""What the codes of the office's tables are called. Knows no form."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.store.models import Category, Unit


def labels(session: Session) -> dict[str, dict[str, str]]:
    """Table -> value -> label, inactive ones included: old cases keep their words."""
    categories = session.execute(select(Category.code, Category.name, Category.parent)).all()
    units = session.execute(select(Unit.code, Unit.name)).all()
    return {
        "kategori": {row.code: row.name for row in categories if row.parent is None},
        "subkategori": {row.code: row.name for row in categories if row.parent is not None},
        "unit": {row.code: row.name for row in units},
    }
