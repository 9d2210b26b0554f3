"""Which page processes which task: one table (进入处理, A-3.6.2.2-04)."""

from collections.abc import Callable
from urllib.parse import quote

from app.rules.case import FilingMethod
from app.rules.filing import FilingStatus
from app.rules.task import code_of
from app.services.processing import works_on_filing
from models.task import Task
from views.dispatch import back_url

Page = Callable[[Task], str]


def intake(task: Task) -> str:
    """立案采集: the case's form; an instruction without a case begins a new one."""
    return f"/app/case/{task.case_id}/edit" if task.case_id else "/app/case/new"


def allocation(task: Task) -> str:
    """案件分发."""
    return f"/app/allocation/{task.case_id}"


def work(task: Task) -> str:
    """案件处理: the filing a task works on; without one, the task itself."""
    return f"/app/filing/{task.filing_id}/work" if task.filing_id else own(task)


def acknowledgement(task: Task) -> str:
    """向专利局送案: what was sent, where its acknowledgement is imported or registered."""
    sent = task.filing
    if sent is None:
        return own(task)
    paper, ref = sent.method is FilingMethod.PAPER, quote(sent.case.our_ref)
    return f"{back_url(paper)}&q.status={FilingStatus.DISPATCHED.name}&q.case.our_ref={ref}"


def closing(task: Task) -> str:
    """结案审核."""
    return f"/app/closing_request/{task.closing_request_id}" if task.closing_request_id else own(task)


def reinstatement(task: Task) -> str:
    """恢复审核."""
    return f"/app/reinstatement_request/{task.reinstatement_request_id}" if task.reinstatement_request_id else own(task)


def own(task: Task) -> str:
    """What is processed nowhere else: the task itself."""
    return f"/app/my_task/{task.id}"


#: The page by the code of the task's type; further tasks of an intermediate document are worked on in their filing.
PAGES: dict[str, Page] = {
    "case_intake": intake,
    "intake_review": intake,
    "case_allocation": allocation,
    **dict.fromkeys((
        "case_handling", "drafting", "translation", "illustration", "case_substantive_review", "case_preparation",
        "case_quality_check", "document_handling", "document_substantive_review", "document_preparation",
        "document_quality_check", "bibliographic_change",
    ), work),
    "acknowledgement_tracking": acknowledgement,
    "closing_review": closing,
    "reinstatement_review": reinstatement,
}  # fmt: skip


def address_of(task: Task) -> str:
    """Where a task is processed."""
    page = PAGES.get(code_of(task)) or (work if works_on_filing(task) else own)
    return page(task)
