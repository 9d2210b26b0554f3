"""Voided tasks that come back, and tasks that ask for a document: nobody gets a step that is not his turn."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.errors import RuleError
from app.rules.filing import FilingStatus, WorkStatus, WorkType
from app.rules.task import TaskStanding
from app.services import filing, processing, reassignment, records, task
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.filing import WorkBreakdown
from models.organization import User
from models.task import Task
from tests.kit import reviewed_case
from tests.services.case_work import acts, complete, demo_filing
from tests.services.test_filing_chain import filing_of, opened

assert views.MENU


@pytest.fixture
def users(any_session: Session) -> dict[str, int]:
    return dict(any_session.execute(select(User.username, User.id)).all())


def handled(session: Session, users: dict[str, int]) -> Case:
    """A case in the hands of its handler, with a document."""
    case = opened(session, handler=users["tangruolan"])
    records.move(session, case, "complete_review")
    complete(session, filing_of(session, case))
    return case


def void(session: Session, *conditions: Any) -> Task:
    (one,) = task.open_tasks(session, *conditions)
    return records.move(session, one, "void", reason="重复")


def stays_void(session: Session, one: Task) -> None:
    with pytest.raises(RuleError, match="stays void") as refused:
        records.move(session, one, "restore")
    assert (refused.value.code, one.standing) == ("conflict", TaskStanding.VOID)


def test_what_is_still_to_be_done_comes_back(any_session: Session, users: dict[str, int]) -> None:
    case = handled(any_session, users)
    one = void(any_session, Task.case_id == case.id)
    assert records.move(any_session, one, "restore").standing is TaskStanding.LIVE


def test_a_step_that_was_taken_meanwhile_does_not(any_session: Session, users: dict[str, int]) -> None:
    """Otherwise whoever had it could take the steps of the next one: his task would be one of the filing's."""
    case = handled(any_session, users)
    own, one = filing_of(any_session, case), void(any_session, Task.case_id == case.id)
    records.move(any_session, own, "finalize")
    stays_void(any_session, one)
    records.move(any_session, own, "return_review", reason="缺图")
    assert own.status is FilingStatus.DRAFTING
    stays_void(any_session, one)
    acts(any_session, "tangruolan")
    filing.check_worker(any_session, own, own.status)


def test_nor_the_review_and_the_allocation_of_a_case_that_went_on(any_session: Session, users: dict[str, int]) -> None:
    case = opened(any_session, handler=users["tangruolan"])
    one = void(any_session, Task.case_id == case.id)
    records.move(any_session, case, "complete_review")
    stays_void(any_session, one)
    waits = reviewed_case(any_session)
    assert records.move(any_session, void(any_session, Task.case_id == waits.id), "restore").standing.name == "LIVE"


def test_nor_a_part_of_the_work_that_was_taken_back(any_session: Session, users: dict[str, int]) -> None:
    case = handled(any_session, users)
    with unit_of_work(any_session):
        line = WorkBreakdown(filing_id=filing_of(any_session, case).id, work_type=WorkType.DRAFTING,
                             assignee_id=users["luozhiyu"])  # fmt: skip
        any_session.add(line)
    records.move(any_session, line, "distribute")
    one = void(any_session, Task.work_id == line.id)
    records.move(any_session, line, "take_back")
    assert line.status is WorkStatus.RETURNED
    stays_void(any_session, one)


@pytest.mark.parametrize("code", ["reply_examination", "custom_task"])
def test_with_a_document_or_a_part_of_the_work_a_task_is_done_there(
    code: str, any_session: Session, users: dict[str, int]
) -> None:
    """【完成】 would leave the document, or the part of the work, behind in nobody's hands."""
    case = handled(any_session, users)
    if code == "custom_task":
        with unit_of_work(any_session):
            line = WorkBreakdown(filing_id=filing_of(any_session, case).id, work_type=WorkType.OTHER,
                                 assignee_id=users["luozhiyu"])  # fmt: skip
            any_session.add(line)
        records.move(any_session, line, "distribute")
        (one,) = task.open_tasks(any_session, Task.work_id == line.id)
    else:
        one = task.create(any_session, code, assignee_id=users["tangruolan"], case_id=case.id)
        processing.begin(any_session, one.id)
    with pytest.raises(RuleError, match="processing page"):
        records.move(any_session, one, "complete")


def test_the_document_goes_along_with_the_task_that_asked_for_it(any_session: Session, users: dict[str, int]) -> None:
    case = handled(any_session, users)
    one = task.create(any_session, "reply_examination", assignee_id=users["tangruolan"], case_id=case.id)
    processing.begin(any_session, one.id)
    reassignment.reassign(any_session, one.id, users["jiangwanqing"], reason="休假")
    assert one.filing_id is not None
    handler = any_session.get(type(demo_filing(any_session)), one.filing_id).handler_id
    assert handler == users["jiangwanqing"]
