"""Writing what an import planned: thousands of rows in one transaction, each with its line of history."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import ledger, records
from app.services.bulk import insert_columns, reserve_ids
from app.services.kept import renew_for
from app.services.pinyin import initials
from app.services.unit_of_work import actor_of, unit_of
from models.audit import AuditEntry
from models.base import flows_of, now

#: Rows of one statement, and objects of one flush.
CHUNK, FLUSH = 1_000, 200
Progress = Callable[[int, int], None]
Tell = Callable[[int], None]


def silence(_done: int) -> None:
    """Nobody watches."""


@dataclass(eq=False)
class Creation:
    """A record to be made. A value, its own or a child row's, may be another creation: it stands for its id.

    values: column → value, "x.code" for custom fields; children: collection → values of each row. refusal: why a rule
    of the table did not let it be made.
    """

    model: type[Any]
    values: dict[str, Any]
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    id: int | None = None
    refusal: RuleError | None = None


Complete = Callable[[Session, list[Creation]], None]


@dataclass
class Change:
    """A record to be changed: its new values, and child rows to be added."""

    id: int
    values: dict[str, Any]
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refusal: RuleError | None = None


def only_import(session: Session, table: str) -> None:
    """Within a unit of work: no other import into this table runs until it ends."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"import {table}"})


def write(
    session: Session,
    model: type[Any],
    parties: Sequence[Creation],
    creations: Sequence[Creation],
    changes: Sequence[Change],
    *,
    complete: Complete | None = None,
    progress: Progress | None = None,
) -> None:
    """Make `parties` (rows of other tables the creations point to), then `creations`, then the changes.

    complete: fills in all creations at once, in place of the table's `before_save` hooks. What a hook refuses is not
    written and has its `refusal`. Inside a unit of work.
    """
    unit = unit_of(session)
    if unit is None:
        raise RuntimeError("an import is written inside a unit of work")
    unit.initial_states_free = True
    tell = progress or (lambda _done, _total: None)
    total = len(creations) + len(changes)
    by_model: dict[type[Any], list[Creation]] = {}
    for party in parties:
        by_model.setdefault(party.model, []).append(party)
    for party_model, made in by_model.items():
        create(session, party_model, made)
    create(session, model, creations, complete=complete, tell=lambda done: tell(done, total))
    change(session, model, changes, tell=lambda done: tell(len(creations) + done, total))


def create(
    session: Session,
    model: type[Any],
    creations: Sequence[Creation],
    *,
    complete: Complete | None = None,
    tell: Tell = silence,
) -> None:
    """Make records with their child rows: in bulk where no hook of the table must see each one."""
    one_by_one = records.has_hooks(model) and complete is None
    for creation in creations:
        creation.values = {n: id_of(value) for n, value in creation.values.items() if value is not None}
        for rows in creation.children.values():
            rows[:] = [{name: id_of(value) for name, value in row.items()} for row in rows]
    if complete is not None and creations:
        complete(session, list(creations))
    done = 0
    for part in parts(creations, FLUSH if one_by_one else CHUNK):
        if one_by_one:
            together_or_each(session, part, lambda some: _create_each(session, model, some))
        else:
            _create_bulk(session, model, part)
        done += len(part)
        tell(done)


def together_or_each(session: Session, items: Sequence[Any], do: Callable[[Sequence[Any]], None]) -> None:
    """Do it for all at once; where something is refused, for each by itself, so that only that one is left out."""
    try:
        with session.begin_nested():
            return do(items)
    except (RuleError, IntegrityError):
        pass
    for item in items:
        try:
            with session.begin_nested():
                do([item])
        except RuleError as error:
            item.refusal = error
        except IntegrityError:
            message = N_("Another record with the same value exists, or this one is still in use")
            item.refusal = RuleError(message, code="conflict")


def parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items, `size` at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def id_of(value: Any) -> Any:
    """A value as a column holds it: a creation stands for its id."""
    return value.id if isinstance(value, Creation) else value


def _create_each(session: Session, model: type[Any], creations: Sequence[Creation]) -> None:
    made = []
    for creation in creations:
        record = model()
        _set(record, creation.values)
        _append(record, creation.children)
        records.run_hooks(session, record)
        session.add(record)
        made.append(record)
    session.flush()
    for creation, record in zip(creations, made, strict=True):
        creation.id = record.id


def _set(record: Any, values: dict[str, Any]) -> None:
    custom = {k[2:]: v for k, v in values.items() if k.startswith("x.")}
    for name, value in values.items():
        if not name.startswith("x."):
            setattr(record, name, value)
    if custom:
        record.extra = {**(record.extra or {}), **custom}


def _append(record: Any, children: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in children.items():
        child_model = inspect(type(record)).relationships[name].mapper.class_
        for values in rows:
            child = child_model()
            _set(child, {name: id_of(value) for name, value in values.items()})
            getattr(record, name).append(child)


def _create_bulk(session: Session, model: type[Any], creations: Sequence[Creation]) -> None:
    ids = insert_rows(session, model, [c.values for c in creations])
    for creation, key in zip(creations, ids, strict=True):
        creation.id = key
    for name in dict.fromkeys(n for c in creations for n in c.children):
        relation = inspect(model).relationships[name]
        owner = next(iter(relation.remote_side)).key
        rows = [values | {owner: c.id} for c in creations for values in c.children.get(name, ())]
        for part in parts(rows, CHUNK):
            insert_rows(session, relation.mapper.class_, part)


def insert_rows(session: Session, model: type[Any], rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Insert rows at once, completed as the ledger completes objects, with their history; their ids."""
    table, stamp, user = model.__table__, now(), actor_of(session).id
    ids = reserve_ids(session, table, len(rows))
    shared = {c.key: c.default.arg for c in table.columns if c.default is not None and c.default.is_scalar}
    shared |= {flow.field: flow.initial for flow in flows_of(model)}
    given = {
        name: _column(rows, name, shared.pop(name, None)) for name in dict.fromkeys(n for row in rows for n in row)
    }
    history = {name: values for name, values in given.items() if not name.startswith("x.")}
    if len(history) < len(given):
        history["extra"] = [{n[2:]: v for n, v in row.items() if n.startswith("x.")} for row in rows]
    columns = dict(history)
    if model.__pinyin__ and "pinyin" in table.c:
        columns["pinyin"] = [initials(name) for name in history.get(model.__pinyin__, [""] * len(rows))]
    stamps = {"version": 1, "created_at": stamp, "updated_at": stamp, "created_by_id": user, "updated_by_id": user}
    shared |= {name: value for name, value in stamps.items() if name in table.c}
    made = [c for c in table.columns if c.default is not None and c.default.is_callable]
    shared |= {c.key: c.default.arg(None) for c in made if c.key not in columns and c.key not in shared}
    insert_columns(session, table, columns | {"id": ids}, shared)
    renew_for(session, model)
    if ledger.watched(model):
        _audit(session, table.name, ids, history)
    return ids


def _column(rows: Sequence[dict[str, Any]], name: str, default: Any) -> list[Any]:
    if default is None:
        return [row.get(name) for row in rows]
    return [default if (value := row.get(name)) is None else value for row in rows]


def _audit(session: Session, table: str, ids: Sequence[int], columns: dict[str, list[Any]]) -> None:
    """One “insert” line of history for each new row."""
    names = [name for name in columns if name not in ledger.SILENT]
    plain = [[v if type(v) is str else ledger.plain(v) for v in columns[name]] for name in names]
    changes = [
        {name: [None, value] for name, value in zip(names, values, strict=True) if value is not None}
        for values in zip(*plain, strict=True)
    ]
    shared = ledger.entry(session, table, 0, "insert", {}, version=1)
    del shared["record_id"], shared["changes"]
    insert_columns(session, AuditEntry.__table__, {"record_id": ids, "changes": changes}, shared)


def change(session: Session, model: type[Any], changes: Sequence[Change], *, tell: Tell = silence) -> None:
    """Change records the way the form does, with hooks, versions and history."""
    done = 0
    for part in parts(changes, FLUSH):
        together_or_each(session, part, lambda some: _change_each(session, model, some))
        done += len(part)
        tell(done)


def _change_each(session: Session, model: type[Any], changes: Sequence[Change]) -> None:
    query = select(model).where(model.id.in_([c.id for c in changes])).with_for_update(of=model)
    query = query.execution_options(populate_existing=True)
    found = {record.id: record for record in session.execute(query).scalars()}
    for wish in changes:
        record = found.get(wish.id)
        if record is None:
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        with session.no_autoflush:  # values and child rows are one change
            _set(record, {name: id_of(value) for name, value in wish.values.items()})
            _append(record, wish.children)
        records.run_hooks(session, record)
    session.flush()
