"""How the command line speaks: Indonesian help, one sentence for every refusal, never a traceback."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

_HEADINGS = {"Options": "Pilihan", "Commands": "Perintah"}
_WORDS = {"[required]": "[wajib]", "Show this message and exit.": "Tampilkan keterangan ini."}
_USAGE = {"[OPTIONS]": "[PILIHAN]", "COMMAND [ARGS]...": "PERINTAH ..."}


class Formatter(click.HelpFormatter):
    """Help pages with Indonesian headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Begin the page."""
        super().write_usage(prog, _said(args, _USAGE), prefix or "Pemakaian: ")

    def write_heading(self, heading: str) -> None:
        """Begin a section."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options with what they mean."""
        super().write_dl([(option, _said(meaning, _WORDS)) for option, meaning in rows], col_max, col_spacing)


def _said(text: str, words: dict[str, str]) -> str:
    for theirs, ours in words.items():
        text = text.replace(theirs, ours)
    return text


click.Context.formatter_class = Formatter


class Front(click.Group):
    """A group of verbs. Exit status: 0 it held, 1 it did not hold, 2 wrong use."""

    def main(self, *args: Any, **keywords: Any) -> NoReturn:
        """Run a verb and end the program."""
        keywords["standalone_mode"] = False
        try:
            status = super().main(*args, **keywords)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            status = 2
        except Exception as error:  # whatever it is, the user reads a sentence
            status = _explain(error)
        sys.exit(status if isinstance(status, int) else 0)


Front.group_class = Front


def answer(sentence: str, facts: object, *, as_json: bool) -> None:
    """Print the result: a sentence for people, or the facts for machines."""
    click.echo(orjson.dumps(facts).decode() if as_json else sentence)


def complain(sentence: str) -> None:
    """Say on standard error what did not hold."""
    click.echo(sentence, err=True)


def _explain(error: Exception) -> int:
    """Say what happened; returns the exit status."""
    if isinstance(error, click.UsageError):
        return _explain_use(error)
    complain(_sentence(error) or _unexpected(error))
    return 2 if type(error).__name__ == "ValidationError" else 1


def _explain_use(error: click.UsageError) -> int:
    name = f"«{error.param.human_readable_name}»" if isinstance(error, click.BadParameter) and error.param else ""
    if isinstance(error, click.MissingParameter):
        sentence = f"{name} belum diisi."
    elif isinstance(error, click.NoSuchOption):
        sentence = f"Pilihan «{error.option_name}» tidak dikenal."
    elif isinstance(error, click.exceptions.NoSuchCommand):
        sentence = f"Perintah «{error.command_name}» tidak dikenal."
    elif isinstance(error, click.BadParameter):
        given = re.search(r"'(.*?)'", error.message)
        why = (
            "tidak ada atau tidak dapat dibaca"
            if error.param and isinstance(error.param.type, click.Path)
            else "keliru"
        )
        sentence = f"{name} {why}: {given[1] if given else error.message}"
    else:
        sentence = f"Perintah ini tidak lengkap atau keliru: {error.message}"
    complain(sentence)
    if error.ctx is not None:
        complain(f"Keterangan: {error.ctx.command_path} --help")
    return 2


def _sentence(error: Exception) -> str | None:
    """Our words for errors that we know."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from engine.errors import Refusal, Rejected

    if isinstance(error, Rejected):
        return "\n".join([error.message, *(f"  {name}: {each}" for name, each in error.errors.items())])
    if isinstance(error, Refusal | click.ClickException):
        return error.message
    if isinstance(error, click.Abort):
        return "Dibatalkan."
    if isinstance(error, ValidationError):
        wrong = ", ".join(f"ADUAN_{'_'.join(map(str, each['loc'])).upper()}" for each in error.errors())
        return f"Pengaturan ini tidak dapat dipakai: {wrong}. Artinya dijelaskan dalam docs/settings.md."
    if isinstance(error, ArgumentError) or str(error).startswith("ADUAN_DATABASE_URL"):
        return "ADUAN_DATABASE_URL tidak dapat dipakai. Contoh: postgresql://aduan@localhost/aduan"
    if isinstance(error, SQLAlchemyError):
        return f"Basis data tidak siap atau tidak dapat dihubungi. Coba dulu: aduan db upgrade\n  {_first_line(error)}"
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    return None


def _first_line(error: Exception) -> str:
    # The driver's own words, without the statement and its parameters: those may hold what people typed.
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]


def _unexpected(error: Exception) -> str:
    """An error of ours: the traceback goes to a file for whoever mends it."""
    path = Path(os.environ.get("ADUAN_VAR", "var")) / "galat.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return f"Ada kesalahan yang tidak terduga ({type(error).__name__})."
    return f"Ada kesalahan yang tidak terduga ({type(error).__name__}). Rinciannya ada di {path}."
