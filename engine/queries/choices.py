"""Choices that forms take from tables by name (`x-pilihan`)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.process.forms import Choice
from engine.store.labels import labels
from engine.store.models import Category, Unit

__all__ = ["choices", "labels", "tables"]


def choices(session: Session, table: str) -> list[Choice]:
    """Active choices of one table, in order. An unknown name has none."""
    read = {"kategori": _categories, "subkategori": _subcategories, "unit": _units}.get(table)
    return read(session) if read else []


def tables(session: Session, names: Iterable[str]) -> dict[str, list[Choice]]:
    """Several tables at once, for `Form.fields` and `Form.clean`."""
    return {name: choices(session, name) for name in names}


def _categories(session: Session) -> list[Choice]:
    rows = session.scalars(select(Category).where(Category.parent.is_(None), Category.active).order_by(Category.sort))
    return [Choice(row.code, row.name) for row in rows]


def _subcategories(session: Session) -> list[Choice]:
    parents = _categories(session)
    rows = session.scalars(
        select(Category).where(Category.parent.is_not(None), Category.active).order_by(Category.sort)
    )
    by_parent: dict[str, list[Category]] = {}
    for row in rows:
        by_parent.setdefault(row.parent or "", []).append(row)
    return [
        Choice(row.code, row.name, parent=parent.value, group=parent.label)
        for parent in parents
        for row in by_parent.get(parent.value, [])
    ]


def _units(session: Session) -> list[Choice]:
    rows = session.scalars(select(Unit).where(Unit.active).order_by(Unit.sort))
    return [Choice(row.code, row.name) for row in rows]
