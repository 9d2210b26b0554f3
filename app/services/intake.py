"""Intake: a new case and its review (立案采集、立卷复核, A-3.2.1.2)."""

from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.services import task
from app.services.records import after_create
from models.case import Case


@after_create(Case)
def _to_be_reviewed(session: Session, case: Case) -> None:
    """A case that was taken in waits for its review (A-3.2.1.2.11-02)."""
    if case.status is CaseStatus.INTAKE_REVIEW:
        task.create(session, "intake_review", case_id=case.id)
