"""Inserting many rows at the speed of the driver: values are prepared column by column, constants once."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Table, func, insert, inspect, select, text
from sqlalchemy.orm import Session


def insert_columns(
    session: Session, table: Table, columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]
) -> None:
    """Insert as many rows as the columns are long. `columns`: name → values; `constants`: what all rows share."""
    connection = session.connection()
    dialect = connection.dialect
    statement = insert(table).compile(dialect=dialect, column_keys=[*columns, *constants])
    count, prepared = len(next(iter(columns.values()))), {}
    for name, value in [*columns.items(), *constants.items()]:
        process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or _same
        shared = name in constants
        prepared[name] = repeat(process(value), count) if shared else map(process, value)
    if statement.positional:
        rows: list[Any] = list(zip(*(prepared[name] for name in statement.positiontup or ()), strict=True))
    else:
        rows = [dict(zip(prepared, values, strict=True)) for values in zip(*prepared.values(), strict=True)]
    connection.exec_driver_sql(str(statement), rows)


def _same(value: Any) -> Any:
    return value


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Ids for new rows, before they are written: an insert that asks for them costs four times as much."""
    if session.connection().dialect.name == "postgresql":
        statement = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return session.execute(statement, {"name": table.name, "count": count}).scalars().all()
    present = session.execute(select(func.max(table.c.id))).scalar() or 0
    first = max(present, _last_given(session, table)) + 1  # the unit of work holds the write lock
    return range(first, first + count)


def _last_given(session: Session, table: Table) -> int:
    """The highest id SQLite ever gave out for a table: one that was deleted is not given again."""
    if not inspect(session.connection()).has_table("sqlite_sequence"):
        return 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return session.execute(query, {"name": table.name}).scalar() or 0
