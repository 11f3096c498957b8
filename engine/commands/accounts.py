"""People and their appointments: register, appoint, end an appointment, log in and out."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from engine.access import AUDITOR
from engine.commands.streams import append
from engine.contact import contact_of
from engine.errors import NotFound, Rejected
from engine.store.models import Account, Appointment, LoginAttempt, LoginSession, Unit

SESSION_DAYS = 14
MIN_PASSWORD = 8
MIN_NAME, MAX_NAME = 2, 100
MAX_PASSWORD = 200  # Argon2 on longer ones would be a way to keep the server busy
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_NOBODY = _hasher.hash("kata sandi yang tidak pernah dipakai")  # so that an unknown account costs the same time


def register_account(
    session: Session, *, name: str, contact: str, password: str | None, now: datetime, actor: str | None = None
) -> str:
    """Create an account with an e-mail address or telephone number as `contact`; returns its id.

    Without a password nobody can log in to it (filed at the counter). Raises Rejected at `nama`, `akun`, `sandi`.
    """
    errors = person_errors(session, name=name, contact=contact, password=password)
    if errors:
        raise Rejected(errors)
    email, phone = contact_of(contact)
    account_id = uuid4().hex
    hashed = _hasher.hash(password) if password is not None else None
    row = {"id": account_id, "name": name.strip(), "email": email, "phone": phone, "password_hash": hashed,
           "active": True, "created_at": now}  # fmt: skip
    session.execute(insert(Account), row)
    append(session, f"akun/{account_id}", "account_registered", now, {"actor": actor or account_id})
    return account_id


def person_errors(session: Session, *, name: str, contact: str, password: str | None) -> dict[str, str]:
    """What registration would refuse, by field `nama`, `akun`, `sandi`; writes nothing."""
    email, phone = contact_of(contact)
    errors: dict[str, str] = {}
    if not MIN_NAME <= len(name.strip()) <= MAX_NAME:
        errors["nama"] = f"Tulis nama {MIN_NAME} sampai {MAX_NAME} huruf."
    if not (email or phone) and (contact.strip() or password is not None):
        errors["akun"] = "Tulis alamat surel atau nomor HP yang benar."
    elif _taken(session, email, phone):
        errors["akun"] = (
            "Surel atau nomor ini sudah terdaftar. Masuk dengan kata sandi Anda. Bila tidak punya atau lupa, "
            "minta kata sandi baru di loket."
        )
    if password is not None and not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        errors["sandi"] = f"Kata sandi paling sedikit {MIN_PASSWORD} huruf atau angka."
    return errors


def _taken(session: Session, email: str | None, phone: str | None) -> bool:
    same = [Account.email == email] if email else []
    same += [Account.phone == phone] if phone else []
    return bool(same) and session.scalar(select(Account.id).where(or_(*same))) is not None


def give_appointment(
    session: Session,
    account_id: str,
    *,
    role: str,
    now: datetime,
    valid_from: date,
    valid_until: date | None = None,
    unit: str | None = None,
    position: str = "",
    kind: str = "definitif",
    decree: str = "",
    actor: str | None = None,
) -> str:
    """Appoint a person to a role; returns the appointment's id. Raises NotFound, Rejected.

    An auditor needs the number of a surat tugas and its last day, and holds no other role on those days.
    """
    if session.get(Account, account_id) is None:
        raise NotFound
    if kind not in ("definitif", "plt", "plh"):
        raise Rejected({"jenis": "Pilih definitif, Plt., atau Plh."})
    if unit is not None and session.get(Unit, unit) is None:
        raise Rejected({"unit": f"Unit «{unit}» tidak dikenal."})
    if valid_until is not None and valid_until < valid_from:
        raise Rejected({"sampai": "Tanggal akhir mendahului tanggal mulai."})
    _check_auditing(session, account_id, role, decree, valid_from, valid_until)
    appointment_id = uuid4().hex
    row = {"id": appointment_id, "account_id": account_id, "role": role, "unit": unit, "position": position or role,
           "kind": kind, "decree": decree, "valid_from": valid_from, "valid_until": valid_until}  # fmt: skip
    session.execute(insert(Appointment), row)
    facts = {"actor": actor, "appointment_given": row | {"valid_from": valid_from.isoformat(),
             "valid_until": valid_until.isoformat() if valid_until else None}}  # fmt: skip
    append(session, f"akun/{account_id}", "appointment_given", now, facts)
    return appointment_id


def _check_auditing(
    session: Session, account_id: str, role: str, decree: str, valid_from: date, valid_until: date | None
) -> None:
    """Who audits does so by a surat tugas that ends, and is not of those who are audited. Raises Rejected."""
    errors: dict[str, str] = {}
    if role == AUDITOR and not decree.strip():
        errors["nomor_sk"] = "Auditor bertugas dengan surat tugas: tulis nomornya."
    if role == AUDITOR and valid_until is None:
        errors["sampai"] = "Auditor bertugas sampai hari terakhir surat tugasnya: tulis tanggalnya."
    same_days = [Appointment.account_id == account_id, or_(Appointment.valid_until.is_(None),
                 Appointment.valid_until >= valid_from)]  # fmt: skip
    if valid_until is not None:
        same_days.append(Appointment.valid_from <= valid_until)
    others = set(session.scalars(select(Appointment.role).where(*same_days)))
    if others - {AUDITOR} if role == AUDITOR else AUDITOR in others:
        errors["peran"] = "Auditor tidak memegang peran lain pada hari-hari yang sama, dan sebaliknya."
    if errors:
        raise Rejected(errors)


def end_appointment(session: Session, appointment_id: str, *, last_day: date, now: datetime, actor: str) -> None:
    """Let an appointment end on a day. Raises NotFound."""
    row = session.get(Appointment, appointment_id)
    if row is None:
        raise NotFound
    changed = update(Appointment).where(Appointment.id == appointment_id).values(valid_until=last_day)
    session.execute(changed)
    facts = {"actor": actor, "appointment_ended": appointment_id, "last_day": last_day.isoformat()}
    append(session, f"akun/{row.account_id}", "appointment_ended", now, facts)


def check_password(session: Session, login: str, password: str) -> str | None:
    """Id of the active account with this e-mail or telephone number and password, else None, in the same time."""
    email, phone = contact_of(login)
    by = Account.email == email if email else Account.phone == phone
    account = session.scalar(select(Account).where(by, Account.active)) if email or phone else None
    hashed = account.password_hash if account is not None else None
    return account.id if _matches(hashed, password) and account is not None else None


def _matches(hashed: str | None, password: str) -> bool:
    """Argon2's answer; without a hash it is no, after the same time."""
    try:
        _hasher.verify(hashed or _NOBODY, password[:MAX_PASSWORD])
    except VerificationError:
        return False
    return hashed is not None


def set_password(session: Session, account_id: str, password: str, *, now: datetime, actor: str) -> None:
    """Give an account a new password; every session of it ends. Raises NotFound, Rejected at `sandi`."""
    if session.get(Account, account_id) is None:
        raise NotFound
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Rejected({"sandi": f"Kata sandi paling sedikit {MIN_PASSWORD} huruf atau angka."})
    changed = update(Account).where(Account.id == account_id).values(password_hash=_hasher.hash(password))
    session.execute(changed)
    session.execute(delete(LoginSession).where(LoginSession.account_id == account_id))
    append(session, f"akun/{account_id}", "credentials_reset", now, {"actor": actor})


def knows_password(session: Session, account_id: str, password: str) -> bool:
    """Whether this is the account's password."""
    hashed = session.scalar(select(Account.password_hash).where(Account.id == account_id, Account.active))
    return _matches(hashed, password)


def start_session(session: Session, account_id: str, now: datetime) -> str:
    """Log in; returns the opaque id for the browser, of which only the hash is stored."""
    token = secrets.token_urlsafe(32)
    expires = now + timedelta(days=SESSION_DAYS)
    row = {"id_hash": LoginSession.hash_of(token), "account_id": account_id, "created_at": now, "expires_at": expires}
    session.execute(insert(LoginSession), row)
    return token


def end_session(session: Session, token: str) -> None:
    """Log out: the id is worth nothing from now on."""
    session.execute(delete(LoginSession).where(LoginSession.id_hash == LoginSession.hash_of(token)))


def note_attempt(session: Session, key: str, now: datetime) -> None:
    """Count one act that is limited per window, and forget old ones."""
    session.execute(insert(LoginAttempt), {"key": key, "at": now})
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - timedelta(days=1)))


def attempts_since(session: Session, key: str, since: datetime) -> int:
    """How often it was counted since then."""
    statement = select(func.count()).select_from(LoginAttempt)
    return session.scalar(statement.where(LoginAttempt.key == key, LoginAttempt.at >= since)) or 0
