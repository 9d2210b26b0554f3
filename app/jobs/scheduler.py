"""What is due by the clock: put into the queue once, however many processes serve."""

import logging
import os
import re
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Event, Thread

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.extensions import db
from app.jobs import housekeeping, queue, runner, safety_net
from app.late import clocks
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import parameters
from app.services.clock import moment
from app.services.today import OFFICE
from app.services.unit_of_work import SYSTEM, act_as, unit_of_work
from app.texts import gettext as _
from models.access import Stamp

log = logging.getLogger(__name__)
LEADER = "scheduler"
#: A leader who did not renew for so long has none.
LEASE = timedelta(seconds=60)
RENEW_SECONDS = 20.0
TICK_SECONDS = 30


@dataclass(frozen=True)
class Daily:
    """A job of the system, once a day, at the time (HH:MM at the office; anything else: never) a parameter names."""

    kind: str
    label: str
    parameter: str
    default: str


DAILY = [
    Daily(housekeeping.BACKUP, N_("Nightly backup"), "backup_time", "02:30"),
    Daily(safety_net.SAFETY_NET, N_("Safety net: what nobody works on"), "safety_net_time", "02:10"),
    Daily(housekeeping.CLEANUP, N_("Clean up temporary files"), "cleanup_time", "03:30"),
]


def lead(session: Session, me: str, at: datetime) -> bool:
    """Become or stay the one process that schedules; False where another is."""
    try:
        with unit_of_work(session):
            row = session.get(Stamp, LEADER, with_for_update=True)
            holder, since = read_leader(row)
            if holder not in (me, "") and since is not None and at - since < LEASE:
                return False
            _write(session, row, LEADER, f"{me} {at.isoformat()}")
    except RuleError:  # two made the row at once, the other was first
        return False
    return True


def _write(session: Session, row: Stamp | None, name: str, value: str) -> None:
    """Change the locked row, or make it: who is second then gets a conflict, never the other's row."""
    if row is None:
        session.add(Stamp(name=name, value=value))
        session.flush()
    else:
        row.value = value


def resign(session: Session, me: str) -> None:
    """Leave the scheduling to whoever asks next."""
    with unit_of_work(session):
        row = session.get(Stamp, LEADER, with_for_update=True)
        if row is not None and read_leader(row)[0] == me:
            session.delete(row)


def read_leader(row: Stamp | None) -> tuple[str, datetime | None]:
    """Which process schedules, and when it last said so."""
    if row is None:
        return "", None
    holder, _space, since = row.value.partition(" ")
    return holder, datetime.fromisoformat(since)


def once(session: Session, name: str, period: str) -> bool:
    """Whether nobody did `name` in this period (or a later one) yet; says that it is done now.

    Raises RuleError (conflict) where another process says so at the same moment.
    """
    key = f"ran.{name}"
    with unit_of_work(session):
        row = session.get(Stamp, key, with_for_update=True)
        if row is not None and row.value >= period:
            return False
        _write(session, row, key, period)
    return True


def time_of(text: str) -> time | None:
    """A time of day as the administrator wrote it; None for what is none."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[:：]\s*(\d{2})\s*", text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return time(int(found[1]), int(found[2]))


def fill_queue(session: Session, at: datetime) -> list[str]:
    """Enqueue what is due at this moment and was not yet today: the kinds."""
    local, due = at.astimezone(OFFICE), []
    for entry in DAILY:
        start = time_of(parameters.value(session, entry.parameter, entry.default))
        if start is None or local.time() < start:
            continue
        try:
            with unit_of_work(session):
                if once(session, entry.kind, local.date().isoformat()):
                    runner.enqueue(session, entry.kind, _(entry.label), {}, SYSTEM)
                    due.append(entry.kind)
        except RuleError as error:
            log.info("%s was begun by another process (%s)", entry.kind, error)
    return due


class Scheduler:
    """One process's candidate: it runs APScheduler as long as it leads."""

    def __init__(self, app: Flask):
        self.app = app
        self.me = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.clock: clocks.BackgroundScheduler | None = None
        self._suspects: dict[int, int] = {}
        self._end = Event()
        self._thread = Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to stand for leader."""
        self._thread.start()

    def stop(self) -> None:
        """End, and let another lead."""
        self._end.set()
        self._thread.join()
        if self._set_clock(False):
            with self.app.app_context():
                act_as(db.session, SYSTEM)
                resign(db.session, self.me)

    def _run(self) -> None:
        while True:
            self.renew()
            if self._end.wait(RENEW_SECONDS):
                return

    def renew(self) -> bool:
        """Ask for the lead and schedule, or stop scheduling, accordingly."""
        try:
            with self.app.app_context():
                act_as(db.session, SYSTEM)
                leads = lead(db.session, self.me, moment())
        except SQLAlchemyError as error:
            log.warning("no lead of the scheduler: %s", error)
            leads = False
        self._set_clock(leads)
        return leads

    def _set_clock(self, runs: bool) -> bool:
        """Start or stop APScheduler; whether it ran before."""
        before = self.clock is not None
        if self.clock is not None and not runs:
            self.clock.shutdown(wait=True)
            self.clock = None
        elif self.clock is None and runs:
            options = {"coalesce": True, "max_instances": 1}
            self.clock = clocks.BackgroundScheduler(timezone=OFFICE, job_defaults=options)
            self.clock.add_job(self.tick, "interval", seconds=TICK_SECONDS, misfire_grace_time=None)
            self.clock.start()
        return before

    def tick(self) -> list[str]:
        """Put what is due into the queue and settle abandoned jobs; the kinds enqueued."""
        try:
            with self.app.app_context():
                session, at = db.session, moment()
                act_as(session, SYSTEM)
                due = fill_queue(session, at)
                self._suspects = queue.revive(session, self._suspects, runner.REPEATABLE, runner.interrupted(), at)
                return due
        except SQLAlchemyError as error:
            log.warning("nothing was scheduled: %s", error)
            return []
