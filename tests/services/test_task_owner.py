"""Who gets a task nobody was named for (A-2.1.3.2-10), and that only defined tasks are made (A-2.1.3.1-02)."""

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.errors import RuleError
from app.rules.task import TaskSource
from app.services import accounts, records, task
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
