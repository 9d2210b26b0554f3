"""Intake: a new case and its review (立案采集、立卷复核, A-3.2.1.2)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.rules.task import TaskSource
from app.services import task
from app.services.records import after_create, before_delete
from app.services.unit_of_work import unscoped
from models.case import Case
from models.task import Task


@after_create(Case)
def _to_be_reviewed(session: Session, case: Case) -> None:
    """A case that was taken in waits for its review (A-3.2.1.2.11-02)."""
    if case.status is CaseStatus.INTAKE_REVIEW:
        task.create(session, "intake_review", case_id=case.id)


@before_delete(Case)
def _with_its_own_tasks(session: Session, case: Case) -> None:
    """A case nobody has reviewed yet goes together with the tasks the system made for it."""
    if case.status is not CaseStatus.INTAKE_REVIEW:
        return
    made = (Task.case_id == case.id, Task.source == TaskSource.AUTOMATIC)
    with unscoped(session):
        for waiting in session.execute(select(Task).where(*made)).scalars():
            session.delete(waiting)
    session.flush()
