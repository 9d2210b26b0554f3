"""The rows of the queue: who takes which job, signs of life, and how a job ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import JobState
from app.services.clock import moment
from app.services.unit_of_work import Actor, unit_of_work
from models.system import Job

UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
#: A job in hand that gave no sign of life for so long is nobody's.
STALE = timedelta(minutes=5)
#: So often an interrupted job is begun at most.
ATTEMPTS = 3
#: More unfinished jobs than this nobody may have.
LIMIT = 20


@dataclass(frozen=True)
class Claim:
    """A job in one worker's hand. `attempt` (the row's version) tells this taking from every other."""

    id: int
    attempt: int
    kind: str
    params: dict[str, Any]
    owner_id: int | None


@dataclass(frozen=True)
class Progress:
    """How far a job has come: `done` of `total` (None: unknown), and what it is at."""

    done: int = 0
    total: int | None = None
    message: str = ""


def add(session: Session, kind: str, label: str, params: dict[str, Any], owner_id: int | None) -> Job:
    """Put a job at the end of the queue. Raises RuleError (conflict) where its owner has too many already."""
    with unit_of_work(session):
        if owner_id is not None:
            query = select(Job.id).where(Job.owner_id == owner_id, Job.state.in_(UNFINISHED)).limit(LIMIT)
            if len(session.execute(query).all()) == LIMIT:
                message = N_("You have %(count)s unfinished background jobs; wait for one of them to end")
                raise RuleError(message, code="conflict", count=LIMIT)
        row = Job(kind=kind, label=label[:200], params=params, owner_id=owner_id, created_by_id=owner_id)
        session.add(row)
        session.flush()
        return row


def claim(session: Session) -> Claim | None:
    """Take the oldest waiting job, which no other worker then gets; None where nothing waits."""
    waiting = session.execute(select(Job.id).where(Job.state == JobState.QUEUED).limit(1)).first()
    session.rollback()
    if waiting is None:
        return None
    with unit_of_work(session):
        query = select(Job).where(Job.state == JobState.QUEUED).order_by(Job.id).limit(1)
        query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        row = session.execute(query).scalars().first()
        if row is None:
            return None
        row.version += 1
        row.state = JobState.RUNNING
        row.started_at = row.heartbeat_at = moment()
        row.done, row.total, row.message = 0, None, None
        return Claim(row.id, row.version, row.kind, dict(row.params), row.owner_id)


def beat(connection: Connection, held: Claim, progress: Progress) -> bool:
    """Give a sign of life and say how far the job is; whether it should go on."""
    jobs = Job.__table__
    values = {"done": progress.done, "total": progress.total, "message": progress.message or None}
    statement = update(jobs).where(*_held(held)).values(heartbeat_at=moment(), **values)
    wished = connection.execute(statement.returning(jobs.c.cancel_requested)).scalar()
    return wished is not None and not wished


def finish(session: Session, held: Claim, state: JobState, message: str, **values: Any) -> bool:
    """End a job, or give it back (state QUEUED); False where it is no longer this worker's."""
    ended = {} if state is JobState.QUEUED else {"finished_at": moment()}
    with unit_of_work(session):
        jobs = Job.__table__
        statement = update(jobs).where(*_held(held)).values(state=state, message=message or None, **ended, **values)
        return session.connection().execute(statement).rowcount == 1


def _held(held: Claim) -> tuple[Any, ...]:
    jobs = Job.__table__
    return jobs.c.id == held.id, jobs.c.version == held.attempt, jobs.c.state == JobState.RUNNING


def find(session: Session, job_id: int, actor: Actor, *, lock: bool = False) -> Job:
    """A job of the actor's own, or any for an administrator. Raises RuleError (missing)."""
    query = select(Job).where(Job.id == job_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.execute(query).scalars().first()
    if row is None or not (actor.is_admin or (actor.id is not None and row.owner_id == actor.id)):
        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
    return row


def listed(session: Session, actor: Actor, limit: int = 50) -> Sequence[Job]:
    """The latest jobs of the actor, everyone's for an administrator, newest first."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    return session.execute(query if actor.is_admin else query.where(Job.owner_id == actor.id)).scalars().all()


def cancel(session: Session, job_id: int, actor: Actor) -> None:
    """End a waiting job; ask a running one to stop. Raises RuleError (conflict) where it has ended already."""
    with unit_of_work(session):
        row = find(session, job_id, actor, lock=True)
        if row.state is JobState.QUEUED:
            row.state, row.finished_at = JobState.CANCELLED, moment()
        elif row.state is JobState.RUNNING:
            row.cancel_requested = True
        else:
            raise RuleError(N_("This job has ended already"), code="conflict")


def retry(session: Session, job_id: int, actor: Actor) -> Job:
    """Put a job that failed or was cancelled into the queue once more, as a new one. Raises RuleError (conflict)."""
    with unit_of_work(session):
        row = find(session, job_id, actor, lock=True)
        if row.state not in (JobState.FAILED, JobState.CANCELLED):
            raise RuleError(N_("Only a job that failed or was cancelled can be repeated"), code="conflict")
        return add(session, row.kind, row.label, dict(row.params), row.owner_id)


def abandoned(session: Session, at: datetime) -> dict[int, int]:
    """Running jobs without a sign of life since `STALE`: {id: attempt}."""
    query = select(Job.id, Job.version).where(Job.state == JobState.RUNNING, Job.heartbeat_at < at - STALE)
    return dict(session.execute(query).all())


def revive(
    session: Session, suspects: dict[int, int], repeatable: set[str], message: str, at: datetime
) -> dict[int, int]:
    """Settle jobs that were abandoned at the last look and still are: back into the queue, or failed with `message`.

    A worker in a long transaction cannot give signs of life on SQLite, so one look does not condemn it. Returns the
    suspects for the next look.
    """
    with unit_of_work(session):
        found = abandoned(session, at)
        for job_id, attempt in found.items():
            if suspects.get(job_id) != attempt:
                continue
            row = session.get_one(Job, job_id, with_for_update=True)
            again = row.kind in repeatable and attempt <= ATTEMPTS and not row.cancel_requested
            row.state = JobState.QUEUED if again else JobState.FAILED
            row.message, row.finished_at = (None, None) if again else (message, at)
    return {i: attempt for i, attempt in found.items() if suspects.get(i) != attempt}
