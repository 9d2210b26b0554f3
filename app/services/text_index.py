"""Texts found from any part of them, at a million rows as at a thousand.

A table that names columns in `__text_index__` has another one beside it, `<table>_text`: row by row the pairs of
letters of those columns (app/rules/letter_pairs.py). On SQLite that is a full-text table, on PostgreSQL one with an
inverted index. It follows every flush; what writes past the flush says so. It only narrows a search: whoever asks
compares the columns as well.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import repeat
from typing import Any

from flask import Flask
from flask_appbuilder import Model
from sqlalchemy import ColumnElement, String, bindparam, column, func, inspect, select, table, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from app.extensions import BUSY_TIMEOUT, db
from app.rules.letter_pairs import pairs_asked, pairs_of
from app.services.unit_of_work import SYSTEM, act_as, listen, unit_of_work
from models.access import Stamp
from models.base import REWRITTEN, indexed, ways_of

#: More rows than this are not looked up one by one.
MANY = 50_000
#: Milliseconds that SQLite waits for another process which makes the indexes.
PATIENCE = 600_000
#: Rows read and written at once where a table is indexed anew.
CHUNK = 5_000
#: The row of `stamp` that tells which texts are indexed, and how: another number where pairs are made otherwise.
STAMP, FORM = "text_index", 2
_CREATE = {
    "sqlite": ("CREATE VIRTUAL TABLE {0} USING fts5(pairs, tokenize='ascii', detail=none, columnsize=0)",),
    "postgresql": (
        "CREATE TABLE {0} (rowid bigint PRIMARY KEY, pairs tsvector NOT NULL)",
        "CREATE INDEX ix_{0}_pairs ON {0} USING gin (pairs)",
    ),
}
_BEGINNINGS = "CREATE INDEX IF NOT EXISTS ix_{0}_{1}_begins ON {0} ({1} text_pattern_ops)"
_INSERT = {
    "sqlite": "INSERT OR REPLACE INTO {} (rowid, pairs) VALUES (:rowid, :pairs)",
    "postgresql": "INSERT INTO {} (rowid, pairs) VALUES"
    " (:rowid, array_to_tsvector(array_remove(string_to_array(:pairs, ' '), '')))"
    " ON CONFLICT (rowid) DO UPDATE SET pairs = excluded.pairs",
}


class _Asked(TypeDecorator[Sequence[Sequence[str]]]):
    """For each column the pairs that its text must have, as the database wants to be asked."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Sequence[Sequence[str]] | None, dialect: Any) -> str:
        if dialect.name == "sqlite":
            return " OR ".join(f"({' AND '.join(pairs)})" for pairs in value or ())
        quoted = [[f"'{p[:-1]}':*" if p.endswith("*") else f"'{p}'" for p in pairs] for pairs in value or ()]
        return " | ".join(f"({' & '.join(pairs)})" for pairs in quoted)


class holds(FunctionElement[Any]):
    """Whether a row of a text index has all pairs of a column. Without a type, since SQLite wants MATCH to stand alone.
    """

    inherit_cache = True

    def __init__(self, index: TableClause, asked: Sequence[Sequence[str]]):
        super().__init__(index.c.pairs, bindparam(None, asked, type_=_Asked()))


@compiles(holds)
def _holds(element: holds, compiler: Any, **options: Any) -> str:
    pairs, asked = element.clauses
    return f"{pairs.table.name} MATCH {compiler.process(asked, **options)}"


@compiles(holds, "postgresql")
def _holds_postgresql(element: holds, compiler: Any, **options: Any) -> str:
    pairs, asked = (compiler.process(part, **options) for part in element.clauses)
    return f"{pairs} @@ CAST({asked} AS tsquery)"


def narrowed(session: Session, row: Any, columns: Iterable[str], typed: str) -> list[ColumnElement[bool]]:
    """The condition that every row fulfils that has what was typed in one of these columns, and few others do.

    row: the table, or an alias of it. Empty where the index does not help: it lacks a column, knows nothing of what is
    asked, or finds so many that they are met sooner by looking at every row.
    """
    model = inspect(row).mapper.class_
    names, columns = _names(model), [*columns]
    if not columns or not {*columns} <= {*names}:
        return []
    index, stored = index_of(model), model.__table__.c
    asked = [pairs_asked(way, names.index(name)) for name in columns for way in ways_of(stored[name], typed)]
    if not all(asked):
        return []
    found = select(index.c.rowid).where(holds(index, asked))
    many = select(func.count()).select_from(found.limit(MANY + 1).subquery())
    return [row.id.in_(found)] if session.execute(many).scalar_one() <= MANY else []


def index_of(model: type[Any]) -> TableClause:
    """The text index of a table."""
    return _index(f"{model.__tablename__}_text")


@cache
def _index(name: str) -> TableClause:
    return table(name, column("rowid"), column("pairs"))


def add(session: Session, model: type[Any], ids: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
    """New rows of a table, written past the flush. columns: name → the value of each row."""
    if names := _names(model):
        texts = zip(*(columns.get(name) or repeat(None) for name in names), strict=False)
        _insert(session, model, zip(ids, texts, strict=False))


def drop(session: Session, model: type[Any], ids: Sequence[int]) -> None:
    """Rows of a table are gone, past the flush."""
    if ids and _names(model):
        gone = text(f"DELETE FROM {index_of(model).name} WHERE rowid = :rowid")
        session.connection().execute(gone, [{"rowid": key} for key in ids])


def _insert(session: Session, model: type[Any], rows: Iterable[tuple[int, Sequence[str | None]]]) -> None:
    connection = session.connection()
    statement = text(_INSERT[connection.dialect.name].format(index_of(model).name))
    made = [{"rowid": key, "pairs": pairs_of(values)} for key, values in rows]
    if made:
        connection.execute(statement, made)


def ensure(session: Session, *, anew: bool = False) -> None:
    """Make the indexes that the tables declare, unless that was done; no migration does, since nothing is in them that
    is not elsewhere. anew: in any case.
    """
    models = [m.class_ for m in Model.registry.mappers if _names(m.class_)]
    declared = repr((FORM, sorted((m.__tablename__, m.__text_index__) for m in models)))
    mark = sha256(declared.encode()).hexdigest()
    if not anew and session.execute(select(Stamp.value).where(Stamp.name == STAMP)).scalar() == mark:
        return
    with _alone(session):
        if anew or session.execute(select(Stamp.value).where(Stamp.name == STAMP)).scalar() != mark:
            for model in models:
                _make(session, model)
            session.merge(Stamp(name=STAMP, value=mark))


@contextmanager
def _alone(session: Session) -> Iterator[None]:
    """A unit of work for which another process that makes the indexes waits as long as that takes."""
    lite = session.get_bind().dialect.name == "sqlite"
    if lite:
        session.connection().exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
    try:
        with unit_of_work(session):
            if not lite:
                session.execute(select(func.pg_advisory_xact_lock(func.hashtext(STAMP))))
            yield
    finally:
        if lite:
            session.connection().exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
            session.rollback()


def _make(session: Session, model: type[Any]) -> None:
    name, connection, columns = index_of(model).name, session.connection(), model.__table__.c
    for statement in ("DROP TABLE IF EXISTS {0}", *_CREATE[connection.dialect.name]):
        connection.exec_driver_sql(statement.format(name))
    _fill(session, model)
    if connection.dialect.name == "postgresql":  # there an index in the order of a language knows no beginnings
        for one in (columns[name] for name in (*_names(model), "pinyin") if name in columns):
            if indexed(one):
                connection.exec_driver_sql(_BEGINNINGS.format(model.__tablename__, one.name))


def _fill(session: Session, model: type[Any]) -> None:
    last: int | None = 0
    while last is not None:
        last = _copy(session, model, model.__table__.c.id > last)


def refresh(session: Session, model: type[Any], ids: Iterable[int]) -> None:
    """Index these rows as they are in their table now."""
    if _names(model):
        waiting = sorted(ids)
        for start in range(0, len(waiting), CHUNK):
            _copy(session, model, model.__table__.c.id.in_(waiting[start : start + CHUNK]))


def _copy(session: Session, model: type[Any], which: ColumnElement[bool]) -> int | None:
    """Index rows of a table, CHUNK at most; the id of the last."""
    stored = model.__table__.c
    query = select(stored.id, *(stored[name] for name in _names(model))).where(which).order_by(stored.id).limit(CHUNK)
    rows = session.connection().execute(query).all()
    _insert(session, model, ((key, texts) for key, *texts in rows))
    return rows[-1][0] if rows else None


def reindex(app: Flask) -> None:
    """Index all texts anew: for whoever changed a table past the product."""
    with app.app_context():
        act_as(db.session, SYSTEM)
        ensure(db.session, anew=True)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    written: dict[type[Any], set[int]] = defaultdict(set)
    for one in (*session.new, *session.dirty):
        if _touched(one):
            written[type(one)].add(one.id)
    for one in filter(_names, session.deleted):
        drop(session, type(one), [one.id])
    for model, ids in written.items():
        refresh(session, model, ids)
    _take_up(session)


def _take_up(session: Session) -> None:
    """Texts that were rewritten beside the records, see `models.base.rewritten`."""
    for model, ids in session.info.pop(REWRITTEN, {}).items():
        refresh(session, model, ids)


def _touched(one: Any) -> bool:
    return any(inspect(one).attrs[name].history.has_changes() for name in _names(one))


def _names(one: Any) -> tuple[str, ...]:
    """The indexed columns of a table or a record; Flask-AppBuilder's own have none."""
    return getattr(one, "__text_index__", ())


def install() -> None:
    """Listen to every session of the process (once)."""
    listen(after_flush=_after_flush, before_commit=_take_up)
