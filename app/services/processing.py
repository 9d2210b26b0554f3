"""Beginning to process a task: what must be there before its page opens (进入处理, A-3.6.2.2-04)."""

from sqlalchemy.orm import Session

from app.rules.filing import OPEN_NOTHING
from app.rules.task import TaskFlow, code_of
from app.services import task
from app.services.filing import filing_for
from app.services.unit_of_work import unit_of_work
from models.task import Task


def begin(session: Session, task_id: int) -> Task:
    """Enter one's own task; one that asks for a document to the Office gets its filing. Raises RuleError."""
    with unit_of_work(session):
        entered = task.enter(session, task_id)
        if works_on_filing(entered) and entered.case_id is not None:
            filing_for(session, entered)
        return entered


def works_on_filing(of: Task) -> bool:
    """Whether a task is processed in a filing of its own."""
    kind = of.task_type
    return kind is not None and kind.flow is TaskFlow.INTERMEDIATE and code_of(of) not in OPEN_NOTHING
