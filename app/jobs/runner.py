"""What a background job does: handlers by kind, and running one as its owner."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import IO, Any

from flask import Flask, g
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import queue
from app.jobs.queue import Claim, Progress
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import JobState
from app.services import files
from app.services.access import actor_for
from app.services.refusal import say
from app.services.unit_of_work import SYSTEM, Actor, act_as
from app.texts import gettext as _
from models.system import Job

log = logging.getLogger(__name__)
BEAT_SECONDS = 2.0
RESULT_BYTES = 2 * 1024**3


class Stopped(Exception):
    """The job was cancelled, or its process ends."""


@dataclass(frozen=True)
class Outcome:
    """What a job leaves its owner: a sentence, a file under a name, the page that tells the rest."""

    message: str = ""
    file: IO[bytes] | None = None
    name: str = ""
    url: str = ""


@dataclass(frozen=True)
class JobContext:
    """What a handler works with. `session` acts as the job's owner."""

    session: Session
    params: dict[str, Any]
    actor: Actor
    pulse: "Pulse"

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the job is: cheap, call it often. Raises Stopped where it should not go on."""
        self.pulse.progress = Progress(done, total, message)
        if self.cancelled():
            raise Stopped

    def cancelled(self) -> bool:
        """Whether the job should stop: cancelled, taken over, or the process ends."""
        return self.pulse.over


Handler = Callable[[JobContext], Outcome | None]
_HANDLERS: dict[str, Handler] = {}
#: Kinds that may be begun again by themselves after an interruption.
REPEATABLE: set[str] = set()
#: The jobs this process is at, by id.
_RUNNING: dict[int, "Pulse"] = {}


def job(kind: str, *, repeatable: bool = False) -> Callable[[Handler], Handler]:
    """Register what a job of `kind` does. repeatable: harmless when begun twice."""

    def keep(handler: Handler) -> Handler:
        _HANDLERS[kind] = handler
        if repeatable:
            REPEATABLE.add(kind)
        return handler

    return keep


def enqueue(session: Session, kind: str, label: str, params: dict[str, Any], actor: Actor) -> Job:
    """Put a job into the queue; it will run with the rights `actor` then has. Within a unit of work it joins that.

    params: JSON; `params["file_id"]` names a stored file the job needs, kept until it has ended.
    Raises RuleError (conflict) for too many, KeyError for a kind nobody registered.
    """
    _HANDLERS[kind]
    return queue.add(session, kind, label, params, actor.id)


class Pulse:
    """While a job runs: a thread that gives signs of life, writes its progress and hears of its cancelling."""

    def __init__(self, engine: Engine, held: Claim, stopping: Event):
        self.engine, self.held, self.stopping = engine, held, stopping
        self.progress = Progress()
        self.cancelled = False
        self._end = Event()
        self._thread = Thread(target=self._run, name=f"pulse-{held.id}", daemon=True)

    @property
    def over(self) -> bool:
        """Whether the job should stop."""
        return self.cancelled or self.stopping.is_set()

    def __enter__(self) -> "Pulse":
        _RUNNING[self.held.id] = self
        self._thread.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self._end.set()
        self._thread.join()
        del _RUNNING[self.held.id]

    def _run(self) -> None:
        while not self._end.wait(BEAT_SECONDS):
            try:
                with self.engine.begin() as connection:
                    if not queue.beat(connection, self.held, self.progress):
                        self.cancelled = True
            except SQLAlchemyError as error:  # another writer holds the database: the next beat will do
                log.info("job %s: no sign of life (%s)", self.held.id, error)


def progress_of(row: Job) -> Progress:
    """How far a job is: by its worker where that is this process, else by the database."""
    pulse = _RUNNING.get(row.id)
    return pulse.progress if pulse else Progress(row.done, row.total, row.message or "")


def cancel(session: Session, job_id: int, actor: Actor) -> None:
    """Cancel a job of the actor's own, or any for an administrator. Raises RuleError."""
    queue.cancel(session, job_id, actor)
    if pulse := _RUNNING.get(job_id):
        pulse.cancelled = True


def run(app: Flask, held: Claim, stopping: Event) -> JobState:
    """Run a claimed job as its owner and write how it ended. `stopping`: set when the process ends."""
    with app.app_context():
        with Pulse(db.engine, held, stopping) as pulse:
            state, message, result = _attempt(db.session, held, pulse)
        _enter(db.session, SYSTEM)
        if not queue.finish(db.session, held, state, message, **result):
            log.warning("job %s was taken over by another worker", held.id)
        return state


def _attempt(session: Session, held: Claim, pulse: Pulse) -> tuple[JobState, str, dict[str, Any]]:
    """Do the work: how it ended, in which words, and what to keep of it."""
    try:
        actor = owner_of(session, held.owner_id)
        _enter(session, actor)
        outcome = _HANDLERS[held.kind](JobContext(session, held.params, actor, pulse)) or Outcome()
        return JobState.DONE, outcome.message, _kept(session, outcome, pulse.progress, held.params)
    except Stopped:
        if pulse.cancelled:
            return JobState.CANCELLED, "", {}
        again = held.kind in REPEATABLE
        return (JobState.QUEUED, "", {}) if again else (JobState.FAILED, interrupted(), {})
    except RuleError as error:
        return JobState.FAILED, say(error), {}
    except Exception:
        log.exception("job %s (%s) failed", held.id, held.kind)
        return JobState.FAILED, _("Something went wrong on the server"), {}
    finally:
        session.rollback()


def _kept(session: Session, outcome: Outcome, progress: Progress, params: dict[str, Any]) -> dict[str, Any]:
    """The columns of a job that is done; where its result is joins what it was asked."""
    values: dict[str, Any] = {"done": progress.total, "total": progress.total} if progress.total else {}
    if outcome.url:
        values["params"] = params | {"url": outcome.url}
    if outcome.file is not None:
        with outcome.file as source:
            source.seek(0)
            stored = files.keep(session, outcome.name, source, limit=RESULT_BYTES, checked=False)
        values |= {"result_file_id": stored.id, "result_name": outcome.name}
    return values


def interrupted() -> str:
    """What a job is told to have died of when its process did."""
    return _("The job was interrupted; repeat it")


def _enter(session: Session, actor: Actor) -> None:
    g.actor = actor
    act_as(session, actor)


def owner_of(session: Session, owner_id: int | None) -> Actor:
    """Who a job acts as: its owner with the rights he has now, or the system. Raises RuleError."""
    if owner_id is None:
        return SYSTEM
    act_as(session, SYSTEM)
    user = session.get(User, owner_id)
    if user is None or not user.active:
        raise RuleError(N_("The account this job was for is not valid any more"), code="forbidden")
    return actor_for(session, user, request_id=f"job-{owner_id}")
