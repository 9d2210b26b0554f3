"""Which tasks are how pressing: the rule of `rules.task.urgency` as conditions of a statement (A-3.6.3-05)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, true

from app.rules.task import TaskClearing, TaskStanding, TaskStatus, Urgency
from app.services.task import OPEN
from models.task import Task


def urgency_of(on: date) -> ColumnElement[str]:
    """The urgency of a task on a day, as the name of its choice: the first that fits, as the rule says."""
    return case(
        (Task.hard_deadline < on, Urgency.OVERDUE.name),
        (Task.internal_deadline <= on, Urgency.WARNING.name),
        (Task.remind_on == on, Urgency.TODAY.name),
        (Task.remind_on < on, Urgency.REMIND.name),
        else_=Urgency.NORMAL.name,
    )


def as_urgent(urgency: Urgency, on: date) -> ColumnElement[bool]:
    """The open tasks of one colour."""
    return and_(*OPEN, urgency_of(on) == urgency.name)


def open_tasks(_on: date) -> ColumnElement[bool]:
    """所有未完成: neither done nor voided."""
    return and_(*OPEN)


def of_status(status: TaskStatus) -> ColumnElement[bool]:
    """The tasks in force of one status."""
    return and_(Task.standing == TaskStanding.LIVE, Task.status == status)


def in_force(_on: date) -> ColumnElement[bool]:
    """总任务: whatever its status, but not voided."""
    return Task.standing == TaskStanding.LIVE


def to_clear(_on: date) -> ColumnElement[bool]:
    """待核销: done, but not yet confirmed."""
    return and_(of_status(TaskStatus.DONE), Task.clearing == TaskClearing.UNCLEARED)


def due_between(first: date, last: date) -> ColumnElement[bool]:
    """The open tasks whose hard deadline is one of these days."""
    return and_(*OPEN, Task.hard_deadline.between(first, last))


def week_of(on: date) -> tuple[date, date]:
    """Monday and Sunday around a day."""
    monday = on - timedelta(days=on.weekday())
    return monday, monday + timedelta(days=6)


def of(user_id: int | None) -> Any:
    """The tasks of one user; of everybody where none is named."""
    return true() if user_id is None else Task.assignee_id == user_id
