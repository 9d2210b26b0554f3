"""Tasks: made, given to somebody, finished, confirmed, ended (A-3.6)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    User,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session

from app.rules.case import CaseStatus
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.organization import PositionType
from app.rules.task import (
    CLEARING_FLOW,
    DOERS,
    REMINDERS,
    STANDING_FLOW,
    TASK_FLOW,
    TaskClearing,
    TaskSource,
    TaskStanding,
    TaskStatus,
    code_of,
    is_open,
    made_by_hand,
)
from app.rules.task_dates import DATES, check_order
from app.services import records
from app.services.access import ADMIN, PREFIX
from app.services.records import before_delete, before_save, effect
from app.services.task_dates import MONITOR, give
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from models.base import now
from models.task import Task, TaskType

#: What says that a new task has its dates already.
DATED = frozenset({*DATES, "basis"})
OPEN = (Task.standing == TaskStanding.LIVE, Task.status != TaskStatus.DONE)


def type_of(session: Session, code: str) -> TaskType:
    """The task type of a code. Raises RuleError (missing) where the firm deleted it (A-2.1.3.1-02)."""
    with unscoped(session):
        found = session.execute(select(TaskType).where(TaskType.code == code)).scalars().first()
    if found is None:
        raise RuleError(N_("There is no task type “%(code)s”; define it in the task settings"), code="missing")
    return found


def create(
    session: Session,
    code: str,
    *,
    assignee_id: int | None = None,
    case_id: int | None = None,
    name: str = "",
    besides: Collection[int | None] = (),
    source: TaskSource = TaskSource.AUTOMATIC,
    **more: Any,
) -> Task:
    """A new task of a type for `assignee_id`, else for whom the type or the rights name (`default_assignee`).

    besides: whom to spare if another can do it, such as the handler whose work is reviewed. more: further columns; a
    task that is given no date of its own has those its type says (`task_dates.give`).
    """
    with unit_of_work(session):
        kind = type_of(session, code)
        who = assignee_id or default_assignee(session, kind, besides=besides)
        made = Task(
            task_type_id=kind.id, name=name or kind.name, assignee_id=who, case_id=case_id, source=source, **more
        )
        if not DATED & more.keys():
            give(session, made, kind)
        session.add(made)
        session.flush()
        return made


def default_assignee(session: Session, kind: TaskType, *, besides: Collection[int | None] = ()) -> int:
    """Who gets a task nobody was named for: the owner of its type (A-2.1.3.2-10), else of those who have the right it
    takes the one with the fewest open tasks, else who acts, else an administrator. Raises RuleError for nobody.

    Whoever has the right by a managing position is spared while somebody has it as his work.
    """
    owner = kind.owner
    if owner is not None and owner.active:
        return owner.id
    may = holders(session, *DOERS[kind.code]) if kind.code in DOERS else []
    work = holders(session, *DOERS[kind.code], position=PositionType.ORDINARY) if kind.code in DOERS else []
    able = next(filter(None, ([key for key in keys if key not in besides] for keys in (work, may))), may)
    if able:
        load = open_counts(session, able)
        return min(able, key=lambda key: (load.get(key, 0), key))
    me = actor_of(session).id or next(iter(administrators(session)), None)
    if me is None:
        raise RuleError(N_("Nobody can do “%(name)s”; name its owner in the task settings"), name=kind.name)
    return me


def holders(session: Session, permission: str, table: str, *, position: PositionType | None = None) -> list[int]:
    """Ids of the active users whose positions (of one type, if it is given) grant a permission, in order."""
    own, held = assoc_permissionview_role.c, assoc_user_role.c
    query: Select[int] = (
        select(User.id)
        .join(assoc_user_role, held.user_id == User.id)
        .join(assoc_permissionview_role, own.role_id == held.role_id)
        .join(PermissionView, PermissionView.id == own.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == PREFIX + permission, ViewMenu.name == table, User.active)
    )
    if position is not None:
        query = query.join(Role, Role.id == own.role_id).where(Role.position_type == position)
    return list(session.execute(query.distinct().order_by(User.id)).scalars())


def administrators(session: Session) -> list[int]:
    """Ids of the active administrators, in order."""
    query = select(User.id).where(User.active, User.roles.any(Role.name == ADMIN)).order_by(User.id)
    return list(session.execute(query).scalars())


def open_counts(session: Session, users: Iterable[int] | None = None) -> dict[int, int]:
    """{user: how many open tasks he has}; of all users where none are named."""
    query = select(Task.assignee_id, func.count()).where(*OPEN).group_by(Task.assignee_id)
    if users is not None:
        query = query.where(Task.assignee_id.in_(list(users)))
    with unscoped(session):
        return dict(session.execute(query).all())


def open_tasks(session: Session, *conditions: Any) -> list[Task]:
    """The open tasks that fulfil some conditions, whoever may see them, oldest first."""
    with unscoped(session):
        return list(session.execute(select(Task).where(*OPEN, *conditions).order_by(Task.id)).scalars())


def open_of(session: Session, codes: Collection[str], *conditions: Any) -> list[Task]:
    """The open tasks of some types that fulfil some conditions."""
    return open_tasks(session, Task.task_type_id.in_(select(TaskType.id).where(TaskType.code.in_(codes))), *conditions)


def finish(session: Session, tasks: Iterable[Task]) -> None:
    """Finish tasks because what they ask for was done on their page."""
    for task in tasks:
        with unscoped(session):  # the step was somebody's right, whoever sees the task
            records.move(session, task, "finish")


def end(session: Session, tasks: Iterable[Task]) -> None:
    """End tasks for good: their case was closed, or their work was taken back."""
    for task in tasks:
        with unscoped(session):
            records.move(session, task, "end")


def enter(session: Session, task_id: int) -> Task:
    """Begin to process one's own task (进入处理, A-3.6.2.2-04). Raises RuleError: missing, forbidden, conflict."""
    with unit_of_work(session):
        task: Task = records.find(session, Task, task_id, lock=True)
        own(session, task)
        if not is_open(task):
            raise RuleError(N_("This task is done, voided or terminated"), code="conflict")
        if task.status is TaskStatus.OPEN:
            records.move(session, task, "enter")
        return task


def own(session: Session, task: Task) -> None:
    """Raise RuleError (forbidden) unless who acts is the assignee or monitors tasks."""
    actor = actor_of(session)
    if actor.id != task.assignee_id and not actor.may(MONITOR, "task"):
        raise RuleError(N_("This task is somebody else's"), code="forbidden")


@effect(TASK_FLOW, "complete")
def _completed(session: Session, task: Task, **_inputs: Any) -> None:
    own(session, task)
    task.finished_at = now()


@effect(TASK_FLOW, "finish")
def _finished(session: Session, task: Task, **_inputs: Any) -> None:
    task.finished_at = now()


@effect(CLEARING_FLOW, "clear")
def _cleared(session: Session, task: Task, **_inputs: Any) -> None:
    """Who confirmed it and when (A-3.6.3.1-03); a reminder is done by being cleared.

    Others' tasks are confirmed by the monitor; whoever has a reminder clears it himself (ambiguities 20).
    """
    actor = actor_of(session)
    if not actor.may(MONITOR, "task") and not (actor.id == task.assignee_id and code_of(task) in REMINDERS):
        raise RuleError(N_("Clearing is for who monitors tasks; only reminders are cleared by oneself"),
                        code="forbidden")  # fmt: skip
    task.cleared_by_id, task.cleared_at = actor.id, now()
    if task.status is not TaskStatus.DONE and code_of(task) in REMINDERS:
        finish(session, [task])


@effect(CLEARING_FLOW, "unclear")
def _uncleared(session: Session, task: Task, **_inputs: Any) -> None:
    """Not after the case was closed (ambiguities 22)."""
    _monitors(session)
    if task.case is not None and task.case.status is CaseStatus.CLOSED:
        raise RuleError(N_("The case is closed; its clearings stay"), code="conflict")
    task.cleared_by_id = task.cleared_at = None


@effect(STANDING_FLOW, "void")
def _voided(session: Session, task: Task, **_inputs: Any) -> None:
    _monitors(session)


@effect(STANDING_FLOW, "restore")
def _restored(session: Session, task: Task, **_inputs: Any) -> None:
    """Nothing begins anew in a closed case."""
    _monitors(session)
    if task.case is not None and task.case.status is CaseStatus.CLOSED:
        raise RuleError(N_("The case is closed; its tasks stay as they are"), code="conflict")


def _monitors(session: Session) -> None:
    if not actor_of(session).may(MONITOR, "task"):
        raise RuleError(N_("This is for who monitors tasks"), code="forbidden")


def remark(session: Session, task_id: int, text: str) -> Task:
    """Write or change the remark of a task (备注, A-3.6.2.2-06)."""
    with unit_of_work(session):
        task: Task = records.find(session, Task, task_id, lock=True)
        own(session, task)
        task.remark = text or None
        session.flush()
        return task


#: What a person gives a task once, and changes only by 【延期】, 【转分配】 or not at all.
SETTLED = ("case_id", "name", "task_type_id", "assignee_id", "deadline_rule_id", *DATES)


@before_save(Task)
def _checked(session: Session, task: Task) -> None:
    """What people may write of a task by themselves (A-3.6.2.1): all of a new one, later only its remark."""
    state: Any = inspect(task)
    if state.persistent:
        own(session, task)
        for column in SETTLED:
            if state.attrs[column].history.has_changes():
                raise RuleError(_SETTLED.get(column, N_("This cannot be changed any more")), field=column)
        return
    check_order(task.hard_deadline, task.internal_deadline, task.remind_on)
    kind = _kind_named(session, task)
    if task.task_type_id is None and kind is not None:
        task.task_type_id = kind.id
    active = session.execute(select(User.id).where(User.id == task.assignee_id, User.active)).first()
    if task.assignee_id is not None and active is None:
        raise RuleError(N_("Choose one from the list"), field="assignee_id")


_SETTLED = {
    "assignee_id": N_("Another assignee is named by “Reassign”"),
    **dict.fromkeys(DATES, N_("The dates of a task are changed by “Postpone”")),
}


def _kind_named(session: Session, task: Task) -> TaskType | None:
    """The type of a task that somebody makes, by its name. Raises RuleError for a name that is not defined
    (A-2.1.3.1-02) and for the step of a process, which nobody makes by hand."""
    if task.task_type_id is not None:
        return session.get(TaskType, task.task_type_id)
    named = session.execute(select(TaskType).where(TaskType.name == task.name).order_by(TaskType.id)).scalars().all()
    if not named:
        raise RuleError(N_("There is no task “%(name)s”; define it in the task settings"), field="name", name=task.name)
    found = next(filter(made_by_hand, named), None)
    if found is None:
        raise RuleError(N_("“%(name)s” is made by the system only"), field="name", name=task.name)
    return found


@before_delete(Task)
def _deletable(session: Session, task: Task) -> None:
    """Tasks made by hand that nobody began; what the system made is voided instead (ambiguities 22)."""
    if task.source is not TaskSource.MANUAL:
        raise RuleError(N_("Tasks of the system cannot be deleted; void them instead"), code="conflict")
    if task.status is not TaskStatus.OPEN or task.clearing is not TaskClearing.UNCLEARED:
        raise RuleError(N_("Only unprocessed tasks can be deleted"), code="conflict")


def due(hard: date | None = None, internal: date | None = None, remind: date | None = None) -> dict[str, date | None]:
    """The three dates of a task by column."""
    return {"hard_deadline": hard, "internal_deadline": internal, "remind_on": remind}
