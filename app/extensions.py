"""Bare objects that the factory fills: the database session."""

from typing import Any

from flask import Flask, current_app
from flask.globals import app_ctx
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, scoped_session, sessionmaker

csrf = CSRFProtect()
#: Milliseconds that a writer on SQLite waits for another.
BUSY_TIMEOUT = 15_000


def build_engine(url: str) -> Engine:
    """An engine with the settings this product relies on (SQLite: WAL, foreign keys, waiting writers)."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15})
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT}",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Any) -> None:
    # A write that starts as a read loses the race silently on SQLite: units of work take the lock at once.
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


class Database:
    """The session of the running application."""

    def init_app(self, app: Flask) -> None:
        """Make the engine and the session registry of `app`; a session lives as long as its context."""
        engine = build_engine(app.config["SQLALCHEMY_DATABASE_URI"])
        registry = scoped_session(
            sessionmaker(engine),
            scopefunc=lambda: id(app_ctx._get_current_object()),  # type: ignore[attr-defined]  # a proxy, typed as none
        )
        app.extensions["patentdesk.engine"] = engine
        app.extensions["patentdesk.session"] = registry
        app.teardown_appcontext(lambda _error: registry.remove())

    @property
    def registry(self) -> scoped_session[Session]:
        """The session registry of the running application."""
        return current_app.extensions["patentdesk.session"]

    @property
    def session(self) -> Session:
        """The session of this context."""
        return self.registry()

    @property
    def engine(self) -> Engine:
        """The engine of the running application."""
        return current_app.extensions["patentdesk.engine"]


db = Database()
