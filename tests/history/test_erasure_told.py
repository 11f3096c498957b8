"""A value may be empty only when a later event of its stream says that it was erased; what it names must be gone."""

import random

import pytest
from sqlalchemy import text

from engine.commands.cases import load_by_number, record_fact
from engine.commands.erase_case import erase_case
from engine.history.verify import Broken
from engine.store.models import Case
from tests.history.ledger import Ledger, refused

UNTOLD, STILL_THERE, UNLIKE = "dikosongkan tanpa peristiwa penghapusan", "tetapi masih ada", "tidak cocok dengan sidik"


@pytest.fixture
def case(ledger: Ledger) -> Case:
    """Closed and in the log."""
    found = ledger.office.finish(ledger.office.file_complaint())
    ledger.log()
    return found


def erase(ledger: Ledger, case: Case) -> int:
    """By the real command; returns how many values went."""
    office = ledger.office
    actor = office.actor("sistem")
    with office.transaction() as session:
        return erase_case(session, actor, case.number, "permintaan", now=office.now).values


def set_value(ledger: Ledger, case: Case, columns: str, name: str = "isi", **values: object) -> None:
    """Change a value of the second event, where the complaint's text stands, as a database administrator could."""
    sql = f"UPDATE event_value SET {columns} WHERE stream = :s AND seq = 2 AND name = :n"  # noqa: S608
    with ledger.forging() as connection:
        connection.execute(text(sql), {"s": f"kasus/{case.id}", "n": name, **values})


def found(ledger: Ledger, case: Case, log: bool = True) -> tuple[Broken | None, Broken | None]:
    """What the walk and the bundle say."""
    if log:
        ledger.log()
    return ledger.walk().broken, refused(lambda: ledger.check(ledger.bundle(case.number)))


def both_say(ledger: Ledger, case: Case, reason: str, log: bool = True) -> None:
    for broken in found(ledger, case, log):
        assert broken is not None and reason in broken.reason and broken.where == f"kasus/{case.id} nomor 2", broken


def tell(ledger: Ledger, case: Case, erased: object) -> None:
    """Append an erasure that takes nothing away."""
    office = ledger.office
    with office.transaction() as session:
        facts = {"actor": office.people["sistem"], "appointment": None, "channel": "web"}
        loaded = load_by_number(session, case.number)
        record_fact(session, loaded, "case_erased", office.now, facts | {"erased": erased, "files": []})


@pytest.mark.parametrize("logged", [False, True])
def test_an_erasure_that_was_told_holds_in_the_tail_and_in_the_log(ledger: Ledger, case: Case, logged: bool) -> None:
    gone = erase(ledger, case)
    assert gone and found(ledger, case, log=logged) == (None, None)
    assert ledger.walk().erased == ledger.check(ledger.bundle(case.number)).erased == gone
    assert ledger.findings() == []
    assert b"sampul rapor kelas empat" not in ledger.bundle(case.number)["events.jsonl"]


def test_an_emptied_value_that_no_erasure_names_is_found_at_its_event(ledger: Ledger, case: Case) -> None:
    set_value(ledger, case, "salt = NULL, value = NULL")
    both_say(ledger, case, UNTOLD)


def test_an_erasure_of_other_values_does_not_excuse_it(ledger: Ledger, case: Case) -> None:
    erase(ledger, case)
    set_value(ledger, case, "salt = NULL, value = NULL", name="kategori")
    both_say(ledger, case, f"«kategori» {UNTOLD}")


def test_an_erasure_in_another_case_does_not_excuse_it(ledger: Ledger, case: Case) -> None:
    other = ledger.office.finish(ledger.office.file_complaint())
    set_value(ledger, case, "salt = NULL, value = NULL")
    erase(ledger, other)
    both_say(ledger, case, UNTOLD)


def test_an_erasure_that_comes_before_the_value_does_not_excuse_it(ledger: Ledger) -> None:
    """Named in advance: at that event nothing is empty yet."""
    case = ledger.office.file_complaint()
    tell(ledger, case, {"4": ["catatan"]})
    with ledger.forging() as connection:
        connection.execute(text("UPDATE event_value SET salt = NULL, value = NULL WHERE seq = 4"))
    ledger.log()
    broken = ledger.walk().broken
    assert broken is not None and STILL_THERE in broken.reason


@pytest.mark.parametrize("left", ["salt", "value"])
def test_half_an_erasure_is_found(ledger: Ledger, case: Case, left: str) -> None:
    set_value(ledger, case, f"{left} = NULL")
    both_say(ledger, case, UNLIKE)


def test_a_value_put_back_after_its_erasure_is_found(ledger: Ledger, case: Case) -> None:
    """Salt and text are the true ones, from an old backup."""
    before = ledger.office.stored_values(case, 2)["isi"]
    erase(ledger, case)
    set_value(ledger, case, "salt = :salt, value = :value", salt=before.salt, value=before.value)
    both_say(ledger, case, f"«isi» dicatat terhapus, {STILL_THERE}", log=False)
    both_say(ledger, case, f"«isi» dicatat terhapus, {STILL_THERE}")


@pytest.mark.parametrize("erased", [None, ["isi"], {"2": None}, {"2": [["isi"]]}, {"2": "isi"}, 7])
def test_an_erasure_of_another_form_is_a_finding_and_no_crash(ledger: Ledger, case: Case, erased: object) -> None:
    tell(ledger, case, erased)
    assert None not in found(ledger, case)


def test_values_of_no_event_are_found(ledger: Ledger, case: Case, rng: random.Random) -> None:
    stray = (f"kasus/{rng.randbytes(16).hex()}", f"kasus/{case.id}")
    for stream in stray:
        with ledger.forging() as connection:
            sql = "INSERT INTO event_value VALUES (:s, 99, 'isi', NULL, NULL)"
            connection.execute(text(sql), {"s": stream})
        broken = ledger.walk().broken
        assert broken is not None and broken.where == "event_value"
        with ledger.forging() as connection:
            connection.execute(text("DELETE FROM event_value WHERE seq = 99"))
    assert ledger.walk().broken is None
