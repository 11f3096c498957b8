"""A changed SOP: proposed by one, decided by another, in force at once or on its day; one winner, nothing half done."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.event import listen, remove

from engine.commands.deploy import NotDeployable
from engine.commands.drafts import begin_draft, save_draft
from engine.commands.proposals import approve, propose, return_proposal, withdraw_proposal
from engine.errors import Conflict, NotFound, Refusal, Rejected
from engine.queries.proposals import ProposalRow, proposal, proposals
from engine.store.database import transaction
from engine.store.deployments import latest_deployed
from engine.store.drafts import draft
from engine.store.models import Event
from engine.worker.rounds import DUTIES
from tests.engine.office import PROCESS, SOP, Office

FASTER = SOP.read_text().replace('name="waktu" value="3 hari"', 'name="waktu" value="2 hari"').encode()


@pytest.fixture
def pair(office: Office) -> Office:
    office.hire("kedua", "Pemilik Proses")
    return office


def drafted(office: Office, xml: bytes = FASTER) -> int:
    with office.transaction() as session:
        return begin_draft(session, office.actor("pemilik"), PROCESS, now=office.now, xml=xml)


def proposed(office: Office, xml: bytes = FASTER, **more: Any) -> int:
    made = drafted(office, xml)
    with office.transaction() as session:
        return propose(session, office.actor("pemilik"), PROCESS, made, 1, reason="Tiga hari terlalu lama.",
                       now=office.now, **more)  # fmt: skip


def decided(office: Office, who: str, proposal_id: int) -> Any:
    with office.transaction() as session:
        return approve(session, office.actor(who), proposal_id, now=office.now)


def stored(office: Office, proposal_id: int) -> ProposalRow:
    with transaction(office.engine) as session:
        return proposal(session, PROCESS, proposal_id)


def in_force(office: Office) -> int:
    with transaction(office.engine) as session:
        return latest_deployed(session, PROCESS).number


def types(office: Office) -> list[str]:
    with transaction(office.engine) as session:
        bodies = session.scalars(select(Event.body).where(Event.stream == f"proses/{PROCESS}").order_by(Event.seq))
        return [orjson.loads(each)["type"] for each in bodies]


def test_another_person_approves_and_it_is_in_force(pair: Office) -> None:
    made = proposed(pair)
    done = decided(pair, "kedua", made)
    assert (done.number, in_force(pair)) == (2, 2)
    assert types(pair)[-3:] == ["draft_proposed", "draft_approved", "process_deployed"]
    row = stored(pair, made)
    assert (row.state, row.number, row.proposer, row.decider) == ("in_force", 2, "Pemilik", "Kedua")
    with transaction(pair.engine) as session:
        assert latest_deployed(session, PROCESS).xml == FASTER
        body = orjson.loads(session.scalars(select(Event.body).where(Event.body.contains(b"process_deployed"))
                                            .order_by(Event.id.desc())).first())  # fmt: skip
    assert (body["actor"], body["author"]) == (pair.people["kedua"], pair.people["pemilik"])


def test_running_cases_stay_on_their_version(pair: Office) -> None:
    before = pair.open().case_id
    decided(pair, "kedua", proposed(pair))
    after = pair.open().case_id
    assert pair.case(before).deployment_id != pair.case(after).deployment_id


def test_nobody_approves_or_returns_an_own_proposal(pair: Office) -> None:
    made = proposed(pair)
    with pytest.raises(Rejected, match="orang lain"):
        decided(pair, "pemilik", made)
    with pytest.raises(Rejected), pair.transaction() as session:
        return_proposal(session, pair.actor("pemilik"), made, comment="Tidak.", now=pair.now)
    assert (in_force(pair), stored(pair, made).state) == (1, "waiting")


@pytest.mark.parametrize("who", ["dewi", "hasan", "auditor", "kepala", "sistem", "siti"])
def test_for_other_roles_there_is_nothing(pair: Office, who: str) -> None:
    made = proposed(pair)
    with pytest.raises(NotFound):
        decided(pair, who, made)


def test_returned_it_can_be_mended_and_proposed_again(pair: Office) -> None:
    made = proposed(pair)
    with pair.transaction() as session:
        return_proposal(session, pair.actor("kedua"), made, comment="Dua hari terlalu singkat.", now=pair.now)
    row = stored(pair, made)
    assert (row.state, row.comment) == ("returned", "Dua hari terlalu singkat.")
    better = FASTER.replace(b'value="2 hari"', b'value="4 hari"')
    with pair.transaction() as session:
        rev = save_draft(session, pair.actor("pemilik"), PROCESS, row.draft_id, 1, xml=better, now=pair.now)
        again = propose(session, pair.actor("pemilik"), PROCESS, row.draft_id, rev, reason="Empat.", now=pair.now)
    assert decided(pair, "kedua", again).number == 2
    assert types(pair)[-5:] == [
        "draft_proposed", "draft_returned", "draft_proposed", "draft_approved", "process_deployed",
    ]  # fmt: skip


def test_while_proposed_a_draft_rests_and_the_proposer_may_take_it_back(pair: Office) -> None:
    made = proposed(pair)
    row = stored(pair, made)
    with pytest.raises(Conflict, match="diusulkan"), pair.transaction() as session:
        save_draft(session, pair.actor("pemilik"), PROCESS, row.draft_id, 1, xml=SOP.read_bytes(), now=pair.now)
    with pytest.raises(NotFound), pair.transaction() as session:
        withdraw_proposal(session, pair.actor("kedua"), made, now=pair.now)
    with pair.transaction() as session:
        withdraw_proposal(session, pair.actor("pemilik"), made, now=pair.now)
    with transaction(pair.engine) as session:
        assert draft(session, PROCESS, row.draft_id).draft.open
    with pytest.raises(Conflict, match="sudah diputuskan"):
        decided(pair, "kedua", made)


def test_what_the_gate_refuses_is_not_proposed(pair: Office) -> None:
    made = drafted(pair, FASTER.replace(b'value="2 hari"', b'value="sebentar"'))
    with pytest.raises(NotDeployable), pair.transaction() as session:
        propose(session, pair.actor("pemilik"), PROCESS, made, 1, reason="Coba.", now=pair.now)
    assert types(pair) == ["process_deployed"]


def test_what_changed_nothing_or_gives_no_reason_or_is_late_is_refused(pair: Office) -> None:
    same, made = drafted(pair, SOP.read_bytes()), drafted(pair)
    yesterday = (pair.now - timedelta(days=1)).date()
    for number, reason, day in ((same, "Ya.", None), (made, "  \n ", None), (made, "a" * 3000, None),
                                (made, "Ya.", yesterday), (made, "a\x07b", None)):  # fmt: skip
        with pytest.raises(Rejected), pair.transaction() as session:
            propose(session, pair.actor("pemilik"), PROCESS, number, 1, reason=reason, effective_on=day, now=pair.now)
    with pytest.raises(Conflict), pair.transaction() as session:
        propose(session, pair.actor("pemilik"), PROCESS, made, 2, reason="Ya.", now=pair.now)


def test_a_later_day_is_kept_by_the_worker(pair: Office, tmp_path: Any) -> None:
    day = (pair.now + timedelta(days=3)).date()
    made = proposed(pair, effective_on=day)
    assert decided(pair, "kedua", made) is None
    run = DUTIES["deploy"].run
    run(pair.engine, None, pair.now)
    assert (in_force(pair), stored(pair, made).state) == (1, "approved")
    midnight = (pair.now + timedelta(days=3)).replace(hour=17, minute=0, second=0) - timedelta(days=1)
    run(pair.engine, None, midnight - timedelta(seconds=1))
    assert in_force(pair) == 1
    run(pair.engine, None, midnight)  # 00.00 WIB
    run(pair.engine, None, midnight)
    assert (in_force(pair), stored(pair, made).state, types(pair).count("process_deployed")) == (2, "in_force", 2)


def test_when_another_version_came_first_an_approved_one_goes_back(pair: Office) -> None:
    day = (pair.now + timedelta(days=3)).date()
    later = proposed(pair, FASTER.replace(b'value="2 hari"', b'value="4 hari"'), effective_on=day)
    decided(pair, "kedua", later)
    decided(pair, "kedua", proposed(pair))
    DUTIES["deploy"].run(pair.engine, None, pair.now + timedelta(days=4))
    row = stored(pair, later)
    assert (in_force(pair), row.state) == (2, "returned")
    assert "Versi lain" in row.comment


def test_of_two_decisions_at_once_one_wins(pair: Office) -> None:
    pair.hire("ketiga", "Pemilik Proses")
    made = proposed(pair)
    start = threading.Barrier(2)
    results: list[Any] = []

    def decide(who: str) -> None:
        actor = pair.actor(who)
        start.wait()
        try:
            with transaction(pair.engine) as session:
                results.append(approve(session, actor, made, now=pair.now))
        except Refusal as refused:
            results.append(refused)

    threads = [threading.Thread(target=decide, args=(who,)) for who in ("kedua", "ketiga")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(each, Conflict) for each in results) == [False, True], results
    assert (in_force(pair), types(pair).count("process_deployed")) == (2, 2)


def test_a_deployment_that_fails_half_way_leaves_the_old_version_in_force(pair: Office) -> None:
    """It fails at its first write, then at its second, until it is through."""
    made, told = proposed(pair), types(pair)
    actor, failures, writes = pair.actor("kedua"), 0, 0

    def fail(conn: Any, cursor: Any, statement: str, *more: Any) -> None:  # as the library calls it
        nonlocal writes
        writes += statement.startswith(("INSERT", "UPDATE", "DELETE"))
        if writes > failures:
            raise OSError("the disk is full")

    listen(pair.engine, "before_cursor_execute", fail)
    while True:
        writes = 0
        try:
            with transaction(pair.engine) as session:
                approve(session, actor, made, now=pair.now)
            break
        except OSError:
            failures += 1
            assert failures < 50
            writes = -1000  # looking is no part of it
            assert (in_force(pair), types(pair)) == (1, told)
    remove(pair.engine, "before_cursor_execute", fail)
    assert failures >= 3
    assert (in_force(pair), types(pair)) == (2, [*told, *types(pair)[len(told) :]])
    assert types(pair).count("process_deployed") == 2


def test_an_earlier_version_deployed_again_is_a_roll_back(pair: Office) -> None:
    decided(pair, "kedua", proposed(pair))
    with pair.transaction() as session:
        back = begin_draft(session, pair.actor("kedua"), PROCESS, now=pair.now, number=1)
        again = propose(session, pair.actor("kedua"), PROCESS, back, 1, reason="Kembali ke 3 hari.", now=pair.now)
    assert decided(pair, "pemilik", again).number == 3
    with transaction(pair.engine) as session:
        assert latest_deployed(session, PROCESS).xml == SOP.read_bytes()
        assert [each.id for each in proposals(session, PROCESS)] == [again, again - 1]
