"""The login form as a page, also in place of another page whose post arrived without a session."""

from __future__ import annotations

from flask import render_template

from engine.process.forms import Field
from webapp.cli.demo.stories import people
from webapp.context import settings

LOGIN_FIELDS = (
    Field("akun", "Surel atau nomor HP", required=True, autocomplete="username", inputmode="email"),
    Field("sandi", "Kata sandi", widget="password", required=True, autocomplete="current-password"),
)


def login_page(
    values: dict[str, str], errors: dict[str, str], *, lanjut: str = "", isian: str = "", berakhir: bool = False
) -> str:
    """Draw it. `lanjut` is where to go after the login, `isian` an interrupted post (webapp.resume.pack)."""
    return render_template(
        "accounts/masuk.html",
        fields=LOGIN_FIELDS,
        values=values,
        errors=errors,
        lanjut=lanjut,
        isian=isian,
        berakhir=berakhir,
        demo=_demo_accounts() if settings().demo else [],
    )


def _demo_accounts() -> list[tuple[str, str]]:
    """Address and role of every demo account that the page may show."""
    return [(person.email, person.title) for person in people() if person.shown]
