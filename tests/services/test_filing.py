"""Filings beside their chain: opened for a task, changed only by whoever has them in hand."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.errors import RuleError
from app.rules.filing import FilingKind, FilingStatus
from app.rules.task import TaskSource
from app.services import filing, task
from models.case import Case
from models.organization import User
from models.task import Task

assert views.MENU


@pytest.fixture
def case(any_session: Session) -> Case:
    return any_session.execute(select(Case).where(Case.our_ref == "F20250001")).scalars().one()


def by_hand(session: Session, code: str, case: Case | None) -> Task:
    who = session.execute(select(User.id).where(User.username == "jiangwanqing")).scalar_one()
    return task.create(
        session, code, assignee_id=who, case_id=case and case.id, name="手工任务", source=TaskSource.MANUAL
    )


@pytest.mark.parametrize("code", ["document_handling", "bibliographic_change", "reply_examination"])
def test_a_task_of_an_intermediate_document_opens_its_filing_once(any_session: Session, case: Case, code: str) -> None:
    made = by_hand(any_session, code, case)
    opened = filing.filing_for(any_session, made)
    assert (opened.kind, opened.status, opened.name) == (FilingKind.INTERMEDIATE, FilingStatus.DRAFTING, "手工任务")
    assert (opened.case_id, opened.handler_id) == (case.id, made.assignee_id)
    assert filing.filing_for(any_session, made).id == opened.id
    assert [t.id for t in filing.tasks_of(any_session, opened)] == [made.id], "the task itself, no second one"


@pytest.mark.parametrize("code", ["annuity_payment", "official_payment", "document_quality_check", "custom_task"])
def test_other_tasks_open_none(any_session: Session, case: Case, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        filing.filing_for(any_session, by_hand(any_session, code, case))
    assert refused.value.code == "conflict"


def test_a_task_without_a_case_opens_none(any_session: Session) -> None:
    with pytest.raises(RuleError):
        filing.filing_for(any_session, by_hand(any_session, "document_handling", None))
