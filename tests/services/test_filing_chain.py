"""The way of a case from its intake to the acknowledgement: states, tasks, switched-off steps, whose step it is."""

from collections.abc import Callable

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus
from app.rules.errors import RuleError
from app.rules.filing import FilingStatus, WorkStatus
from app.rules.task import TaskStatus, TaskSwitch
from app.services import allocation, records, task, work
from app.services.records import ChildRow
from app.services.unit_of_work import SYSTEM, Actor, act_as, unit_of_work
from models.case import Case
from models.filing import Filing, WorkBreakdown
from models.task import Task, TaskType
from tests.services.case_work import complete

assert views.MENU
GRANTS = frozenset({("finalize", "filing")})


@pytest.fixture
def users(any_session: Session) -> dict[str, int]:
    return dict(any_session.execute(select(User.username, User.id)).all())


@pytest.fixture
def acting(any_session: Session) -> Callable[[int | None], Session]:
    """The session, from now on in the hands of a user (None: the system)."""

    def act(user: int | None) -> Session:
        any_session.rollback()
        act_as(any_session, SYSTEM if user is None else Actor(id=user, name="某人", grants=GRANTS))
        return any_session

    return act


def opened(session: Session, **people: int) -> Case:
    values = {"title": "一种拉杆锁", "patent_type": PatentType.INVENTION, "client_id": 1}
    parties = {"applicants": [ChildRow({"applicant_id": 1})]}
    return records.save(session, Case, None, values | {f"{k}_id": v for k, v in people.items()}, children=parties)


def open_names(session: Session, case: Case) -> list[tuple[str, int]]:
    return sorted((t.name, t.assignee_id) for t in task.open_tasks(session, Task.case_id == case.id))


def filing_of(session: Session, case: Case) -> Filing:
    return session.execute(select(Filing).where(Filing.case_id == case.id)).scalars().one()


def test_the_whole_way(any_session: Session, users: dict[str, int], acting: Callable) -> None:
    session = any_session
    case = opened(session)
    assert [name for name, _who in open_names(session, case)] == ["立卷复核"]
    records.move(session, case, "complete_review")
    assert case.status is CaseStatus.REVIEWED
    assert [name for name, _who in open_names(session, case)] == ["新案分发"]
    tang, luo, duan = users["tangruolan"], users["luozhiyu"], users["duanxiaotang"]
    allocation.allocate(
        session, case.id, {"handler": tang, "first_attorney": tang, "drafter": luo, "illustrator": duan}
    )
    assert case.status is CaseStatus.IN_PROGRESS
    assert open_names(session, case) == sorted([("新案办案", tang), ("撰写任务", luo), ("制图任务", duan)])
    filing = filing_of(session, case)
    complete(session, filing)
    acting(tang)
    with pytest.raises(RuleError, match="unfinished"):
        records.move(session, filing, "finalize")
    lines = list(session.scalars(select(WorkBreakdown).where(WorkBreakdown.filing_id == filing.id)))
    for line in lines:
        acting(line.assignee_id)
        work.submit(session, line.id, "6.5")
    acting(tang)
    for line in lines:
        records.move(session, line, "confirm")
    assert {(x.status, str(x.workload)) for x in lines} == {(WorkStatus.DONE, "6.50")}
    reviewer = users["jiangwanqing"]
    records.move(session, filing, "finalize", reviewer=str(reviewer))
    assert (filing.status, case.status) == (FilingStatus.SUBSTANTIVE_REVIEW, CaseStatus.SUBSTANTIVE_REVIEW)
    assert open_names(session, case) == [("新案实体复核", reviewer)]
    acting(reviewer)
    records.move(session, filing, "return_review", reason="权利要求不清楚")
    assert open_names(session, case) == [("新案办案", tang)]
    acting(tang)
    records.move(session, filing, "finalize")
    assert open_names(session, case) == [("新案实体复核", reviewer)], "the same reviewer looks again"
    acting(None)
    for step in ("pass_review", "finish_preparation", "return_to_preparation", "finish_preparation", "pass_check"):
        records.move(session, filing, step)
    assert (filing.status, case.status) == (FilingStatus.AWAITING_DISPATCH, CaseStatus.AWAITING_DISPATCH)
    assert open_names(session, case) == []
    records.move(session, filing, "dispatch")
    assert [name for name, _who in open_names(session, case)] == ["提交回执跟踪"]
    records.move(session, filing, "acknowledge")
    assert (filing.status, case.status) == (FilingStatus.ACKNOWLEDGED, CaseStatus.FILED)
    assert open_names(session, case) == []
    done = session.scalars(select(Task).where(Task.case_id == case.id))
    assert all(t.status is TaskStatus.DONE and t.finished_at for t in done)


def test_a_step_is_taken_by_whoever_has_the_task(any_session: Session, users: dict[str, int], acting: Callable) -> None:
    session = any_session
    case = opened(session, handler=users["qinshuyu"])
    records.move(session, case, "complete_review")
    filing = filing_of(session, case)
    complete(session, filing)
    acting(users["tangruolan"])
    with pytest.raises(RuleError) as refused:
        records.move(session, filing, "finalize")
    assert refused.value.code == "forbidden"
    acting(None)
    assert filing_of(session, case).status is FilingStatus.DRAFTING


def test_people_named_at_the_intake_begin_after_its_review(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.1.2.2-08, A-3.2.1.2.11-05: not before; a drafter who handles the case himself has one task."""
    qin, song = users["qinshuyu"], users["songyanqiu"]
    case = opened(any_session, handler=qin, drafter=qin, translator=song)
    assert [name for name, _who in open_names(any_session, case)] == ["立卷复核"]
    records.move(any_session, case, "complete_review")
    assert case.status is CaseStatus.IN_PROGRESS
    assert open_names(any_session, case) == sorted([("新案办案", qin), ("翻译任务", song)])


@pytest.mark.parametrize(("off", "lands"), [
    ({"case_substantive_review"}, FilingStatus.PREPARATION),
    ({"case_substantive_review", "case_preparation"}, FilingStatus.QUALITY_CHECK),
    ({"case_preparation"}, FilingStatus.SUBSTANTIVE_REVIEW),
    ({"case_substantive_review", "case_preparation", "case_quality_check"}, FilingStatus.AWAITING_DISPATCH),
])  # fmt: skip
def test_switched_off_steps_are_passed_over(
    off: set[str], lands: FilingStatus, any_session: Session, users: dict[str, int]
) -> None:
    """A-2.1.3.2-06; ambiguities 3: with all off, finalizing leads straight to the dispatch."""
    session = any_session
    for kind in session.scalars(select(TaskType).where(TaskType.code.in_(off))).all():
        records.move(session, kind, "switch_off")
        assert kind.switch is TaskSwitch.OFF
    case = opened(session, handler=users["qinshuyu"])
    records.move(session, case, "complete_review")
    filing = filing_of(session, case)
    complete(session, filing)
    records.move(session, filing, "finalize")
    assert (filing.status, case.status.name) == (lands, lands.name)


def test_only_holders_of_a_certificate_sign(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.1.3-01: the handler needs none."""
    case = opened(any_session)
    records.move(any_session, case, "complete_review")
    with pytest.raises(RuleError) as refused:
        allocation.allocate(any_session, case.id, {"handler": users["fangyike"], "first_attorney": users["fangyike"]})
    assert refused.value.field == "first_attorney"
    with pytest.raises(RuleError) as refused:
        allocation.allocate(any_session, case.id, {"drafter": users["fangyike"]})
    assert refused.value.field == "handler"
    allocation.allocate(any_session, case.id, {"handler": users["fangyike"], "first_attorney": users["qinshuyu"]})
    assert any_session.get(Case, case.id).status is CaseStatus.IN_PROGRESS


@pytest.mark.parametrize("place", ["first_attorney", "second_attorney"])
def test_nobody_signs_without_a_certificate_whichever_page_names_him(
    place: str, any_session: Session, users: dict[str, int]
) -> None:
    """A-2.2.1.2.2-05: at the intake and on the form too; the handler needs none, and an old case stays as it is."""
    case = opened(any_session, handler=users["fangyike"])
    with pytest.raises(RuleError) as refused:
        records.save(any_session, Case, case.id, {f"{place}_id": users["fangyike"]})
    assert [e.field for e in refused.value.errors] == [f"{place}_id"]
    records.save(any_session, Case, case.id, {f"{place}_id": users["qinshuyu"]})
    with unit_of_work(any_session):
        any_session.get(User, users["qinshuyu"]).certificate_no = None
    assert records.save(any_session, Case, case.id, {"title": "改名"}).title == "改名"
