"""Allocation: whose turn it is, the certificate, what follows the handler, undo, two at once, true loads."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.case import CaseStatus
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import FilingStatus
from app.services import allocation, history, records, task, workload
from app.services.unit_of_work import Actor, act_as, unit_of_work
from models.audit import AuditEntry
from models.case import Case
from models.filing import Filing
from models.party import Referrer
from models.task import Task
from tests.kit import at_once, reviewed_case

assert views.MENU
TODAY = date(2026, 11, 20)


@pytest.fixture
def users(any_session: Session) -> dict[str, int]:
    return dict(any_session.execute(select(User.username, User.id)).all())


def as_user(session: Session, key: int, *grants: tuple[str, str], **more: object) -> None:
    session.rollback()
    act_as(session, Actor(id=key, name="某人", grants=frozenset(grants), **more))


def open_names(session: Session, case: Case) -> list[tuple[str, int]]:
    return sorted((t.name, t.assignee_id) for t in task.open_tasks(session, Task.case_id == case.id))


@pytest.mark.parametrize(
    ("people", "tasks"),
    [
        ({"handler": "tangruolan"}, {"新案办案": "tangruolan"}),
        ({"handler": "tangruolan", "drafter": "tangruolan"}, {"新案办案": "tangruolan"}),
        ({"handler": "tangruolan", "drafter": "luozhiyu"}, {"新案办案": "tangruolan", "撰写任务": "luozhiyu"}),
        (
            {"handler": "fangyike", "translator": "songyanqiu", "illustrator": "duanxiaotang"},
            {"新案办案": "fangyike", "翻译任务": "songyanqiu", "制图任务": "duanxiaotang"},
        ),
    ],
)
def test_who_gets_which_task(
    people: dict[str, str], tasks: dict[str, str], any_session: Session, users: dict[str, int]
) -> None:
    """A-3.2.1.3-07, -08: the allocation is done, the case in progress, one task for who drafts and handles."""
    case = reviewed_case(any_session)
    allocation.allocate(any_session, case.id, {place: users[name] for place, name in people.items()})
    assert case.status is CaseStatus.IN_PROGRESS
    assert open_names(any_session, case) == sorted((name, users[who]) for name, who in tasks.items())


def test_an_allocation_is_the_task_of_one_or_of_who_may_do_all(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.2-04."""
    case = reviewed_case(any_session)
    owner = task.open_of(any_session, {"case_allocation"}, Task.case_id == case.id)[0].assignee_id
    other = next(key for key in users.values() if key != owner)
    mine = allocation.waiting(mine=owner)
    assert case.id in set(any_session.scalars(mine))
    assert case.id not in set(any_session.scalars(allocation.waiting(mine=other)))
    assert case.id in set(any_session.scalars(allocation.waiting(mine=None)))
    as_user(any_session, other, ("allocate", "allocation"))
    with pytest.raises(RuleError) as refused:
        allocation.allocate(any_session, case.id, {"handler": other})
    assert refused.value.code == "forbidden"
    as_user(any_session, other, ("allocate", "allocation"), ("allocate_all", "allocation"))
    assert allocation.allocate(any_session, case.id, {"handler": other}).handler_id == other


def test_waiting_cases_are_found_by_number_and_client(any_session: Session) -> None:
    """A-3.2.2.2-03."""
    case = reviewed_case(any_session)
    found = lambda **asked: set(any_session.scalars(allocation.waiting(mine=None, **asked)))  # noqa: E731
    short = case.client.short_name
    assert case.id in found(ref=case.our_ref[2:]) & found(ref=case.case_no) & found(client=short[:2])
    assert case.id not in found(ref="%") | found(client="_") | found(ref="没有")


def test_parts_of_the_work_need_a_handler_and_attorneys_a_certificate(
    any_session: Session, users: dict[str, int]
) -> None:
    """A-3.2.1.3-01, -06."""
    case = reviewed_case(any_session)
    with pytest.raises(RuleErrors) as refused:
        allocation.allocate(any_session, case.id, {"drafter": users["luozhiyu"]})
    assert refused.value.field == "handler"
    with pytest.raises(RuleErrors) as refused:
        allocation.allocate(any_session, case.id, {"handler": users["luozhiyu"], "second_attorney": users["luozhiyu"]})
    assert [e.field for e in refused.value.errors] == ["second_attorney"]
    assert any_session.get(Case, case.id).status is CaseStatus.REVIEWED


def test_the_later_one_is_told(any_session: Session, users: dict[str, int]) -> None:
    case = reviewed_case(any_session)
    old = case.version
    allocation.allocate(any_session, case.id, {"handler": users["tangruolan"]}, version=old)
    with pytest.raises(RuleError) as refused:
        allocation.allocate(any_session, case.id, {"handler": users["qinshuyu"]}, version=old)
    assert refused.value.code == "conflict"
    other = reviewed_case(any_session)
    records.save(any_session, Case, other.id, {"remark": "加急"})
    with pytest.raises(records.Stale):
        allocation.allocate(any_session, other.id, {"handler": users["qinshuyu"]}, version=1)


def test_two_at_once_have_one_winner(any_app: Flask, any_session: Session, users: dict[str, int]) -> None:
    """Both at the same moment, on SQLite and on PostgreSQL: one allocation, one filing, one told."""
    case_id, version = (case := reviewed_case(any_session)).id, case.version
    any_session.rollback()
    names = ["tangruolan", "qinshuyu"]

    def take(name: str) -> Callable[[Session], Case]:
        return lambda s: allocation.allocate(s, case_id, {"handler": users[name]}, version=version)

    told = at_once(any_app, *(take(name) for name in names))
    assert sorted(told) == ["", "conflict"]
    winner = users[names[told.index("")]]
    any_session.expire_all()
    assert any_session.get(Case, case_id).handler_id == winner
    filings = any_session.scalars(select(Filing).where(Filing.case_id == case_id)).all()
    assert [f.handler_id for f in filings] == [winner]


def test_the_open_work_follows_the_handler_and_comes_back(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.3-02: the handling and what he was asked besides, not the parts of others; undo takes all of it back."""
    tang, qin, luo = users["tangruolan"], users["qinshuyu"], users["luozhiyu"]
    case = reviewed_case(any_session)
    allocation.allocate(any_session, case.id, {"handler": tang, "drafter": luo, "illustrator": tang})
    with unit_of_work(any_session):
        task.create(any_session, "custom_task", assignee_id=tang, case_id=case.id, name="补正资料")
    drawing = next(t for t in task.open_tasks(any_session, Task.case_id == case.id) if t.name == "制图任务")
    any_session.rollback()
    batch = allocation.change_handler(any_session, [case.id], qin, reason="唐若岚离职")
    assert any_session.get(Case, case.id).handler_id == qin
    assert open_names(any_session, case) == sorted(
        [("新案办案", qin), ("撰写任务", luo), ("制图任务", tang), ("补正资料", qin)]
    )
    assert drawing.assignee_id == tang, "a part of the work stays with whom it was given to"
    filing = any_session.scalars(select(Filing).where(Filing.case_id == case.id)).one()
    assert filing.handler_id == qin
    told = any_session.scalars(select(AuditEntry).where(AuditEntry.table == "patent_case", AuditEntry.batch == batch))
    assert [entry.reason for entry in told] == ["唐若岚离职"]
    history.undo(any_session, Case, batch, writable=lambda _name: True)
    any_session.expire_all()
    assert any_session.get(Case, case.id).handler_id == tang
    assert ("新案办案", tang) in open_names(any_session, case)
    assert any_session.get(Filing, filing.id).handler_id == tang


def test_what_was_sent_stays_whose_it_was(any_session: Session, users: dict[str, int]) -> None:
    sent = any_session.scalars(select(Filing).where(Filing.status == FilingStatus.DISPATCHED)).first()
    before = sent.handler_id
    allocation.change_handler(any_session, [sent.case_id], users["yepinzhou"], reason="调整")
    any_session.expire_all()
    assert any_session.get(Filing, sent.id).handler_id == before


def test_a_change_says_why_and_to_whom(any_session: Session, users: dict[str, int]) -> None:
    referrer = any_session.scalars(select(Referrer.id).order_by(Referrer.id)).first()
    for change, target in ((allocation.change_handler, users["qinshuyu"]), (allocation.change_referrer, referrer)):
        with pytest.raises(RuleError, match="why"):
            change(any_session, [1], target, reason="")
        with pytest.raises(RuleError, match="Choose"):
            change(any_session, [1], 999_999, reason="调整")
    allocation.change_referrer(any_session, [1, 2], referrer, reason="客户要求")
    assert [any_session.get(Case, key).referrer_id for key in (1, 2)] == [referrer, referrer]


def test_loads_are_the_true_ones_whatever_the_reader_sees(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.1.3-03, A-3.2.2.2-02: cases with something to do, open tasks; a partner sees numbers, not the cases."""
    tang = users["tangruolan"]
    all_of = {w.id: w for w in workload.workers(any_session, TODAY)}
    case = reviewed_case(any_session)
    allocation.allocate(any_session, case.id, {"handler": tang})
    any_session.rollback()
    act_as(any_session, Actor(id=users["songyanqiu"], name="宋砚秋", sees_all=False))
    after = {w.id: w for w in workload.workers(any_session, TODAY)}
    assert (after[tang].cases, after[tang].tasks) == (all_of[tang].cases + 1, all_of[tang].tasks + 1)
    assert any_session.scalars(select(Case).where(Case.id == case.id)).first() is None


def test_suggestions_know_fields_past_cases_and_load(any_session: Session, users: dict[str, int]) -> None:
    with unit_of_work(any_session):
        for name in ("tangruolan", "qinshuyu", "jiangwanqing", "yepinzhou"):
            any_session.get(User, users[name]).specialities = "A61K" if name == "qinshuyu" else None
    case = reviewed_case(any_session, main_ipc="A61K 9/00", planned_on=date(2027, 3, 1))
    people = workload.workers(any_session, TODAY)
    best = workload.suggestions(any_session, [case], people, TODAY)[case.id]
    assert best[0].key == users["qinshuyu"]
    assert {s.key for s in best} == {w.id for w in people if w.handles}
    assert users["songyanqiu"] not in {s.key for s in best}, "who cannot handle a case is not suggested"


def test_similar_cases_are_those_of_the_subclass_or_of_what_is_known_of_it(any_session: Session) -> None:
    found = workload._similar(any_session, {"H01M", "H01", "Z99"})
    by_hand: dict[str, int] = {}
    for ipc in any_session.scalars(select(Case.main_ipc).where(Case.handler_id.is_not(None), Case.main_ipc != "")):
        for kind in ("H01M", "H01"):
            by_hand[kind] = by_hand.get(kind, 0) + ipc.startswith(kind)
    assert {kind: sum(found[kind].values()) for kind in ("H01M", "H01")} == by_hand
    assert by_hand["H01"]
    assert not found["Z99"]
