"""One application for the run; every test gets its own copy of a prepared database."""

import contextvars
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask as web
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import NullPool, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from app.extensions import build_engine, db
from app.factory import create_app
from app.services import kept, setup
from app.services.unit_of_work import SYSTEM, act_as
from tests.postgres import Copy

PASSWORD = "Test-pass-1"
ADMIN = "admin"


class Browser(FlaskClient):
    """A test client whose requests share no context with the test: as in a server, each has a session of its own."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Path]:
    """The application and a database with tables, seeds, rights and the demo agency."""
    folder = tmp_path_factory.mktemp("data")
    os.environ["PATENTDESK_ADMIN_PASSWORD"] = PASSWORD
    app = create_app({
        "DATA_DIR": folder, "TESTING": True, "RATELIMIT_ENABLED": False, "FAB_PASSWORD_HASH_METHOD": "pbkdf2:sha256:1",
        "PROPAGATE_EXCEPTIONS": False, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'template.sqlite3'}",
    })  # fmt: skip
    app.test_client_class = Browser
    setup.prepare(app)
    setup.load_demo(app)
    with app.app_context():
        db.session.connection().exec_driver_sql("UPDATE ab_user SET must_change_password = 0")
        db.session.commit()
        db.engine.dispose()
    gc.collect()
    gc.freeze()  # what lives as long as the run is not looked through again and again
    return app, folder / "template.sqlite3"


def _careless(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # what a test wrote need not outlive a power failure


@pytest.fixture
def app(prepared: tuple[Flask, Path], tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh copy of the prepared database."""
    application, template = prepared
    copy = tmp_path / "test.sqlite3"
    shutil.copyfile(template, copy)
    engine = build_engine(f"sqlite:///{copy}")
    event.listen(engine, "connect", _careless)
    with use_engine(application, engine):
        yield application
    engine.dispose()


class use_engine:
    """Within, the application works on another database."""

    def __init__(self, app: Flask, engine: Any):
        self.app, self.engine = app, engine

    def __enter__(self) -> None:
        registry = self.app.extensions["patentdesk.session"]
        self.before = self.app.extensions["patentdesk.engine"]
        registry.session_factory.configure(bind=self.engine)
        registry.session_factory.kw["info"][kept.STORE].clear()  # another database has other things to keep
        self.app.extensions["patentdesk.engine"] = self.engine

    def __exit__(self, *_error: Any) -> None:
        self.app.extensions["patentdesk.session"].session_factory.configure(bind=self.before)
        self.app.extensions["patentdesk.engine"] = self.before


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session that acts as the system, for services."""
    with app.app_context():
        act_as(db.session, SYSTEM)
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser signed in as a user of the demo agency (or admin), without going through the login page."""

    def sign_in(username: str) -> FlaskClient:
        fresh = app.test_client()
        with app.app_context(), app.test_request_context():
            user = text("SELECT id, session_counter FROM ab_user WHERE username = :name")
            row = db.session.connection().execute(user, {"name": username}).one()
            fresh.environ_base["HTTP_X_CSRFTOKEN"] = generate_csrf()
            signed_in = dict(web.session, _user_id=str(row.id), _fresh=True, counter=row.session_counter)
        with fresh.session_transaction() as cookie:
            cookie.update(signed_in)
        return fresh

    return sign_in


@pytest.fixture
def admin(sign_in_as: Callable[[str], FlaskClient]) -> FlaskClient:
    """The administrator's browser."""
    return sign_in_as(ADMIN)


POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def postgres_template(prepared: tuple[Flask, Path]) -> Iterator[str]:
    """A PostgreSQL database prepared like the SQLite one; its address."""
    application, _template = prepared
    admin_engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"patentdesk_template_{os.getpid()}"
    with admin_engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = make_url(POSTGRES).set(database=name)
    engine = build_engine(url.render_as_string(hide_password=False))
    with use_engine(application, engine):
        setup.prepare(application)
        setup.load_demo(application)
        with application.app_context():
            db.session.connection().exec_driver_sql("UPDATE ab_user SET must_change_password = false")
            db.session.commit()
    engine.dispose()
    yield name
    with admin_engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def postgres_copy(postgres_template: str) -> Iterator[Copy]:
    """A copy of the prepared database, on which all tests work, one after the other."""
    url = make_url(POSTGRES).set(database=f"patentdesk_test_{os.getpid()}")
    copy = Copy(POSTGRES, postgres_template, build_engine(url.render_as_string(hide_password=False)))
    yield copy
    copy.drop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_app(request: pytest.FixtureRequest, prepared: tuple[Flask, Path]) -> Iterator[Flask]:
    """The application on SQLite, then on PostgreSQL: for what must hold on both."""
    application, _template = prepared
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    copy: Copy = request.getfixturevalue("postgres_copy")
    copy.refresh()
    with use_engine(application, copy.engine.execution_options()):
        yield application


@pytest.fixture
def any_session(any_app: Flask) -> Iterator[Session]:
    """A session on each database that acts as the system."""
    with any_app.app_context():
        act_as(db.session, SYSTEM)
        yield db.session
        db.session.rollback()
