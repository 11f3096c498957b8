"""The least a post could cost: a bare Flask view with one SELECT, one UPDATE, one INSERT and COMMIT."""

from __future__ import annotations

from flask import Flask, request
from sqlalchemy import insert, select, update
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from bench.ways import BARE, BARE_LOG
from engine.settings import load_settings
from engine.store.database import open_database

app = Flask(__name__)
database = open_database(load_settings().database)


@app.get("/healthz")
def health() -> str:
    """Says that the server answers; also keeps a connection open between two posts."""
    return "ok"


@app.post("/langkah/<case>")
def step(case: str) -> Response:
    """Reads the form, writes, and sends the browser on, as a task's page does."""
    body = "&".join(f"{name}={text}" for name, text in request.form.items()).encode()
    with database.begin() as connection:
        row = connection.execute(select(BARE.c.state, BARE.c.rev).where(BARE.c.id == case)).one()
        connection.execute(update(BARE).where(BARE.c.id == case).values(state=row.state, rev=row.rev + 1))
        connection.execute(insert(BARE_LOG), {"case_id": case, "body": body})
    return redirect("/", code=303)
