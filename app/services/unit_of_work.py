"""Transactions: who acts, what they may see, and one commit or none."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError


@dataclass(frozen=True)
class Actor:
    """Who acts in a session and what rows they may see.

    sees_all: no row is hidden (administrators, managers, jobs, or a company where all is shared).
    """

    id: int | None = None
    name: str = ""
    sees_all: bool = True
    grants: frozenset[tuple[str, str]] = field(default_factory=frozenset, repr=False)
    is_admin: bool = False
    request_id: str = ""
    hidden: frozenset[tuple[str, str]] = field(default_factory=frozenset, repr=False)
    read_only: frozenset[tuple[str, str]] = field(default_factory=frozenset, repr=False)
    role_ids: frozenset[int] = field(default_factory=frozenset, repr=False)

    def may(self, permission: str, table: str) -> bool:
        """Whether the actor's positions grant `permission` (read, add …) on `table`."""
        return self.is_admin or (permission, table) in self.grants


SYSTEM = Actor(is_admin=True)
#: Who acts where nobody said who: no right, no row of any person.
NOBODY = Actor(sees_all=False)


@dataclass
class Unit:
    """One unit of work: why it is done, the batch it belongs to, and the moves of state it may make."""

    reason: str = ""
    batch: str | None = None
    moves: set[tuple[int, str]] = field(default_factory=set)
    initial_states_free: bool = False


def actor_of(session: Session) -> Actor:
    """Who acts in this session; nobody where it was not said."""
    return session.info.get("actor", NOBODY)


def act_as(session: Session, actor: Actor) -> None:
    """Set who acts in this session from now on."""
    session.info["actor"] = actor
    session.info.pop("scope_options", None)


@contextmanager
def unscoped(session: Session) -> Iterator[None]:
    """Within, no row is hidden: for services that must see everything (numbering, references, safety nets)."""
    before = actor_of(session)
    act_as(session, replace(before, sees_all=True))
    try:
        yield
    finally:
        act_as(session, before)


def unit_of(session: Session) -> Unit | None:
    """The running unit of work, if any."""
    return session.info.get("unit")


@contextmanager
def unit_of_work(session: Session, *, reason: str = "", batch: str | None = None) -> Iterator[Unit]:
    """One transaction: everything inside is saved together or not at all. Within another it joins that one.

    Raises RuleError (conflict) where the database refuses a clash that a check could not foresee.
    """
    running = unit_of(session)
    if running is not None:
        yield running
        return
    session.rollback()  # leave the snapshot that reading took
    session.connection(execution_options={"immediate": True})
    unit = session.info["unit"] = Unit(reason=reason, batch=batch)
    try:
        yield unit
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise RuleError(
            N_("Another record with the same value exists, or this one is still in use"), code="conflict"
        ) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("unit", None)


def listen(**listeners: Callable[..., None]) -> None:
    """Call these at the events of every session of the process; asked for again, they are called once all the same."""
    for name, listener in listeners.items():
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def new_batch() -> str:
    """A fresh mark for the changes of one import or bulk edit."""
    return uuid.uuid4().hex
