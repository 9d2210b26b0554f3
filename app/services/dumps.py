"""The database as one file, and back: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from app.rules.choice import N_
from app.rules.errors import RuleError

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
#: What of a PostgreSQL database is the product's, whoever owns it there.
PUBLIC = ("--schema=public", "--no-owner", "--no-privileges")
MAGIC = {"database.sqlite3": b"SQLite format 3\x00", "database.pgdump": b"PGDMP"}


def name_of(engine: Engine) -> str:
    """What the database of this engine is called in an archive."""
    return NAMES[engine.dialect.name]


def dump(engine: Engine, target: Path) -> None:
    """Copy the database as it is at one moment, while others work. Raises RuleError."""
    if engine.dialect.name == "postgresql":
        _run(engine, "pg_dump", "--format=custom", *PUBLIC, f"--file={target}")
        return
    with closing(engine.raw_connection()) as source, closing(sqlite3.connect(target)) as copy:
        connection: Any = source.driver_connection
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def check(dumped: Path) -> None:
    """Raise RuleError where a dump cannot be read."""
    with dumped.open("rb") as source:
        sound = source.read(16).startswith(MAGIC[dumped.name])
    if sound and dumped.suffix == ".sqlite3":
        try:
            with closing(sqlite3.connect(dumped)) as database:
                sound = database.execute("PRAGMA quick_check").fetchone() == ("ok",)
                sound &= not database.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError:
            sound = False
    if not sound:
        raise RuleError(N_("The database in this backup is damaged; nothing was changed"))


@contextmanager
def replaced(engine: Engine, dumped: Path, aside: str) -> Iterator[None]:
    """Put a dump in the database's place; the present one stands under `aside`, and comes back on failure.

    Raises RuleError while others are connected.
    """
    engine.dispose()
    swap = _postgres if engine.dialect.name == "postgresql" else _sqlite
    with swap(engine, dumped, aside):
        yield
    engine.dispose()


@contextmanager
def _sqlite(engine: Engine, dumped: Path, aside: str) -> Iterator[None]:
    present = Path(str(engine.url.database))
    before = present.with_name(f"{present.name}.{aside}")
    if present.exists():
        _close_log(present)
        os.replace(present, before)
    try:
        shutil.move(dumped, present)
        yield
    except BaseException:
        engine.dispose()
        for leftover in (present, Path(f"{present}-wal"), Path(f"{present}-shm")):
            leftover.unlink(missing_ok=True)
        if before.exists():
            os.replace(before, present)
        raise


def _close_log(present: Path) -> None:
    """Bring the write-ahead log into the file, which SQLite does only for its last user."""
    try:
        with closing(sqlite3.connect(present, timeout=1)) as database:
            alone = database.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    except sqlite3.OperationalError:
        alone = False
    except sqlite3.DatabaseError:  # what stands there is no database: it is moved aside as it is
        return
    if not alone:
        raise in_use()


def in_use() -> RuleError:
    """A server still works on the data."""
    return RuleError(N_("The database is in use: stop the servers and workers first"), code="conflict")


@contextmanager
def _postgres(engine: Engine, dumped: Path, aside: str) -> Iterator[None]:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.begin() as connection:
        if connection.execute(text(others)).scalar():
            raise in_use()
        connection.execute(text(f"ALTER SCHEMA public RENAME TO {aside}"))
        connection.execute(text("CREATE SCHEMA public"))
    try:
        engine.dispose()
        arguments = ("--single-transaction", "--exit-on-error", f"--dbname={_address(engine)}", str(dumped))
        _run(engine, "pg_restore", *PUBLIC, *arguments)
        yield
    except BaseException:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text(f"ALTER SCHEMA {aside} RENAME TO public"))
        raise


def _address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql", password=None).render_as_string()


def _run(engine: Engine, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the database; the password goes by the environment. Raises RuleError."""
    found = shutil.which(program)
    if found is None:
        raise RuleError(N_("%(program)s is needed: install PostgreSQL's client programs"), program=program)
    command = [found, *arguments] if program == "pg_restore" else [found, *arguments, _address(engine)]
    secret = {"PGPASSWORD": str(engine.url.password)} if engine.url.password else {}
    done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuleError(N_("%(program)s failed: %(reason)s"), program=program, reason=done.stderr.strip()[-500:])
