"""Writing what an import planned: thousands of rows in one transaction, each with its line of history."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import records
from app.services.bulk import columns_of, insert_rows
from app.services.unit_of_work import unit_of
from models.base import fields_of

#: Rows of one statement, and objects of one flush.
CHUNK, FLUSH = 1_000, 200
Progress = Callable[[int, int], None]
Tell = Callable[[int], None]


def silence(_done: int) -> None:
    """Nobody watches."""


@dataclass(eq=False, slots=True)
class Creation:
    """A record to be made. A value of a child row may be another creation: it stands for its id.

    values: column → value, "x.code" for custom fields; children: collection → values of each row. refusal: why a rule
    of the table did not let it be made. notes: (column, message) of what was filled in and must be told.
    """

    model: type[Any]
    values: dict[str, Any]
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    id: int | None = None
    refusal: RuleError | None = None
    notes: tuple[tuple[str, str], ...] = ()


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
    ids = insert_rows(session, model, columns_of([c.values for c in creations]))
    for creation, new_id in zip(creations, ids, strict=True):
        creation.id = new_id
    for name in dict.fromkeys(n for c in creations for n in c.children):
        relation = inspect(model).relationships[name]
        owner = next(iter(relation.remote_side)).key
        holders = [(c.id, c.children[name]) for c in creations if c.children.get(name)]
        if not holders:
            continue
        child_model = relation.mapper.class_
        columns = columns_of([row for _id, rows in holders for row in rows])
        for key in [n for n, spec in fields_of(child_model).items() if spec.target and n in columns]:
            columns[key] = [id_of(value) for value in columns[key]]
        columns[owner] = [owner_id for owner_id, rows in holders for _row in rows]
        insert_rows(session, child_model, columns)


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
            _set(record, wish.values)
            _append(record, wish.children)
        records.run_hooks(session, record)
    session.flush()
