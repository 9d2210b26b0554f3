"""The migrations: numbered in one line, they make what the models say, and the next one writes itself."""

import ast
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, inspect, make_url, text

import models
from app.extensions import build_engine
from app.services import setup
from tests.test_architecture import imports

assert models.ALL


def upgrade(engine: Engine, config: Config) -> None:
    """All migrations on a database."""
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database of each kind, made by the migrations alone."""
    if request.param == "sqlite":
        engine = build_engine(f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'empty.sqlite3'}")
        upgrade(engine, setup.alembic_config())
        yield engine
        engine.dispose()
        return
    server = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    name = f"patentdesk_migrations_{os.getpid()}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = build_engine(make_url(server.url).set(database=name).render_as_string(hide_password=False))
    upgrade(engine, setup.alembic_config())
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_the_migrations_make_what_the_models_say(migrated: Engine) -> None:
    config = setup.alembic_config()
    assert set(inspect(migrated).get_table_names()) == {*Model.metadata.tables, "alembic_version"}
    with migrated.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)


def test_every_reference_is_a_constraint_of_the_database(migrated: Engine) -> None:
    """Those that close a circle of tables are written by hand, and easily forgotten."""
    found = inspect(migrated)
    for table in Model.metadata.tables.values():
        wanted = {(c.name, k.column.table.name) for c in table.columns for k in c.foreign_keys}
        keys = found.get_foreign_keys(table.name)
        assert wanted == {(name, k["referred_table"]) for k in keys for name in k["constrained_columns"]}, table.name


def fill(connection: Connection, name: str, **given: object) -> None:
    """A row of a table as it is at the moment: what must not be empty holds something."""
    table, made = Table(name, MetaData(), autoload_with=connection), {str: "X", int: 1, bool: True}
    made |= {datetime: datetime(2026, 11, 20)}
    needed = {c.name: made[c.type.python_type] for c in table.c if not c.nullable and c.server_default is None}
    connection.execute(table.insert().values(needed | given))


def test_cleared_and_voided_tasks_stay_so(tmp_path: Path) -> None:
    """Revision 0002 made two life cycles of two flags; going back makes flags of them again."""
    engine, config = build_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}"), setup.alembic_config()

    def go(step: Callable[[Config, str], None], revision: str) -> None:
        with setup.table_changes(engine) as connection:
            config.attributes["connection"] = connection
            step(config, revision)

    go(command.upgrade, "0001")
    flags = {1: (False, False), 2: (True, False), 3: (False, True)}
    with engine.begin() as connection:
        fill(connection, "ab_user", id=1)
        for key, (cleared, void) in flags.items():
            fill(connection, "task", id=key, assignee_id=1, cleared=cleared, void=void)
    go(command.upgrade, "head")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id, clearing, standing FROM task ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [(1, "UNCLEARED", "LIVE"), (2, "CLEARED", "LIVE"), (3, "UNCLEARED", "VOID")]
    go(command.downgrade, "0001")
    with engine.connect() as connection:
        back = connection.execute(text("SELECT id, cleared, void FROM task ORDER BY id")).all()
    assert {row.id: (bool(row.cleared), bool(row.void)) for row in back} == flags
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_a_migration_that_leaves_a_reference_to_nothing_is_undone(tmp_path: Path) -> None:
    engine = build_engine(f"sqlite:///{tmp_path / 'broken.sqlite3'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE b (a_id INTEGER REFERENCES a (id))")
        connection.exec_driver_sql("INSERT INTO a VALUES (1)")
        connection.exec_driver_sql("INSERT INTO b VALUES (1)")
    with pytest.raises(RuntimeError, match="leads nowhere"), setup.table_changes(engine) as connection:
        connection.exec_driver_sql("DROP TABLE a")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id FROM a").scalar() == 1
    engine.dispose()


def test_revisions_are_numbered_in_one_line() -> None:
    scripts = list(ScriptDirectory.from_config(setup.alembic_config()).walk_revisions())[::-1]
    assert [s.revision for s in scripts] == [f"{n:04}" for n in range(1, len(scripts) + 1)]
    assert all(Path(s.path).name.startswith(f"{s.revision}_") for s in scripts)


def test_a_migration_outlives_the_code_it_was_made_with() -> None:
    for file in (setup.ROOT / "migrations" / "versions").glob("*.py"):
        roots = {name.split(".")[0] for name in imports(ast.parse(file.read_text(encoding="utf-8")))}
        assert roots <= {"alembic", "sqlalchemy", "datetime", "decimal", "json"}, file.name


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations to which one may write."""
    copy = tmp_path / "migrations"
    shutil.copytree(setup.ROOT / "migrations", copy, ignore=shutil.ignore_patterns("__pycache__"))
    config = setup.alembic_config()
    config.set_main_option("script_location", str(copy))
    monkeypatch.setattr(setup, "alembic_config", lambda: config)
    return copy


def test_the_newest_version_is_the_one_alembic_finds() -> None:
    assert setup.head_revision() == ScriptDirectory.from_config(setup.alembic_config()).get_current_head()


def test_without_a_change_no_revision_is_written(migrations: Path) -> None:
    before = sorted(migrations.rglob("*.py"))
    assert setup.revision("nothing") is None
    assert sorted(migrations.rglob("*.py")) == before


def test_what_is_missing_is_written_in_plain_types(migrations: Path, tmp_path: Path) -> None:
    last = setup.head_revision()
    number = int(last) + 1
    lost = migrations / "versions" / f"{number:04}_lost.py"
    lost.write_text(
        f'from alembic import op\n\nrevision = "{number:04}"\ndown_revision = "{last}"\n\n\n'
        'def upgrade() -> None:\n    op.drop_table("fee_reduction_rule")\n',
        encoding="utf-8",
    )
    written = setup.revision("Found again")
    assert written == migrations / "versions" / f"{number + 1:04}_found_again.py"
    source = written.read_text(encoding="utf-8")
    assert "models" not in source
    assert "TypeDecorator" not in source
    engine = build_engine(f"sqlite:///{tmp_path / 'again.sqlite3'}")
    config = setup.alembic_config()
    upgrade(engine, config)
    assert "fee_reduction_rule" in inspect(engine).get_table_names()
    engine.dispose()
    assert setup.revision("nothing more") is None
