"""Kinds and states of tasks (A-2.1.3, A-3.6)."""

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
