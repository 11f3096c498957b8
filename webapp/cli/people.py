"""`aduan user`: accounts and appointments from the command line, above all the first Pengelola Sistem."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from webapp.cli.front import Front, answer
from webapp.cli.opened import one_transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_OPTIONS = {"nomor_sk": "--sk", "sampai": "--until", "unit": "--unit", "peran": "--role"}
_DATE = click.DateTime(["%Y-%m-%d"])


@click.group(cls=Front)
def user() -> None:
    """Orang dan penugasannya."""


@user.command()
@click.option("--name", required=True, help="Nama lengkap.")
@click.option("--contact", required=True, help="Alamat surel atau nomor HP untuk masuk.")
@click.option("--role", help="Peran: nama lajur dalam diagram, atau peran tetap seperti «Pengelola Sistem».")
@click.option("--unit", help="Kode unit kerja, bila peran itu milik satu unit.")
@click.option("--jabatan", default="", help="Jabatan yang tertulis bersama nama.")
@click.option("--jenis", type=click.Choice(["definitif", "plt", "plh"]), default="definitif",
              help="Pejabat definitif (bawaan), pelaksana tugas, atau pelaksana harian.")  # fmt: skip
@click.option("--sk", default="", help="Nomor SK atau surat tugas (wajib untuk Auditor).")
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="TANGGAL",
    help="Penugasan mulai (bawaan: hari ini).",
)
@click.option("--until", "valid_until", type=_DATE, metavar="2026-12-31",
              help="Hari terakhir penugasan (wajib untuk Auditor).")  # fmt: skip
@click.option("--password-stdin", is_flag=True, help="Baca kata sandi dari masukan standar.")
@click.option("--json", "as_json", is_flag=True, help="Jawaban untuk program.")
def add(  # noqa: PLR0913 - one parameter an option
    name: str,
    contact: str,
    role: str | None,
    unit: str | None,
    jabatan: str,
    jenis: str,
    sk: str,
    valid_from: datetime | None,
    valid_until: datetime | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Daftarkan orang, bila perlu dengan satu penugasan."""
    from engine.commands.accounts import give_appointment, register_account
    from engine.errors import Rejected
    from engine.queries.actors import ZONE

    now, password = datetime.now(UTC), _password(password_stdin)
    with one_transaction() as session:
        _check_role(session, role, unit)
        account = register_account(session, name=name, contact=contact, password=password, now=now)
        appointment = None
        if role is not None:
            try:
                appointment = give_appointment(
                    session, account, role=role, unit=unit, position=jabatan, kind=jenis, decree=sk, now=now,
                    valid_from=_day(valid_from) or now.astimezone(ZONE).date(), valid_until=_day(valid_until),
                )  # fmt: skip
            except Rejected as error:
                raise Rejected({_OPTIONS.get(name, name): told for name, told in error.errors.items()}) from None
    sentence = f"{name} terdaftar dan dapat masuk dengan {contact}"
    sentence += f", sebagai {jabatan or role}." if role else "."
    answer(sentence, {"account": account, "appointment": appointment}, as_json=as_json)


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Ulangi kata sandi", err=True))


def _check_role(session: Session, role: str | None, unit: str | None) -> None:
    """A role that no diagram knows, or without the unit it needs, would be an appointment to nothing."""
    from engine.access import FIXED_ROLES, lane_rights
    from engine.errors import Rejected

    if role is None:
        if unit is not None:
            raise Rejected({"--unit": "Unit hanya berlaku bersama --role."})
        return
    lanes = {name: lane for name, lane in lane_rights(session).items() if not lane.is_reporter}
    if role not in lanes and role not in FIXED_ROLES:
        raise Rejected({"--role": f"Peran «{role}» tidak dikenal. Yang ada: {', '.join([*lanes, *FIXED_ROLES])}."})
    if unit is None and role in lanes and lanes[role].unit_variable is not None:
        raise Rejected({"--unit": f"Peran «{role}» bekerja untuk satu unit; sebutkan kodenya."})
