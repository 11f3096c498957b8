"""Fills the tables of units and categories on a first start, from data files; changes nothing that exists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.store.models import Category, Unit

SEED = Path(__file__).parent.parent / "store" / "seed"


def seed_tables(session: Session) -> None:
    """Units and categories, each only when its table is empty."""
    if session.scalar(select(Unit.code).limit(1)) is None:
        rows = [
            {"code": each["kode"], "name": each["nama"], "short_name": each["singkatan"], "sort": index, "active": True}
            for index, each in enumerate(_read("unit.json"))
        ]
        session.execute(insert(Unit), rows)
    if session.scalar(select(Category.code).limit(1)) is None:
        categories = _read("kategori.json")
        session.execute(insert(Category), [_category(each, None, i) for i, each in enumerate(categories)])
        for category in categories:
            inner = category["subkategori"]
            session.execute(insert(Category), [_category(each, category["kode"], i) for i, each in enumerate(inner)])


def _read(name: str) -> Any:
    return json.loads((SEED / name).read_text(encoding="utf-8"))


def _category(entry: dict[str, Any], parent: str | None, index: int) -> dict[str, Any]:
    return {"code": entry["kode"], "parent": parent, "name": entry["nama"], "sort": index, "active": True}
