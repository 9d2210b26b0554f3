"""Who gets a task nobody was named for (A-2.1.3.2-10), and that only defined tasks are made (A-2.1.3.1-02)."""

from datetime import date

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.errors import RuleError
from app.rules.task import TaskSource
from app.services import accounts, records, task
from app.services.today import today
from models.case import Case
from models.task import TaskType


def user(session: Session, name: str) -> int:
    return session.execute(select(User.id).where(User.username == name)).scalar_one()


def owned(session: Session, code: str, name: str) -> int:
    """Make somebody the owner of a task type, as the settings page does."""
    kind = session.execute(select(TaskType).where(TaskType.code == code)).scalar_one()
    records.save(session, TaskType, kind.id, {"owner_id": user(session, name)})
    return user(session, name)


@pytest.mark.parametrize("name", ["tangruolan", "qinshuyu"])
@pytest.mark.parametrize("code", ["case_allocation", "enquiry_reminder"])
def test_a_task_goes_to_the_owner_of_its_type(code: str, name: str, session: Session) -> None:
    owner = owned(session, code, name)
    made = task.create(session, code, case_id=1)
    assert (made.assignee_id, made.source) == (owner, TaskSource.AUTOMATIC)
    assert task.create(session, code, case_id=1, assignee_id=user(session, "admin")).assignee_id != owner


def test_an_owner_whose_account_is_invalid_gets_none(session: Session) -> None:
    owner = owned(session, "case_allocation", "qinshuyu")
    accounts.invalid(session, [owner])
    assert task.create(session, "case_allocation", case_id=1).assignee_id != owner


def test_a_task_that_is_not_defined_is_not_made(session: Session) -> None:
    with pytest.raises(RuleError) as refused:
        task.create(session, "not_defined", case_id=1)
    assert refused.value.code == "missing"


def test_who_does_it_as_his_work_goes_before_who_manages(session: Session) -> None:
    """A-3.2.1.2.11-01: the review is the reviewer's, however little the partner has to do."""
    given = {task.create(session, "intake_review", case_id=1).assignee_id for _time in range(12)}
    assert given == {user(session, "zhoumuyao")}, "linyichen may review too, but as a manager"


def test_the_work_on_an_application_is_due_when_its_client_plans_to_file_it(session: Session) -> None:
    """A-3.2.1.2.2-06, with where the date comes from."""
    planned = date(2027, 6, 16)
    case = records.save(session, Case, 1, {"planned_on": planned})
    made = task.create(session, "case_handling", case_id=case.id)
    assert made.hard_deadline == planned
    assert made.remind_on <= made.internal_deadline < planned
    assert "2027-06-16" in made.basis["steps"][0]["text"]
    assert task.create(session, "acknowledgement_tracking", case_id=case.id).hard_deadline is None
    soon = records.save(session, Case, 1, {"planned_on": today()})
    late = task.create(session, "case_quality_check", case_id=soon.id)
    assert (late.hard_deadline, late.internal_deadline, late.remind_on) == (today(),) * 3
