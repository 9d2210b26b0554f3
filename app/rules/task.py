"""Kinds and states of tasks (A-2.1.3, A-3.6)."""

from datetime import date
from typing import Any

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.workflow import Transition, Workflow


class TaskFlow(Choice):
    """The process a task belongs to (任务所属流程, A-2.1.3.2-03)."""

    NEW_APPLICATION = N_("New application")
    INTERMEDIATE = N_("Intermediate document")
    CUSTOM = N_("User-defined")
    ANNUITY = N_("Annuity")
    INCOMING = N_("Incoming mail")
    CLOSING = N_("Closing of the case")


class TaskCreation(Choice):
    """How tasks of a type come about (创建方式, A-2.1.3.1-01)."""

    AUTOMATIC = N_("Automatic")
    MANUAL = N_("Manual")


class TaskSwitch(Choice):
    """Whether a step of a process takes place (启动状态, A-2.1.3.2-05)."""

    ON = N_("Switched on"), "success"
    OFF = N_("Switched off"), "muted"


def _switchable(task_type: Any) -> None:
    if not task_type.switchable:
        raise RuleError(N_("This task always takes place; it cannot be switched on or off"), code="conflict")


#: Only six of the shipped tasks may be left out (A-2.1.3.2-04).
TASK_TYPE_FLOW = Workflow(
    TaskSwitch.ON,
    (
        Transition("switch_on", N_("Switch on"), (TaskSwitch.OFF,), TaskSwitch.ON, guard=_switchable),
        Transition("switch_off", N_("Switch off"), (TaskSwitch.ON,), TaskSwitch.OFF, guard=_switchable),
    ),
    field="switch",
    reads=("switchable",),
)


class TaskSource(Choice):
    """Who made a task (任务来源, A-3.6.2.1-01)."""

    AUTOMATIC = N_("Automatically created task")
    MANUAL = N_("Manually created task")


class TaskStatus(Choice):
    """How far a task has come (任务状态)."""

    OPEN = N_("Unprocessed"), "hollow"
    IN_PROGRESS = N_("In process"), "half"
    DONE = N_("Completed"), "success"


class TaskClearing(Choice):
    """Whether the docketing monitor has confirmed that a task is done (核销, A-3.6.3.1)."""

    UNCLEARED = N_("Not cleared"), "hollow"
    CLEARED = N_("Cleared"), "success"


class TaskStanding(Choice):
    """Whether a task still counts: voided ones come back, those ended by the closing of their case do not."""

    LIVE = N_("In force"), "none"
    VOID = N_("Voided"), "muted"
    ENDED = N_("Terminated"), "muted"


#: Tasks that are done by the steps of their own page; 【完成】 would skip what that page asks for.
BY_THEIR_PAGE = frozenset({
    "intake_review", "case_allocation", "case_handling", "drafting", "translation", "illustration",
    "case_substantive_review", "case_preparation", "case_quality_check", "document_handling",
    "document_substantive_review", "document_preparation", "document_quality_check", "acknowledgement_tracking",
    "closing_review", "reinstatement_review",
})  # fmt: skip
#: Who can do a task without somebody being named: the right it takes, as (permission, table).
DOERS = {
    "intake_review": ("complete_review", "case"),
    "case_allocation": ("allocate", "allocation"),
    "case_substantive_review": ("pass_review", "filing"),
    "document_substantive_review": ("pass_review", "filing"),
    "case_preparation": ("finish_preparation", "filing"),
    "document_preparation": ("finish_preparation", "filing"),
    "case_quality_check": ("pass_check", "filing"),
    "document_quality_check": ("pass_check", "filing"),
    "acknowledgement_tracking": ("acknowledge", "filing"),
}
#: Mere reminders, without anything to process: whoever has one clears it by hand (A-3.3.1.3-03).
REMINDERS = frozenset({"enquiry_reminder", "payment_confirmation"})


def before_filing(task_type: Any) -> bool:
    """Whether tasks of a type are part of the way to a new application, and so due before it is filed."""
    return task_type.flow is TaskFlow.NEW_APPLICATION and task_type.code != "acknowledgement_tracking"


def code_of(task: Any) -> str:
    """The code of a task's type; empty where it has none."""
    return task.task_type.code if task.task_type is not None else ""


def is_open(task: Any) -> bool:
    """Whether somebody still has to do the task."""
    return task.standing is TaskStanding.LIVE and task.status is not TaskStatus.DONE


def made_by_hand(task_type: Any) -> bool:
    """Whether a person may make tasks of a type (A-3.6.2.1-02): not those that stand for a step of a process."""
    if task_type.creation is TaskCreation.MANUAL:
        return True
    return task_type.code not in BY_THEIR_PAGE or task_type.code == "document_handling"


def _live(task: Any) -> None:
    if task.standing is not TaskStanding.LIVE:
        raise RuleError(N_("This task is voided or terminated"), code="conflict")


def _by_hand(task: Any) -> None:
    _live(task)
    if code_of(task) in BY_THEIR_PAGE or task.filing_id is not None or task.work_id is not None:
        raise RuleError(N_("This task is completed on its processing page"), code="conflict")


def _clearable(task: Any) -> None:
    _live(task)
    if task.status is not TaskStatus.DONE and code_of(task) not in REMINDERS:
        raise RuleError(N_("Only completed tasks can be cleared"), code="conflict")


def _uncleared(task: Any) -> None:
    if task.clearing is TaskClearing.CLEARED:
        raise RuleError(N_("A cleared task cannot be voided"), code="conflict")


#: How a task is done (A-3.6.2.2): entered, completed by hand, or finished by what its page does.
TASK_FLOW = Workflow(
    TaskStatus.OPEN,
    (
        Transition("enter", N_("Start processing"), (TaskStatus.OPEN,), TaskStatus.IN_PROGRESS, guard=_live,
                   internal=True),
        Transition("complete", N_("Complete"), (TaskStatus.OPEN, TaskStatus.IN_PROGRESS), TaskStatus.DONE,
                   guard=_by_hand),
        Transition("finish", N_("Complete"), (TaskStatus.OPEN, TaskStatus.IN_PROGRESS), TaskStatus.DONE, guard=_live,
                   internal=True),
    ),
    reads=("task_type", "filing_id", "work_id"),
)  # fmt: skip
#: Completion is confirmed by the docketing monitor, who may take that back (A-3.6.3.1-03, -05).
CLEARING_FLOW = Workflow(
    TaskClearing.UNCLEARED,
    (
        Transition("clear", N_("Clear"), (TaskClearing.UNCLEARED,), TaskClearing.CLEARED, guard=_clearable),
        Transition("unclear", N_("Undo clearing"), (TaskClearing.CLEARED,), TaskClearing.UNCLEARED),
    ),
    field="clearing",
    reads=("task_type",),
)
#: A voided task is not processed any more until it is restored; the closing of a case ends what is open for good.
STANDING_FLOW = Workflow(
    TaskStanding.LIVE,
    (
        Transition("void", N_("Void"), (TaskStanding.LIVE,), TaskStanding.VOID, guard=_uncleared, asks=("reason",)),
        Transition("restore", N_("Undo voiding"), (TaskStanding.VOID,), TaskStanding.LIVE),
        Transition("end", N_("Terminate"), (TaskStanding.LIVE,), TaskStanding.ENDED, internal=True),
    ),
    field="standing",
)


class Urgency(Choice):
    """How pressing a task is: the colour of its icon (A-3.6.3-05)."""

    NORMAL = N_("Normal"), "normal"
    TODAY = N_("To be reminded today"), "today"
    REMIND = N_("Reminder"), "remind"
    WARNING = N_("Warning"), "warn"
    OVERDUE = N_("Past the hard deadline"), "over"


def urgency(on: date, remind_on: date | None, internal: date | None, hard: date | None) -> Urgency:
    """How pressing an open task is on a day (ambiguities 19): black over red over green over yellow over none."""
    if hard is not None and on > hard:
        return Urgency.OVERDUE
    if internal is not None and on >= internal:
        return Urgency.WARNING
    if remind_on is not None and on == remind_on:
        return Urgency.TODAY
    if remind_on is not None and on > remind_on:
        return Urgency.REMIND
    return Urgency.NORMAL
