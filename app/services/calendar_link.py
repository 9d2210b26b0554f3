"""The secret address of a person's deadlines for his calendar program: made, shown once, read, revoked."""

import hashlib
import secrets
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.ics import Entry, calendar
from app.services.access import actor_for
from app.services.clock import moment
from app.services.task import OPEN
from app.services.unit_of_work import Actor, act_as, actor_of, unit_of_work, unscoped
from app.texts import gettext as _
from models.case import Case
from models.task import CalendarLink, Task

#: Entries a calendar holds at most: the next ones.
MOST = 1_000


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(session: Session, user_id: int) -> CalendarLink | None:
    """The link a user has, if any."""
    return session.execute(select(CalendarLink).where(CalendarLink.user_id == user_id)).scalars().first()


def make(session: Session) -> str:
    """A new secret for who acts; the old one ends. It is told this once: only its digest is kept."""
    token, me = secrets.token_urlsafe(32), actor_of(session).id
    if me is None:
        raise RuleError(N_("You have no right to do this"), code="forbidden")
    with unit_of_work(session):
        link = link_of(session, me)
        if link is None:
            session.add(CalendarLink(user_id=me, token_hash=digest(token)))
        else:
            link.token_hash = digest(token)
        session.flush()
    return token


def revoke(session: Session) -> None:
    """End the link of who acts."""
    me = actor_of(session).id
    with unit_of_work(session):
        link = link_of(session, me) if me is not None else None
        if link is not None:
            session.delete(link)
            session.flush()


def feed(session: Session, token: str, host: str) -> str:
    """The calendar behind a secret: the open tasks of its owner that have a day, in the rows and fields he may see.

    Raises RuleError (missing) for a wrong or revoked secret, for one from before the owner's last password, and for an
    owner who may not sign in or read his tasks any more.
    """
    with unscoped(session):
        query = (
            select(User)
            .join(CalendarLink, CalendarLink.user_id == User.id)
            .where(or_(User.password_changed_at.is_(None), User.password_changed_at <= CalendarLink.updated_at))
        )
        user = session.execute(query.where(CalendarLink.token_hash == digest(token), User.active)).scalars().first()
    if user is None:
        raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
    actor = actor_for(session, user)
    if not actor.may("read", "my_task"):
        raise RuleError(N_("You have no right to do this"), code="missing")
    act_as(session, actor)
    own = select(Task).where(*OPEN, Task.assignee_id == user.id, Task.hard_deadline.is_not(None))
    own = own.options(joinedload(Task.case).joinedload(Case.client)).order_by(Task.hard_deadline, Task.id).limit(MOST)
    tasks = session.execute(own).scalars().all()
    return calendar(_("Deadlines of %(name)s", name=user.first_name), [_entry(t, host, actor) for t in tasks], moment())


def _entry(task: Task, host: str, actor: Actor) -> Entry:
    """One task on the day of its hard deadline, without what is hidden from its reader."""
    case, day = task.case, task.hard_deadline

    def shown(table: str, record: Any, column: str) -> str:
        hidden = record is None or (table, column) in actor.hidden
        return "" if hidden else getattr(record, column) or ""

    if day is None:
        raise ValueError("a task without a day is in no calendar")
    told = [shown("case", case, "our_ref"), task.name]
    client = case.client if case is not None and ("case", "client") not in actor.hidden else None
    more = [shown("case", case, "title"), shown("client", client, "short_name")]
    if task.internal_deadline:
        more.append(_("Internal deadline %(day)s", day=task.internal_deadline))
    return Entry(
        uid=f"task-{task.id}@{host.split(':')[0]}", day=day, title="　".join(filter(None, told)),
        changed=task.updated_at, description="\n".join(filter(None, more)), url=f"http://{host}/app/my_task/{task.id}",
        sequence=task.version, remind_on=task.remind_on,
    )  # fmt: skip
