"""From an empty folder to a working installation: tables, seeds, rights, the first administrator."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from app.extensions import build_engine, db
from app.late import alembic
from app.rules.errors import RuleError
from app.services import accounts, parameters, seed, text_index
from app.services.access import sync_permissions
from app.services.refusal import say
from app.services.unit_of_work import SYSTEM, act_as, unit_of_work
from models.access import Stamp

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"


def prepare(app: Flask) -> str | None:
    """Bring the database up to date and load what is missing; the administrator's one-time password if one was made."""
    with app.app_context():
        if current_revision() != head_revision():
            migrate(app)
        session = acting()
        text_index.ensure(session)
        wanted = app.extensions["patentdesk.permissions"]
        mark = f"{seed.digest()[:32]}.{hash_of(wanted)}"
        if not seed.loaded(session, mark):
            load(session, wanted)
            seed.remember(session, mark)
        parameters.freeze(session)
        return accounts.create_admin(session, app.config["ADMIN_PASSWORD"] or None)


def acting() -> Session:
    """The session of this context, acting as the system."""
    session = db.session
    act_as(session, SYSTEM)
    return session


@contextmanager
def speaking(app: Flask) -> Iterator[Session]:
    """The session of a command, acting as the system; a refusal inside is told in the user's language."""
    with app.app_context():
        try:
            yield acting()
        except RuleError as error:
            raise RuleError(say(error), code=error.code) from error


def hash_of(wanted: dict[str, set[str]]) -> str:
    """A mark of the permissions the code knows."""
    return seed.mark_of(repr(sorted((k, sorted(v)) for k, v in wanted.items())))[:16]


def load(session: Session, wanted: dict[str, set[str]]) -> dict[str, int]:
    """Rights and reference data; {table: rows}."""
    with unit_of_work(session, reason=seed.SHIPPED):
        sync_permissions(session, wanted)
    added = seed.load_folder(session, seed.models_by_key(Model))
    with unit_of_work(session, reason=seed.SHIPPED):
        seed.load_grants(session)
    return added


def alembic_config() -> "alembic.config.Config":
    """Alembic's settings; the address of the database is taken from the application."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def scripts() -> "alembic.script.ScriptDirectory":
    """The migrations as Alembic sees them."""
    return alembic.script.ScriptDirectory.from_config(alembic_config())


@contextmanager
def table_changes(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables may be made anew, as SQLite does to change one: the old one is dropped, which with
    references enforced would delete or refuse what points to it. They are checked before the commit instead.

    Raises RuntimeError where a reference would lead nowhere.
    """
    with engine.connect() as connection:
        lite: Any = connection.connection.dbapi_connection if engine.dialect.name == "sqlite" else None
        if lite is not None:
            lite.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if lite is not None and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"a reference leads nowhere after the migration: {tuple(broken)}")
        finally:
            if lite is not None:
                lite.execute("PRAGMA foreign_keys=ON")


def migrate(app: Flask) -> None:
    """Bring the tables to the newest version."""
    with app.app_context():
        db.registry.remove()
        with table_changes(db.engine) as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
        text_index.ensure(acting())


def revision(message: str) -> Path | None:
    """Write the migration that brings tables of the newest version to what the models say; None: nothing differs.

    Compared is a database made for this by the migrations, so that what a developer has in his does not matter.
    """
    config = alembic_config()
    number = int(scripts().get_current_head() or 0) + 1
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(f"sqlite:///{Path(folder, 'newest.sqlite3').as_posix()}")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            script = alembic.command.revision(
                config, message, autogenerate=True, rev_id=f"{number:04}", process_revision_directives=_unless_empty
            )
        engine.dispose()
    return Path(script.path) if isinstance(script, alembic.script.Script) else None


def _unless_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()


def head_revision() -> str | None:
    """The newest version of the tables that the code knows. The files bear it in their names, so that a start need not
    load Alembic to find nothing to do.
    """
    return max((path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")), default=None)


def current_revision() -> str | None:
    """The version of the tables in the database."""
    try:
        with db.engine.connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError):
        return None


def load_seeds(app: Flask) -> None:
    """Load rights and seeds again (what the firm changed stays)."""
    with app.app_context():
        for table, count in load(acting(), app.extensions["patentdesk.permissions"]).items():
            print(f"{table}: {count}")


def load_demo(app: Flask) -> str | None:
    """A small invented agency to play with, loaded once; the password of all its users if they were made now."""
    with app.app_context():
        session = acting()
        if session.get(Stamp, "demo") is not None:
            return None
        seed.load_demo(session, seed.models_by_key(Model))
        password = accounts.generate()
        with unit_of_work(session):
            for user in session.execute(select(User).where(User.password.is_(None))).scalars():
                accounts.set_password(session, user, password)
            session.add(Stamp(name="demo", value="1"))
        return password


def create_admin(app: Flask, username: str, password: str | None) -> str | None:
    """Make an administrator or renew his password."""
    with app.app_context():
        return accounts.create_admin(acting(), password, username=username, renew=True)


def permissions_of(consoles: Any, pages: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """Everything that may be granted: {table or page key: permissions}."""
    return {c.key: set(c.permissions()) for c in consoles} | {k: set(v) for k, v in pages.items()}
