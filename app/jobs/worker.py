"""Threads and processes that work the queue."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.jobs import queue, runner
from app.jobs.scheduler import Scheduler
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import parameters, setup
from app.services.unit_of_work import SYSTEM, act_as

log = logging.getLogger(__name__)
IDLE_SECONDS = 1.0
STOP_SECONDS = 30.0


class Worker:
    """One thread that takes job after job until it is told to stop."""

    def __init__(self, app: Flask):
        self.app = app
        self.stopping = Event()
        self._thread = Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Tell the job in hand to stop, and wait for it."""
        self.stopping.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self.stopping.is_set():
            if not self.work():
                self.stopping.wait(IDLE_SECONDS)

    def work(self) -> bool:
        """Run the next waiting job; whether there was one."""
        try:
            with self.app.app_context():
                act_as(db.session, SYSTEM)
                held = queue.claim(db.session)
            if held is not None:
                runner.run(self.app, held, self.stopping)
            return held is not None
        except SQLAlchemyError:  # the database is away or held for long: what was begun is found again as abandoned
            log.exception("the queue could not be worked")
            return False


@contextmanager
def background(app: Flask) -> Iterator[None]:
    """Within, this process works the queue and stands for the scheduling."""
    worker, scheduler = Worker(app), Scheduler(app)
    worker.start()
    scheduler.start()
    try:
        yield
    finally:
        scheduler.stop()
        worker.stop()


def run(app: Flask) -> None:
    """Work the queue, serving no pages, until the process is told to end. Raises RuleError on an old database."""
    with app.app_context():
        if setup.current_revision() != setup.head_revision():
            raise RuleError(N_("The database is not up to date: start the server once, or run migrate"))
        act_as(db.session, SYSTEM)
        parameters.freeze(db.session)
    end = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        end.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    with background(app):
        print("The worker is ready (Ctrl+C stops it)", flush=True)
        while not end.wait(IDLE_SECONDS):
            pass
