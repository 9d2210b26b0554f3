"""What goes to the Office and how it gets ready: drafting, review, preparation, check (A-3.2.1.4–6, A-3.3.6)."""

from typing import Any

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.workflow import Transition, Workflow


class FilingKind(Choice):
    """Whether a filing opens the procedure at the Office or comes later in it."""

    NEW_APPLICATION = N_("New application")
    INTERMEDIATE = N_("Intermediate document")


class FilingStatus(Choice):
    """How far a filing has come; the last three are its dispatch status (发文状态, A-3.3.6)."""

    DRAFTING = N_("Case in progress"), "half"
    SUBSTANTIVE_REVIEW = N_("In substantive review"), "half"
    PREPARATION = N_("In document preparation"), "half"
    QUALITY_CHECK = N_("In quality check"), "half"
    AWAITING_DISPATCH = N_("Not sent"), "hollow"
    DISPATCHED = N_("Sent"), "info"
    ACKNOWLEDGED = N_("Acknowledged"), "success"
    CANCELLED = N_("Cancelled"), "muted"


#: Where a filing still can be worked on.
AT_WORK = (
    FilingStatus.DRAFTING, FilingStatus.SUBSTANTIVE_REVIEW, FilingStatus.PREPARATION, FilingStatus.QUALITY_CHECK,
)  # fmt: skip
#: Where its documents may be changed: by the handler until he finalizes, by the docketer while he prepares.
WRITABLE = (FilingStatus.DRAFTING, FilingStatus.PREPARATION)

_S = FilingStatus
FILING_FLOW = Workflow(
    _S.DRAFTING,
    (
        Transition("finalize", N_("Finalize and submit"), (_S.DRAFTING,), _S.SUBSTANTIVE_REVIEW,
                   optional=("reviewer",)),
        Transition("return_review", N_("Return from review"), (_S.SUBSTANTIVE_REVIEW,), _S.DRAFTING, asks=("reason",)),
        Transition("pass_review", N_("Review passed"), (_S.SUBSTANTIVE_REVIEW,), _S.PREPARATION,
                   optional=("preparer",)),
        Transition("finish_preparation", N_("Preparation finished"), (_S.PREPARATION,), _S.QUALITY_CHECK,
                   optional=("checker",)),
        Transition("return_to_handler", N_("Check: return to the handler"), (_S.QUALITY_CHECK,), _S.DRAFTING,
                   asks=("reason",)),
        Transition("return_to_preparation", N_("Check: return to preparation"), (_S.QUALITY_CHECK,), _S.PREPARATION,
                   asks=("reason",)),
        Transition("pass_check", N_("Complete quality check"), (_S.QUALITY_CHECK,), _S.AWAITING_DISPATCH),
        Transition("dispatch", N_("Dispatch"), (_S.AWAITING_DISPATCH,), _S.DISPATCHED, internal=True),
        Transition("take_back", N_("Not handed in"), (_S.DISPATCHED,), _S.AWAITING_DISPATCH, internal=True),
        Transition("acknowledge", N_("Acknowledge"), (_S.DISPATCHED,), _S.ACKNOWLEDGED, internal=True),
        Transition("cancel", N_("Cancel"), (*AT_WORK, _S.AWAITING_DISPATCH), _S.CANCELLED, internal=True),
    ),
)  # fmt: skip

#: The task that goes with each state: (new application, intermediate document). A switched-off one is passed over.
TASKS = {
    _S.DRAFTING: ("case_handling", "document_handling"),
    _S.SUBSTANTIVE_REVIEW: ("case_substantive_review", "document_substantive_review"),
    _S.PREPARATION: ("case_preparation", "document_preparation"),
    _S.QUALITY_CHECK: ("case_quality_check", "document_quality_check"),
    _S.DISPATCHED: ("acknowledgement_tracking", "acknowledgement_tracking"),
}
#: Tasks of an intermediate document that ask for no document of their own: the steps of one, and mere payments.
OPEN_NOTHING = frozenset({
    "document_substantive_review", "document_preparation", "document_quality_check", "official_payment",
})  # fmt: skip
#: The step by which each state is left forward: what a switched-off task takes by itself (A-2.1.3.2-06).
ONWARD = {
    _S.SUBSTANTIVE_REVIEW: "pass_review",
    _S.PREPARATION: "finish_preparation",
    _S.QUALITY_CHECK: "pass_check",
}
#: Who does the task of each state: the column of the filing.
WORKERS = {
    _S.DRAFTING: "handler_id",
    _S.SUBSTANTIVE_REVIEW: "reviewer_id",
    _S.PREPARATION: "preparer_id",
    _S.QUALITY_CHECK: "checker_id",
}

#: Steps by which somebody is chosen for what comes next (A-3.2.1.5.3-02): the input, and the state he will work in.
CHOOSES = {
    "finalize": ("reviewer", _S.SUBSTANTIVE_REVIEW),
    "pass_review": ("preparer", _S.PREPARATION),
    "finish_preparation": ("checker", _S.QUALITY_CHECK),
}
#: The way of a filing as its page shows it.
WAY = (*AT_WORK, _S.AWAITING_DISPATCH, _S.DISPATCHED, _S.ACKNOWLEDGED)


def task_code(kind: FilingKind, status: FilingStatus) -> str | None:
    """The code of the task type that goes with a state of a filing; None where nobody has to act."""
    pair = TASKS.get(status)
    return None if pair is None else pair[kind is FilingKind.INTERMEDIATE]


class SpecialEdit(Choice):
    """Whether a filing that was sent already is being changed (交局官文特殊修改, A-3.3.7)."""

    NONE = N_("No special edit"), "none"
    EDITING = N_("In special edit"), "warning"


def _sent(filing: Any) -> None:
    if filing.status is not FilingStatus.DISPATCHED:
        raise RuleError(N_("Only filings that were sent can go to special edit"), code="conflict")


SPECIAL_EDIT_FLOW = Workflow(
    SpecialEdit.NONE,
    (
        Transition("to_special_edit", N_("Move to special edit"), (SpecialEdit.NONE,), SpecialEdit.EDITING,
                   guard=_sent),
        Transition("finish_special_edit", N_("Complete quality check (special edit)"), (SpecialEdit.EDITING,),
                   SpecialEdit.NONE),
    ),
    field="special_edit",
)  # fmt: skip


class DocumentPart(Choice):
    """What part of an application a document is (五书, A-3.2.1.5.1-02)."""

    REQUEST = N_("Request form")
    ABSTRACT = N_("Abstract of the description")
    CLAIMS = N_("Claims")
    DESCRIPTION = N_("Description")
    DRAWINGS = N_("Drawings of the description")
    DESIGN_VIEWS = N_("Design pictures or photographs")
    DESIGN_BRIEF = N_("Brief explanation of the design")
    FORM = N_("Form for the Office")
    ATTACHMENT = N_("Further document")


class DocumentOrigin(Choice):
    """How a document came about (A-3.2.1.5.1-03)."""

    WRITTEN = N_("Written here")
    IMPORTED = N_("Imported")


class WorkType(Choice):
    """What part of the work is given to somebody (任务类型, A-3.2.1.4-05)."""

    DRAFTING = N_("Drafting")
    TRANSLATION = N_("Translation")
    ILLUSTRATION = N_("Illustration")
    OTHER = N_("Other")


#: The task type of each kind of work.
WORK_TASKS = {
    WorkType.DRAFTING: "drafting",
    WorkType.TRANSLATION: "translation",
    WorkType.ILLUSTRATION: "illustration",
    WorkType.OTHER: "custom_task",
}


class WorkMode(Choice):
    """Who does the work (执行方式): inside with a recorded workload, outside for a fee (A-3.2.1.4-02)."""

    INTERNAL = N_("In the firm")
    OUTSOURCED = N_("Outsourced")


class WorkStatus(Choice):
    """How far a line of the work breakdown has come."""

    UNDISTRIBUTED = N_("Undistributed"), "hollow"
    DISTRIBUTED = N_("Distributed"), "half"
    RETURNED = N_("Returned"), "warning"
    SUBMITTED = N_("Submitted, to be confirmed"), "warning"
    DONE = N_("Completed"), "success"


_W = WorkStatus
#: The handler distributes, takes back, confirms; whoever does the work submits it with his workload (A-3.2.1.4).
WORK_FLOW = Workflow(
    _W.UNDISTRIBUTED,
    (
        Transition("distribute", N_("Distribute task"), (_W.UNDISTRIBUTED, _W.RETURNED), _W.DISTRIBUTED),
        Transition("take_back", N_("Return task"), (_W.DISTRIBUTED, _W.SUBMITTED), _W.RETURNED),
        Transition("submit", N_("Submit work"), (_W.DISTRIBUTED,), _W.SUBMITTED, asks=("workload",), internal=True),
        Transition("confirm", N_("Confirm work"), (_W.SUBMITTED,), _W.DONE, optional=("workload",)),
        Transition("complete", N_("Task completed"), (_W.UNDISTRIBUTED, _W.RETURNED), _W.DONE),
    ),
)
