"""Closing and reinstatement: what waits, what ends, who decides, two at once (A-3.2.2.5)."""

from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.case import ACTIVE, CaseStatus
from app.rules.closing import RequestStatus, state_before
from app.rules.errors import RuleError
from app.rules.filing import FilingKind, FilingStatus
from app.rules.task import TaskStanding
from app.services import allocation, closing, dispatch, records, task
from app.services.today import today
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.case import Case
from models.closing import ClosingRequest, ReinstatementRequest
from models.filing import Filing
from models.task import Task
from tests.kit import at_once

assert views.MENU


@pytest.fixture
def users(any_session: Session) -> dict[str, int]:
    return dict(any_session.execute(select(User.username, User.id)).all())


def as_user(session: Session, key: int | None) -> Session:
    session.rollback()
    act_as(session, SYSTEM if key is None else Actor(id=key, name="某人"))
    return session


def at_work(session: Session, users: dict[str, int]) -> Case:
    """A case in progress, with a handler, an illustrator and a filing."""
    case = session.scalars(select(Case).where(Case.status == CaseStatus.REVIEWED).order_by(Case.id)).first()
    people = {"handler": users["tangruolan"], "illustrator": users["duanxiaotang"]}
    return allocation.allocate(session, case.id, people)


def asked(session: Session, users: dict[str, int], case: Case) -> ClosingRequest:
    as_user(session, users["tangruolan"])
    made = records.save(session, ClosingRequest, None, {"case_id": case.id, "note": "客户放弃"})
    as_user(session, None)
    return made


def handed_in(session: Session, users: dict[str, int], case: Case) -> ClosingRequest:
    request = asked(session, users, case)
    return records.move(session, request, "hand_in", reviewer=str(users["linyichen"]), confirmed="1")


def closed(session: Session, users: dict[str, int]) -> Case:
    case = at_work(session, users)
    records.move(session, handed_in(session, users, case), "approve", opinion="同意结案")
    return case


def open_ones(session: Session, case: Case) -> list[str]:
    return sorted(t.name for t in task.open_tasks(session, Task.case_id == case.id))


def test_what_is_only_saved_goes_nowhere(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.5-05, -07: the requester is who acts; no state, no task before it is handed in."""
    case = at_work(any_session, users)
    request = asked(any_session, users, case)
    assert (request.requester_id, request.status) == (users["tangruolan"], RequestStatus.SAVED)
    assert case.status is CaseStatus.IN_PROGRESS
    assert "结案审核" not in open_ones(any_session, case)
    with pytest.raises(RuleError):
        records.move(any_session, request, "approve", opinion="同意")
    assert records.save(any_session, ClosingRequest, request.id, {"note": "客户书面放弃"}).note == "客户书面放弃"


def test_handed_in_it_waits_for_the_chosen_one(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.5-06."""
    case = at_work(any_session, users)
    request = asked(any_session, users, case)
    unknown = users["songyanqiu"]
    for given, field in (({"reviewer": str(unknown), "confirmed": "1"}, "reviewer"),
                         ({"reviewer": str(users["linyichen"])}, "confirmed")):  # fmt: skip
        with pytest.raises(RuleError) as refused:
            records.move(any_session, request, "hand_in", **given)
        assert refused.value.field == field
        assert any_session.get(Case, case.id).status is CaseStatus.IN_PROGRESS
    records.move(any_session, request, "hand_in", reviewer=str(users["linyichen"]), confirmed="1")
    assert (case.status, case.status_before) == (CaseStatus.CLOSING_REVIEW, CaseStatus.IN_PROGRESS)
    assert request.handed_in_at is not None
    assert set(request.open_tasks) >= {"新案办案", "制图任务"}
    waiting = task.open_of(any_session, {"closing_review"}, Task.case_id == case.id)
    assert [(t.assignee_id, t.closing_request_id) for t in waiting] == [(users["linyichen"], request.id)]
    again = {"case_id": case.id, "note": "再来", "requester_id": users["tangruolan"]}
    for change in (
        lambda: records.save(any_session, ClosingRequest, request.id, {"note": "改了"}),
        lambda: records.delete(any_session, ClosingRequest, [request.id]),
        lambda: records.save(any_session, ClosingRequest, None, again),
    ):
        with pytest.raises(RuleError) as refused:
            change()
        assert refused.value.code == "conflict"


def test_agreement_closes_the_case_and_ends_all_work(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.5-08, -11."""
    case = at_work(any_session, users)
    request = handed_in(any_session, users, case)
    with pytest.raises(RuleError) as refused:
        records.move(as_user(any_session, users["zhoumuyao"]), request, "approve", opinion="同意")
    assert refused.value.code == "forbidden"
    records.move(as_user(any_session, users["linyichen"]), request, "approve", opinion=" 同意结案 ")
    as_user(any_session, None)
    assert (case.status, request.status) == (CaseStatus.CLOSED, RequestStatus.APPROVED)
    assert (request.opinion, request.reviewer_id) == ("同意结案", users["linyichen"])
    assert open_ones(any_session, case) == []
    ended = any_session.scalars(select(Task).where(Task.case_id == case.id, Task.standing == TaskStanding.ENDED)).all()
    assert {t.name for t in ended} >= {"新案办案", "制图任务"}
    assert "结案审核" not in {t.name for t in ended}, "the review was done, not ended"
    filings = any_session.scalars(select(Filing.status).where(Filing.case_id == case.id)).all()
    assert filings == [FilingStatus.CANCELLED]
    with pytest.raises(RuleError):
        records.move(any_session, request, "approve", opinion="再次同意")


@pytest.mark.parametrize("state", sorted(ACTIVE, key=lambda s: s.name))
def test_refusal_gives_the_case_its_state_back(state: CaseStatus, session: Session) -> None:
    """Ambiguities 14: from every state a closing can be asked for."""
    users = dict(session.execute(select(User.username, User.id)).all())
    case = session.scalars(select(Case).where(Case.status == CaseStatus.FILED)).first()
    with unit_of_work(session) as unit:
        unit.initial_states_free = True
        unit.moves.add((id(case), "status"))
        case.status = state
    request = handed_in(session, users, case)
    before = open_ones(session, case)
    assert case.status is CaseStatus.CLOSING_REVIEW
    records.move(session, request, "refuse", opinion="费用未结清")
    assert (case.status, request.status) == (state, RequestStatus.REFUSED)
    assert open_ones(session, case) == [name for name in before if name != "结案审核"]
    assert handed_in(session, users, case).id != request.id, "it may be asked for again"


def test_a_half_closed_case_of_an_import_has_a_state_to_go_back_to() -> None:
    class Old:
        status_before = grant_date = app_no = filing_date = None

    assert state_before(Old()) is CaseStatus.IN_PROGRESS
    for name, state in (("app_no", CaseStatus.FILED), ("grant_date", CaseStatus.GRANTED)):
        setattr(Old, name, "x")
        assert state_before(Old()) is state


def test_reinstatement(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.2.5-13, -14, -15, -17: only closed cases; saved, handed in, agreed; ended tasks stay ended."""
    case = closed(any_session, users)
    other = any_session.scalars(select(Case).where(Case.status == CaseStatus.FILED)).first()
    values = {"case_id": other.id, "reason": "误操作", "requester_id": users["tangruolan"]}
    with pytest.raises(RuleError) as refused:
        records.save(any_session, ReinstatementRequest, None, values)
    assert refused.value.field == "case_id"
    as_user(any_session, users["tangruolan"])
    request = records.save(any_session, ReinstatementRequest, None, {"case_id": case.id, "reason": "年费改回代理"})
    as_user(any_session, None)
    assert (request.requester_id, case.status) == (users["tangruolan"], CaseStatus.CLOSED)
    records.move(any_session, request, "hand_in", reviewer=str(users["linyichen"]))
    assert open_ones(any_session, case) == ["恢复审核"]
    records.move(any_session, request, "refuse", opinion="理由不足")
    assert (case.status, open_ones(any_session, case)) == (CaseStatus.CLOSED, [])
    values = {"case_id": case.id, "reason": "客户来函", "requester_id": users["tangruolan"]}
    again = records.save(any_session, ReinstatementRequest, None, values)
    records.move(any_session, again, "hand_in", reviewer=str(users["linyichen"]))
    records.move(as_user(any_session, users["linyichen"]), again, "approve", opinion="同意恢复")
    as_user(any_session, None)
    assert (case.status, open_ones(any_session, case)) == (CaseStatus.REINSTATED, [])
    assert handed_in(any_session, users, case).status is RequestStatus.PENDING, "it may be closed once more"


def test_without_anybody_to_review_the_administrators_do(session: Session) -> None:
    reviewer = session.scalars(select(User).where(User.username == "linyichen")).one()
    assert [key for key, _name in closing.reviewers(session, ClosingRequest)] == [reviewer.id]
    with unit_of_work(session):
        reviewer.active = False
    admin = session.scalars(select(User.id).where(User.username == "admin")).one()
    assert [key for key, _name in closing.reviewers(session, ClosingRequest)] == [admin]


def test_two_reviewers_at_once(any_app: Flask, any_session: Session, users: dict[str, int]) -> None:
    request_id = handed_in(any_session, users, at_work(any_session, users)).id
    any_session.rollback()

    def decide(step: str) -> Any:
        return lambda s: records.move(s, records.find(s, ClosingRequest, request_id), step, opinion=step)

    assert sorted(at_once(any_app, decide("approve"), decide("refuse"))) == ["", "conflict"]
    any_session.expire_all()
    request = any_session.get(ClosingRequest, request_id)
    agreed = request.status is RequestStatus.APPROVED
    assert request.opinion == ("approve" if agreed else "refuse")
    assert request.case.status is (CaseStatus.CLOSED if agreed else CaseStatus.IN_PROGRESS)


def test_two_requests_at_once(any_app: Flask, any_session: Session, users: dict[str, int]) -> None:
    case_id = at_work(any_session, users).id
    any_session.rollback()
    requester = users["tangruolan"]

    def ask(session: Session) -> None:
        act_as(session, Actor(id=requester, name="唐若岚"))
        records.save(session, ClosingRequest, None, {"case_id": case_id, "note": "客户放弃"})

    assert sorted(at_once(any_app, ask, ask)) == ["", "conflict"]


@pytest.mark.parametrize(("again", "status"), [(False, CaseStatus.CLOSED), (True, CaseStatus.FILED)])
def test_the_office_answers_after_the_case_was_closed(any_session: Session, again: bool, status: CaseStatus) -> None:
    """What was sent is acknowledged all the same; the case follows only where it lives again."""
    one = any_session.execute(
        select(Filing).where(Filing.status == FilingStatus.DISPATCHED, Filing.kind == FilingKind.NEW_APPLICATION)
    ).scalars().first()  # fmt: skip
    case = one.case
    with unit_of_work(any_session):
        for step in ("request_closing", "close", *(["reinstate"] if again else [])):
            records.move(any_session, case, step)
    dispatch.acknowledge(any_session, one.id, {"received_on": today().isoformat()}, {})
    assert (one.status, one.case.status) == (FilingStatus.ACKNOWLEDGED, status)


def test_not_while_its_closing_is_under_review(any_session: Session) -> None:
    """Refused, it would go back to where it was, and never learn of the answer."""
    one = any_session.execute(
        select(Filing).where(Filing.status == FilingStatus.DISPATCHED, Filing.kind == FilingKind.NEW_APPLICATION)
    ).scalars().first()  # fmt: skip
    records.move(any_session, one.case, "request_closing")
    with pytest.raises(RuleError) as refused:
        dispatch.acknowledge(any_session, one.id, {"received_on": today().isoformat()}, {})
    assert (refused.value.code, one.status) == ("conflict", FilingStatus.DISPATCHED)
