"""How the installation is: what an administrator looks at first when something is wrong."""

import platform
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import flask_appbuilder
import sqlalchemy
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.rules.choice import N_, Choice
from app.rules.system import JobState
from app.services import release
from models.system import Job

LOW_DISK = 5 * 1024**3
OLD_BACKUP = timedelta(hours=48)
LONG_WAIT = timedelta(minutes=10)


class Condition(Choice):
    """How one part of the installation is."""

    GOOD = N_("In order"), "success"
    WARNING = N_("Needs attention"), "warning"
    BAD = N_("Out of order"), "danger"


@dataclass(frozen=True)
class DatabaseHealth:
    """kind and release of the database, its bytes, milliseconds of one question, revision of its tables."""

    kind: str
    size: int
    ping_ms: float
    revision: str

    condition = Condition.GOOD


@dataclass(frozen=True)
class DiskHealth:
    """Bytes of the disk the data folder is on."""

    free: int
    total: int

    @property
    def condition(self) -> Condition:
        return Condition.WARNING if self.free < LOW_DISK else Condition.GOOD


@dataclass(frozen=True)
class BackupHealth:
    """The newest backup kept in the data folder, and how many there are."""

    name: str | None
    made_at: datetime | None
    size: int
    count: int
    at: datetime

    @property
    def condition(self) -> Condition:
        fresh = self.made_at is not None and self.at - self.made_at < OLD_BACKUP
        return Condition.GOOD if fresh else Condition.WARNING


@dataclass(frozen=True)
class QueueHealth:
    """Jobs by state, and since when the oldest waits."""

    counts: dict[JobState, int]
    oldest: datetime | None
    at: datetime

    @property
    def condition(self) -> Condition:
        stuck = self.oldest is not None and self.at - self.oldest > LONG_WAIT
        return Condition.WARNING if stuck or self.counts.get(JobState.FAILED) else Condition.GOOD


@dataclass(frozen=True)
class SchedulerHealth:
    """Which process schedules, and when it last said so."""

    leader: str
    since: datetime | None
    lease: timedelta
    at: datetime

    @property
    def condition(self) -> Condition:
        alive = self.since is not None and self.at - self.since < self.lease
        return Condition.GOOD if alive else Condition.WARNING


def ping(session: Session) -> float:
    """Milliseconds the database takes to answer. Raises SQLAlchemyError where it does not."""
    start = time.perf_counter()
    session.execute(select(1)).scalar_one()
    return (time.perf_counter() - start) * 1000


def database(session: Session) -> DatabaseHealth:
    """The database. Raises SQLAlchemyError where it does not answer."""
    delay, connection = ping(session), session.connection()
    if connection.dialect.name == "sqlite":
        kind = "SQLite " + connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size *= connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    else:
        kind = "PostgreSQL " + connection.exec_driver_sql("SHOW server_version").scalar_one()
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return DatabaseHealth(kind, size, delay, revision)


def disk(data: Path) -> DiskHealth:
    """The disk of the data folder."""
    usage = shutil.disk_usage(data)
    return DiskHealth(usage.free, usage.total)


def last_backup(kept: Sequence[Path], at: datetime) -> BackupHealth:
    """The newest of these backups (oldest first)."""
    if not kept:
        return BackupHealth(None, None, 0, 0, at)
    facts = kept[-1].stat()
    return BackupHealth(kept[-1].name, datetime.fromtimestamp(facts.st_mtime, at.tzinfo), facts.st_size, len(kept), at)


def queue(session: Session, at: datetime) -> QueueHealth:
    """The background jobs: unfinished ones, and those that ended within a day."""
    recent = Job.finished_at.is_(None) | (Job.finished_at > at - timedelta(days=1))
    counts = session.execute(select(Job.state, func.count()).where(recent).group_by(Job.state)).all()
    oldest = session.execute(select(func.min(Job.created_at)).where(Job.state == JobState.QUEUED)).scalar()
    return QueueHealth(dict(counts), oldest, at)


def versions() -> dict[str, str]:
    """The releases of the product and of what it stands on."""
    return {
        "PatentDesk": release.version(), "Python": platform.python_version(), "SQLAlchemy": sqlalchemy.__version__,
        "Flask-AppBuilder": flask_appbuilder.__version__, platform.system(): platform.release(),
    }  # fmt: skip
