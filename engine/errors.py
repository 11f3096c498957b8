"""The refusal family: why a command did not happen, in words that a user can read; knows no HTTP."""

from __future__ import annotations

from datetime import datetime


class Refusal(Exception):
    """A command that was refused. `message` is one Indonesian sentence; nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """It does not exist, or it is not yours to see: the two look the same on purpose."""

    def __init__(self, message: str = "Halaman tidak ada, atau Anda tidak berhak membukanya.") -> None:
        super().__init__(message)


class NotAllowed(Refusal):
    """It may be seen, but this actor may not do this to it."""


class Conflict(Refusal):
    """Someone else was first. `by` and `at` tell who finished it and when, as far as the reader may know."""

    def __init__(self, message: str, by: str | None = None, at: datetime | None = None) -> None:
        super().__init__(message)
        self.by = by
        self.at = at


class TooLate(Conflict):
    """A timer that was due went first and ended what was to be done. Unlike other refusals what was written stands."""


class Rejected(Refusal):
    """The input does not fit. `errors` maps a field's name to an Indonesian message."""

    def __init__(self, errors: dict[str, str], message: str = "Ada isian yang perlu diperbaiki.") -> None:
        super().__init__(message)
        self.errors = errors


class Incident(Refusal):
    """The case cannot go on: what is stored does not match, or the diagram has no way ahead. `code` says which."""

    def __init__(self, message: str, code: str = "failed") -> None:
        super().__init__(message)
        self.code = code
