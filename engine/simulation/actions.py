"""What a person does in a simulation: fills a form, moves the clock. Knows no diagram."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine.worktime import WIB

MAX_ACTIONS = 300
MAX_TEXT = 20_000  # characters of one answer; forms take no longer ones either
MAX_TEXTS = 50  # of one field
MAX_FIELDS = 100
MAX_ALL = 400_000  # characters of all answers together
_WRITTEN = re.compile(r"([0-9]{2})[/-]([0-9]{2})[/-]([0-9]{4})[ ,]+([0-9]{2})[.:]([0-9]{2})")
_YEARS = range(2000, 2200)


@dataclass(frozen=True)
class Fill:
    """The form of an open task is sent. `task` counts the open tasks of one element, for those that are repeated."""

    element: str
    values: dict[str, list[str]] = field(default_factory=dict, hash=False)
    task: int = 0


@dataclass(frozen=True)
class Wait:
    """The clock is moved to an instant."""

    until: datetime


Action = Fill | Wait


def read_actions(raw: Any) -> list[Action]:
    """Actions from plain data: {"isi", "nilai", "task"} or {"waktu"}. Raises ValueError with an Indonesian sentence."""
    if not isinstance(raw, list):
        raise ValueError("Langkah simulasi harus berupa daftar.")
    if len(raw) > MAX_ACTIONS:
        raise ValueError(f"Simulasi paling banyak {MAX_ACTIONS} langkah. Mulai lagi dari awal.")
    actions = [_action(each) for each in raw]
    size = sum(
        len(text) for each in actions if isinstance(each, Fill) for texts in each.values.values() for text in texts
    )
    if size > MAX_ALL:
        raise ValueError("Isian simulasi terlalu banyak. Pakai isian yang lebih pendek.")
    return actions


def _action(raw: Any) -> Action:
    if isinstance(raw, dict) and isinstance(raw.get("isi"), str) and len(raw["isi"]) <= MAX_TEXT:
        index = raw.get("task", 0)
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < 1000:
            raise ValueError("Nomor ulangan tugas tidak terbaca.")
        return Fill(raw["isi"], _values(raw.get("nilai", {})), index)
    if isinstance(raw, dict) and isinstance(raw.get("waktu"), str):
        return Wait(read_instant(raw["waktu"]))
    raise ValueError("Ada langkah simulasi yang tidak terbaca. Mulai lagi dari awal.")


def _values(raw: Any) -> dict[str, list[str]]:
    if not isinstance(raw, dict) or len(raw) > MAX_FIELDS:
        raise ValueError("Isian formulir tidak terbaca.")
    return {str(name): _texts(value) for name, value in raw.items()}


def _texts(raw: Any) -> list[str]:
    texts = raw if isinstance(raw, list) else [raw]
    if len(texts) > MAX_TEXTS or not all(isinstance(each, str) and len(each) <= MAX_TEXT for each in texts):
        raise ValueError("Ada isian formulir yang bukan tulisan atau terlalu panjang.")
    return list(texts)


def read_instant(text: str) -> datetime:
    """An instant from ISO text or as people write it ("24/11/2026 10.27"); without a zone it is office time.

    Raises ValueError.
    """
    try:
        at = datetime.fromisoformat(_WRITTEN.sub(r"\3-\2-\1T\4:\5", text.strip()))
        at = (at if at.tzinfo else at.replace(tzinfo=WIB)).astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year not in _YEARS:
        raise ValueError("Tanggal atau jam simulasi tidak terbaca.")
    return at


def plain(actions: Sequence[Action]) -> list[dict[str, Any]]:
    """Actions as plain data, as `read_actions` reads them."""
    return [
        {"waktu": each.until.isoformat()}
        if isinstance(each, Wait)
        else {"isi": each.element, "nilai": each.values} | ({"task": each.task} if each.task else {})
        for each in actions
    ]
