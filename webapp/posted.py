"""From a post to what a form can clean: texts, and files that are staged at once so that they survive a mistake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from engine.commands.attachments import receive_file
from engine.files import MAX_BYTES, FileRefused
from engine.process.forms import Cleaned, Form
from engine.queries.choices import tables
from engine.store.models import Attachment
from webapp.context import database, now, settings, visitor_or_actor
from webapp.typed import in_words

TOKEN_AGE = 24 * 3600  # seconds a staged file can be named by its token


@dataclass
class Posted:
    """A post as one form sees it."""

    form: Form
    texts: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # received files, for the page
    errors: dict[str, str] = field(default_factory=dict)  # refused files

    @property
    def typed(self) -> dict[str, str | list[str]]:
        """What to show again in the fields; a list where several choices may be ticked."""
        several = self.form.list_fields
        return {
            name: texts if name in several else texts[0]
            for name, texts in self.texts.items()
            if texts and name not in self.form.file_fields
        }

    def clean(self) -> Cleaned:
        """Values that fit, or messages by field, refused files included."""
        with database() as session:
            cleaned = self.form.clean(self.texts, tables(session, self.form.tables))
        return Cleaned(cleaned.values, {**cleaned.errors, **self.errors})

    def copy(self) -> list[tuple[str, str]]:
        """Titles and texts, so that a page can give back what was typed."""
        pairs = ((name, text) for name, given in self.typed.items() for text in _each(given))
        return in_words(pairs, self.form)


def _each(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def new_key() -> str:
    """A `_kunci` for a fresh form."""
    return uuid4().hex


def posted_key() -> str | None:
    """The post's `_kunci`; nonsense counts as none."""
    key = request.form.get("_kunci", "")
    return key if key.isalnum() and 8 <= len(key) <= 64 else None


def read_post(form: Form, beside: tuple[str, ...] = ()) -> Posted:
    """Read the current post. `beside` names fields of the page that are not the form's."""
    posted = Posted(form)
    for name, texts in request.form.lists():
        own = name not in beside or name in form.properties
        if own and not name.startswith("_") and name != "csrf_token" and name not in form.file_fields:
            posted.texts[name] = texts
    for name in form.file_fields:
        _read_files(posted, name)
    return posted


def _read_files(posted: Posted, name: str) -> None:
    ids = _kept_ids(name)
    refused = []
    for file in request.files.getlist(name):
        if file.filename:
            try:
                ids.append(stage(name, file))
            except FileRefused as error:
                refused.append(str(error))
    if ids:
        posted.texts[name] = ids
        posted.kept[name] = _describe(ids)
    if refused:
        posted.errors[name] = " ".join(refused)


def stage(field_name: str, file: FileStorage) -> str:
    """Receive one file and commit it; returns its id. Raises FileRefused."""
    data = file.stream.read(MAX_BYTES + 1)
    file.close()
    actor = visitor_or_actor()
    with database() as session:
        return receive_file(
            session, settings().files, field=field_name, name=file.filename or "berkas", data=data,
            account_id=actor.account_id if actor else None, now=now(),
        )  # fmt: skip


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="berkas")


def token_of(file_id: str) -> str:
    """What a page carries for a staged file: nobody can name a file that he did not send."""
    return str(_signer().dumps(file_id))


def _kept_ids(name: str) -> list[str]:
    dropped = set(request.form.getlist(f"_hapus_{name}"))
    ids = []
    for token in request.form.getlist(f"_berkas_{name}"):
        if token in dropped:
            continue
        try:
            ids.append(str(_signer().loads(token, max_age=TOKEN_AGE)))
        except BadSignature:
            continue
    return list(dict.fromkeys(ids))


def _describe(ids: list[str]) -> list[dict[str, Any]]:
    with database() as session:
        rows = {row.id: row for row in session.scalars(select(Attachment).where(Attachment.id.in_(ids)))}
    return [{"token": token_of(each), "name": rows[each].name, "size": rows[each].size} for each in ids if each in rows]
