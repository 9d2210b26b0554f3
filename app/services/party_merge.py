"""Two entries for one party made one: chosen fields, every reference moved, the other set invalid, all on record."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.validity import Validity
from app.services import records
from app.services.unit_of_work import unit_of_work, unscoped
from models.base import fields_of, flows_of, key_of
from models.party import Applicant, Client, Inventor, PartyMerge
from models.system import Attachment

MERGED = (Client, Applicant, Inventor)
#: Marks of which only one row may have: it stays with the entry that is kept.
ONLY_ONE = {"contact": "is_default"}


def choosable(model: type[Any]) -> list[str]:
    """The columns whose value may be taken from either entry: no state, no number of its own, no stamp."""
    states = {flow.field for flow in flows_of(model)}
    table, stamps = model.__table__, {"created_at", "updated_at", "created_by_id", "updated_by_id", "pinyin"}
    return [n for n in fields_of(model) if n not in states | stamps and not table.c[n].unique]


def references(model: type[Any]) -> Iterator[tuple[type[Any], str]]:
    """Every table with a column that points to `model`, and that column."""
    for mapper in sorted(Model.registry.mappers, key=lambda m: m.class_.__name__):
        if not getattr(mapper.class_, "__label__", ""):
            continue
        for column in mapper.local_table.columns:
            if any(key.column.table is model.__table__ for key in column.foreign_keys):
                yield mapper.class_, column.key


def counts(session: Session, model: type[Any], record_id: int) -> dict[str, int]:
    """What points to an entry, of what the actor sees: {table: rows}, files too."""
    found: Counter[str] = Counter()
    for table, column in references(model):
        query = select(func.count()).select_from(table).where(getattr(table, column) == record_id)
        found[table.__label__] += session.execute(query).scalar_one()
    found[Attachment.__label__] = len(_attachments(session, model, record_id))
    return {label: number for label, number in found.items() if number}


def merge(
    session: Session,
    model: type[Any],
    kept_id: int,
    other_id: int,
    *,
    versions: Mapping[int, int],
    taken: Collection[str] = (),
    reason: str,
) -> PartyMerge:
    """Make two entries of `model` one; the log line of it.

    versions: {id: version the user saw}; taken: columns whose value comes from the entry that goes. The other entry is
    set invalid, never deleted. Raises RuleError: invalid (no reason, one entry twice, an invalid one kept), conflict
    (changed meanwhile), missing (not open to the actor), or what the table's own rules say of the values.
    """
    if model not in MERGED or kept_id == other_id:
        raise RuleError(N_("Choose two different records to merge"))
    if not reason.strip():
        raise RuleError(N_("Say why it is changed"), field="reason")
    with unit_of_work(session, reason=reason.strip()):
        found = {i: records.find(session, model, i, lock=True) for i in sorted((kept_id, other_id))}
        kept, other = found[kept_id], found[other_id]
        if any(versions.get(i) != record.version for i, record in found.items()):
            raise RuleError(N_("One of the two was changed meanwhile; look at them again"), code="conflict")
        if kept.valid is not Validity.VALID:
            raise RuleError(N_("Only a valid record can be kept"), field="kept")
        allowed = set(choosable(model))
        values = {name: getattr(other, name) for name in taken if name in allowed}
        extra = {f"x.{code}": value for code, value in (other.extra or {}).items() if code not in (kept.extra or {})}
        with unscoped(session):
            moved = _move_rows(session, model, kept, other)
            moved += _move_files(session, model, kept_id, other_id)
            session.flush()
        records.apply(session, kept, values | extra)
        records.complete(kept, set(values))
        records.run_hooks(session, kept)
        if other.valid is Validity.VALID:
            records.move(session, other, "set_invalid", reason=reason.strip())
        line = PartyMerge(table_key=key_of(model), kept_id=kept.id, kept_name=kept.name, merged_id=other.id,
                          merged_name=other.name, moved=dict(moved), reason=reason.strip())  # fmt: skip
        session.add(line)
        session.flush()
    return line


def _move_rows(session: Session, model: type[Any], kept: Any, other: Any) -> Counter[str]:
    """Let every row that points to `other` point to `kept`; a row that would then stand twice goes."""
    moved: Counter[str] = Counter()
    for table, column in references(model):
        mark = ONLY_ONE.get(key_of(table), "")
        rows = session.scalars(select(table).where(getattr(table, column) == other.id).with_for_update(of=table)).all()
        held = mark and session.scalars(select(table.id).where(getattr(table, column) == kept.id, _set(table, mark)))
        has_mark = bool(held and held.first())
        for row in rows:
            twin = _twin(session, table, column, row, kept.id)
            moved[key_of(table)] += 1
            if twin is None:
                setattr(row, column, kept.id)
                if has_mark and getattr(row, mark):
                    setattr(row, mark, False)
                continue
            for name in ("is_first", "is_representative"):
                if getattr(row, name, False):
                    setattr(twin, name, True)
            session.delete(row)
    return moved


def _set(table: type[Any], mark: str) -> Any:
    return getattr(table, mark).is_(True)


def _twin(session: Session, table: type[Any], column: str, row: Any, kept_id: int) -> Any:
    """The row that stands already where this one would be moved to, by a rule that only one may."""
    for rule in table.__table__.constraints:
        names = [c.key for c in rule.columns] if isinstance(rule, UniqueConstraint) else []
        if column in names:
            same = [getattr(table, n) == (kept_id if n == column else getattr(row, n)) for n in names]
            if (found := session.scalars(select(table).where(*same)).first()) is not None:
                return found
    return None


def _attachments(session: Session, model: type[Any], record_id: int) -> list[Attachment]:
    query = select(Attachment).where(Attachment.table_key == key_of(model), Attachment.record_id == record_id)
    return list(session.scalars(query))


def _move_files(session: Session, model: type[Any], kept_id: int, other_id: int) -> Counter[str]:
    rows = _attachments(session, model, other_id)
    for row in rows:
        row.record_id = kept_id
    return Counter({key_of(Attachment): len(rows)}) if rows else Counter()
