"""A PostgreSQL database for many tests: what one of them wrote is taken back before the next.

To make a new one for each takes longer than most tests: the server copies it, logs the copy and waits for the disk.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, errors
from psycopg.sql import SQL, Composed, Identifier, Literal
from sqlalchemy import Engine, NullPool, create_engine, text

#: Tables, indexes and schemas: who changed these gets a new database.
CATALOG = ("pg_class", "pg_namespace")


class Copy:
    """A database like `template`, which `engine` works on; `server` is SQLAlchemy's address of another one beside it.

    PostgreSQL says of each row which transaction wrote it: what is younger than the copy goes, and a table that lacks
    rows after that gets all of its own back.
    """

    def __init__(self, server: str, template: str, engine: Engine):
        self.server = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.engine, self.template, self.name = engine, template, str(engine.url.database)
        self.counts: dict[str, int] = {}

    def refresh(self) -> None:
        """Be as the template is."""
        if not self.counts or self.engine.pool.checkedout() or not self._taken_back():
            self.drop()
            self._tell(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
            self._tell(f'ALTER DATABASE "{self.name}" SET synchronous_commit TO off')  # nor wait at each commit
            self._remember()

    def drop(self) -> None:
        """Be gone."""
        self.engine.dispose()
        self._tell(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _tell(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def _transaction(self) -> Iterator[Connection[Any]]:
        with self.engine.begin() as connection:
            yield connection.connection.driver_connection

    def _remember(self) -> None:
        with self._transaction() as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            self.rows = {table: _rows(connection, table) for (table,) in tables}
            self.sequences = set(_sequences(connection))
            self._mark(connection)
            found = _counts(connection, [*CATALOG, *self.rows], self.mark)
            self.counts = {table: rows for table, (rows, _younger) in found.items()}

    def _mark(self, connection: Connection[Any]) -> None:
        """What is written from here on is younger."""
        self.mark = connection.execute("SELECT pg_current_xact_id()::text").fetchone()[0]

    def _taken_back(self) -> bool:
        """Take back what was written since; False: that takes a new database."""
        with self._transaction() as connection:
            if self._changed(connection, CATALOG):
                return False
            changed = self._changed(connection, self.rows)
            try:
                connection.execute("SET LOCAL session_replication_role = replica")  # no reference stands in the way
            except errors.InsufficientPrivilege:
                return False
            for table, lacking in changed.items():
                of_all = SQL("") if lacking else SQL(" WHERE ") + _younger(self.mark)
                connection.execute(SQL("DELETE FROM {}").format(Identifier(table)) + of_all)
                if lacking:
                    with connection.cursor().copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
                        copy.write(self.rows[table])
            for name, last in self.sequences - set(_sequences(connection)):
                connection.execute("SELECT setval(%s, coalesce(%s, 1), %s)", (name, last, last is not None))
            self._mark(connection)
        return True

    def _changed(self, connection: Connection[Any], tables: Iterable[str]) -> dict[str, bool]:
        """The tables that were written to, and whether rows of the template are not there any more."""
        found = _counts(connection, tables, self.mark).items()
        return {
            table: rows - younger != self.counts[table]
            for table, (rows, younger) in found
            if (rows, younger) != (self.counts[table], 0)
        }


def _younger(mark: str) -> Composed:
    return SQL("age(xmin) < age({}::xid)").format(Literal(mark))


def _counts(connection: Connection[Any], tables: Iterable[str], mark: str) -> dict[str, tuple[int, int]]:
    """Of each table all rows, and those younger than the mark."""
    one = SQL("SELECT {}, count(*), count(*) FILTER (WHERE {}) FROM {}")
    asked = (one.format(Literal(table), _younger(mark), Identifier(table)) for table in tables)
    return {name: (rows, younger) for name, rows, younger in connection.execute(SQL(" UNION ALL ").join(asked))}


def _rows(connection: Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(table))) as copy:
        return b"".join(copy)


def _sequences(connection: Connection[Any]) -> Iterable[tuple[str, int | None]]:
    return connection.execute("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences")
