"""Which route is for whom. A route without a mark is refused, so that forgetting it cannot open a door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.access import ADMINISTRATOR, AUDITOR, LEADER, PROCESS_OWNER, Actor, Rights, held_with

View = TypeVar("View", bound=Callable[..., Any])
Allowed = Callable[[Actor, Rights], bool]


def public(view: View) -> View:
    """Anyone, visitors too. The list of these stands in tests/webapp/public_routes.txt."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def needs(allowed: Allowed) -> Callable[[View], View]:
    """Only logged-in people for whom `allowed` holds; for others the page does not exist."""

    def mark(view: View) -> View:
        view.access = allowed  # type: ignore[attr-defined]
        return view

    return mark


def own_matters(view: View) -> View:
    """A post that touches nothing but the person's own session, password or messages, or that only reads a lot: open
    to auditors, too.
    """
    view.own_matters = True  # type: ignore[attr-defined]
    return view


def anyone_logged_in(actor: Actor, _rights: Rights) -> bool:
    """Everyone with an account; what they see is scoped by the query."""
    return bool(actor.account_id)


def staff(actor: Actor, _rights: Rights) -> bool:
    """Whoever holds an appointment."""
    return bool(actor.held)


def oversight(actor: Actor, rights: Rights) -> bool:
    """Reads figures over all cases: Pimpinan, Auditor, and the role that directs the work (`memindah`)."""
    return actor.holds(LEADER, AUDITOR) or held_with(actor, rights, "moves") is not None


def auditor(actor: Actor, _rights: Rights) -> bool:
    """Auditors."""
    return actor.holds(AUDITOR)


def process_owner(actor: Actor, _rights: Rights) -> bool:
    """Pemilik Proses."""
    return actor.holds(PROCESS_OWNER)


def administrator(actor: Actor, _rights: Rights) -> bool:
    """Pengelola Sistem."""
    return actor.holds(ADMINISTRATOR)


def sees_cases(actor: Actor, rights: Rights) -> bool:
    """Has a list of cases beyond the own ones."""
    by_lane = any(rights[role].sees in ("semua", "unit") for role in actor.roles if role in rights)
    return by_lane or (bool(actor.held) and not actor.roles <= {ADMINISTRATOR})
