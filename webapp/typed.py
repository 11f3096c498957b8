"""What was typed, in the words of its form, so that a page can give it back."""

from __future__ import annotations

from collections.abc import Iterable

from engine.process.forms import Form
from engine.queries.choices import tables
from engine.store.deployments import all_deployed
from webapp.context import database

Pairs = list[tuple[str, str]]
OTHERS = {"akun": "Surel atau nomor HP", "nama": "Nama", "kanal": "Diterima melalui"}


def in_words(pairs: Iterable[tuple[str, str]], form: Form | None = None) -> Pairs:
    """Titles and labels for names and codes; control fields and empty texts are left out.

    Without a form, the newest one that has the field gives the words.
    """
    shown: Pairs = []
    with database() as session:
        forms = [form] if form else [each for version in all_deployed(session)[::-1] for each in version.forms.values()]
        for name, text in pairs:
            if name.startswith("_") or not text.strip():
                continue
            known = next((each for each in forms if name in each.properties), None)
            words = known.worded(name, text, tables(session, known.tables)) if known else (OTHERS.get(name, name), text)
            shown.append(words)
    return shown
