"""The reason that a person gives for acting beside the diagram: how long it must and may be."""

from __future__ import annotations

from engine.errors import Rejected

MIN_REASON, MAX_REASON = 10, 1000  # characters


def reason_errors(reason: str, *, required: bool = True) -> dict[str, str]:
    """What is wrong with a reason, by field."""
    length = len(reason.strip())
    if length > MAX_REASON:
        return {"alasan": f"Alasan paling banyak {MAX_REASON} huruf."}
    if required and length < MIN_REASON:
        return {"alasan": f"Tulis alasan paling sedikit {MIN_REASON} huruf."}
    return {}


def check_reason(reason: str, *, required: bool = True, **others: str | None) -> None:
    """Raises Rejected when the reason does not fit, together with messages found for other fields."""
    errors = {name: message for name, message in others.items() if message}
    errors |= reason_errors(reason, required=required)
    if errors:
        raise Rejected(errors)


def as_value(reason: str) -> dict[str, str]:
    """The reason as a value of an event; nothing when none was given."""
    return {"alasan": reason.strip()} if reason.strip() else {}
