"""New records at the speed of the driver: the one way of writing many at once that leaves the history of each."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, repeat
from types import NoneType
from typing import Any

from sqlalchemy import Dialect, Table, func, insert, select, text
from sqlalchemy.orm import Session

from app.rules.choice import Choice
from app.services import ledger, text_index
from app.services.kept import renew_for
from app.services.pinyin import initials
from app.services.unit_of_work import actor_of
from models.audit import AuditEntry
from models.base import flows_of, now

Columns = Mapping[str, Sequence[Any]]
CUSTOM = "x."
#: Values of one statement. Rows by the hundred cost a third less than one by one: SQLite looks its counters up once.
PARAMETERS = 8_000
_NAMED = re.compile(r"%\((\w+)\)s")
_quoted = json.encoder.encode_basestring_ascii  # what json.dumps makes of a text


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows as columns: name → the value of each row, None where a row has none."""
    return {name: [row.get(name) for row in rows] for name in dict.fromkeys(chain.from_iterable(rows))}


def insert_rows(session: Session, model: type[Any], columns: Columns) -> Sequence[int]:
    """Insert new records of an audited table at once; their ids.

    columns: name → the value of each record, "x.code" for custom fields; a missing value becomes the column's default.
    They are completed as the ledger completes objects (stamps, version, pinyin initials, first state), and each leaves
    its line of history. Hooks and effects are the caller's affair. Inside a unit of work.
    """
    table, stamp, user = model.__table__, now(), actor_of(session).id
    ids = reserve_ids(session, table, len(next(iter(columns.values()))))
    shared = {c.key: c.default.arg for c in table.columns if c.default is not None and c.default.is_scalar}
    shared |= {flow.field: flow.initial for flow in flows_of(model)}
    own = {name: _filled(v, shared.pop(name, None)) for name, v in columns.items() if not name.startswith(CUSTOM)}
    if len(own) < len(columns):
        own["extra"] = _custom(columns)
    derived: dict[str, Sequence[Any]] = {"id": ids}
    if model.__pinyin__ and "pinyin" in table.c:
        derived["pinyin"] = [initials(name) for name in own.get(model.__pinyin__, repeat("", len(ids)))]
    stamps = {"version": 1, "created_at": stamp, "updated_at": stamp, "created_by_id": user, "updated_by_id": user}
    shared |= {name: value for name, value in stamps.items() if name in table.c}
    made = [c for c in table.columns if c.default is not None and c.default.is_callable]
    shared |= {c.key: c.default.arg(None) for c in made if c.key not in own and c.key not in shared}
    insert_columns(session, table, own | derived, shared)
    text_index.add(session, model, ids, own)
    renew_for(session, model)
    if ledger.watched(model):
        _audit(session, table.name, ids, own)
    return ids


def _filled(values: Sequence[Any], default: Any) -> Sequence[Any]:
    return values if default is None else [default if value is None else value for value in values]


def _custom(columns: Columns) -> list[dict[str, Any]]:
    codes = [name for name in columns if name.startswith(CUSTOM)]
    rows = zip(*(columns[code] for code in codes), strict=True)
    return [{c.removeprefix(CUSTOM): v for c, v in zip(codes, row, strict=True) if v is not None} for row in rows]


def _audit(session: Session, table: str, ids: Sequence[int], columns: Columns) -> None:
    """One “insert” line of history for each new row, its changes written as JSON column by column."""
    pieces = [
        [None if text is None else f"{_quoted(name)}: [null, {text}]" for text in _texts(values)]
        for name, values in columns.items()
        if name not in ledger.SILENT
    ]
    rows = zip(*pieces, strict=True) if pieces else repeat((), len(ids))
    changes = [f"{{{', '.join(filter(None, row))}}}" for row in rows]
    shared = ledger.entry(session, str(table), 0, "insert", {}, version=1)  # a plain text: the driver adapts others
    del shared["record_id"], shared["changes"]
    insert_columns(session, AuditEntry.__table__, {"record_id": ids}, shared, {"changes": changes})


def _texts(values: Sequence[Any]) -> Iterable[str | None]:
    """The values of a column as JSON; None stays None."""
    kinds = {*map(type, values)} - {NoneType}
    kind = kinds.pop() if len(kinds) == 1 else object
    write: Callable[[Any], str]
    if kind is str:
        write = _quoted
    elif kind is int:
        write = str
    elif kind in (bool, date) or issubclass(kind, Choice):  # a few values again and again
        write = {value: _json(value) for value in {*values}}.__getitem__
    else:
        write = _json
    return [None if value is None else write(value) for value in values]


def _json(value: Any) -> str:
    return json.dumps(ledger.plain(value))


def insert_columns(
    session: Session, table: Table, columns: Columns, constants: Mapping[str, Any], ready: Columns | None = None
) -> None:
    """Insert as many rows as the columns are long, without history.

    columns: name → values; constants: what all rows share; ready: columns whose values are as the driver takes them.
    """
    connection = session.connection()
    head, place, order, processes = _prepared(table, connection.dialect, (*columns, *constants, *(ready or ())))
    count = len(next(iter(columns.values())))
    values: dict[str, Iterable[Any]] = dict(ready or {})
    for name, column in columns.items():
        process = processes[name]
        values[name] = map(process, column) if process else column
    for name, value in constants.items():
        process = processes[name]
        values[name] = repeat(process(value) if process else value, count)
    rows = list(zip(*(values[name] for name in order), strict=True))
    size = PARAMETERS // len(order)
    for start in range(0, count, size):
        part = rows[start : start + size]
        connection.exec_driver_sql(head + ", ".join([place] * len(part)), tuple(chain.from_iterable(part)))


@lru_cache(maxsize=200)
def _prepared(table: Table, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, str, list[str], dict[str, Any]]:
    """The statement up to its rows, the place of one row, the order of its columns, what prepares their values."""
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(names))
    head, values, place = str(compiled).partition(" VALUES ")
    order = list(compiled.positiontup or ()) if compiled.positional else _NAMED.findall(place)
    processes = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    return head + values, _NAMED.sub("%s", place), order, processes


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
    if session.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first() is None:
        return 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return session.execute(query, {"name": table.name}).scalar() or 0
