"""Taking an import back: what it made goes, what it changed gets its old values; what was touched since stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, delete, insert, select
from sqlalchemy.orm import Session, aliased

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import ImportState
from app.services import ledger, text_index
from app.services.imports import CHUNK, parts
from app.services.unit_of_work import unit_of_work, unscoped
from models.audit import AuditEntry
from models.base import fields_of, key_of, now
from models.system import Attachment, ImportBatch
from models.types import restore


@dataclass
class Undone:
    """What an undo did: records removed, records given back their values, and (id, title) of those left alone."""

    removed: int = 0
    restored: int = 0
    kept: list[tuple[int, str]] = field(default_factory=list)


def undo(session: Session, batch_id: int) -> Undone:
    """Undo an import except records touched since. Raises RuleError where there is nothing (more) to undo."""
    with unit_of_work(session, reason=N_("Undo of an import")), unscoped(session):
        query = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
        batch = session.execute(query, execution_options={"populate_existing": True}).scalars().first()
        if batch is None:
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        if batch.state is not ImportState.DONE:
            raise RuleError(N_("This import was undone already"), code="conflict")
        done = _Undo(session, batch).run()
        batch.state, batch.undone_at = ImportState.UNDONE, now()
        told = {"removed": done.removed, "restored": done.restored, "kept": len(done.kept)}
        batch.extra = {**(batch.extra or {}), "undone": told}
        return done


class _Undo:
    """One undo: the batch's lines of history tell what there is to take back."""

    def __init__(self, session: Session, batch: ImportBatch):
        self.session, self.batch = session, batch
        self.models = {
            m.class_.__table__.name: m.class_ for m in Model.registry.mappers if hasattr(m.class_, "__label__")
        }
        query = select(AuditEntry).where(AuditEntry.batch == batch.mark).order_by(AuditEntry.id)
        self.entries = list(session.execute(query).scalars())
        self.made: dict[str, set[int]] = {}
        for entry in self.entries:
            if entry.action == "insert":
                self.made.setdefault(entry.table, set()).add(entry.record_id)
        self.touched = self._touched()
        self.done = Undone()

    def run(self) -> Undone:
        """Take back the table's own rows, then what else the import made and nothing needs."""
        main = next(name for name, model in self.models.items() if key_of(model) == self.batch.table_key)
        self._restore(main)
        self._remove(main)
        owned = {t for t in self.made if _owners(self.models[t]) & {main}}
        for name in self.made.keys() - owned - {main}:
            self._remove(name, silent=True)
        return self.done

    def _touched(self) -> dict[str, set[int]]:
        """Records with a later line of history, by table; a changed child row counts for its parent."""
        early, late = aliased(AuditEntry), aliased(AuditEntry)
        join = (late.table == early.table) & (late.record_id == early.record_id) & (late.id > early.id)
        query = select(late.table, late.record_id).join(early, join).where(early.batch == self.batch.mark).distinct()
        found: dict[str, set[int]] = {}
        for table, key in self.session.execute(query.where((late.batch != self.batch.mark) | late.batch.is_(None))):
            found.setdefault(table, set()).add(key)
        for entry in self.entries:
            if entry.action == "insert" and entry.record_id in found.get(entry.table, ()):
                for parent, key in self._parents(entry):
                    found.setdefault(parent, set()).add(key)
        return found

    def _parents(self, entry: AuditEntry) -> Iterable[tuple[str, int]]:
        for column in self.models[entry.table].__table__.columns:
            for key in column.foreign_keys:
                if key.ondelete == "CASCADE" and column.key in entry.changes:
                    yield key.column.table.name, entry.changes[column.key][1]

    def _restore(self, table: str) -> None:
        """Old values for changed records, and away with the child rows added to them."""
        model = self.models[table]
        columns = fields_of(model)
        made, touched = self.made.get(table, set()), self.touched.get(table, set())
        changed: dict[int, dict[str, Any]] = {}  # the oldest value of each column
        for entry in self.entries:
            if entry.table == table and entry.action == "update" and entry.record_id not in made:
                before = {name: pair[0] for name, pair in entry.changes.items() if name in columns or name == "extra"}
                changed[entry.record_id] = before | changed.get(entry.record_id, {})
        for part in parts(list(changed), CHUNK):
            query = select(model).where(model.id.in_(part))
            records = {r.id: r for r in self.session.execute(query).scalars()}
            for key in part:
                record = records.get(key)
                if record is None or key in touched:
                    self._keep(model, [key])
                    continue
                for name, before in changed[key].items():
                    setattr(record, name, restore(model.__table__.c[name].type, before))
                self.done.restored += 1
            self.session.flush()
        for child in [t for t in self.made if table in _owners(self.models[t])]:
            added = [
                e.record_id for e in self.entries if e.table == child and e.action == "insert"
                for parent, key in self._parents(e) if parent == table and key not in made and key not in touched
            ]  # fmt: skip
            for record in self.session.execute(
                select(self.models[child]).where(self.models[child].id.in_(added))
            ).scalars():
                self.session.delete(record)
            self.session.flush()

    def _remove(self, table: str, *, silent: bool = False) -> None:
        """Delete what the import made in a table, unless touched or needed. silent: what stays is not reported."""
        model, ids = self.models[table], self.made.get(table, set())
        stay = (self.touched.get(table, set()) & ids) | self._needed(model, ids)
        self._delete(model, sorted(ids - stay))
        if not silent:
            self.done.removed = len(ids - stay)
            self._keep(model, sorted(stay))

    def _needed(self, model: type[Any], ids: set[int]) -> set[int]:
        """Those that rows from elsewhere, or files, hang on."""
        table, found = model.__table__, set()
        for other in Model.metadata.tables.values():
            for key in other.foreign_keys:
                if key.column.table is table:
                    found |= self._pointing(other, key, ids, key.ondelete == "CASCADE")
        for part in parts(sorted(ids), CHUNK):
            query = select(Attachment.record_id).where(
                Attachment.table_key == key_of(model), Attachment.record_id.in_(part)
            )
            found |= set(self.session.execute(query).scalars())
        return found

    def _pointing(self, other: Any, key: ForeignKey, ids: set[int], owned: bool) -> set[int]:
        mine, found = self.made.get(other.name, set()), set()
        ours = other is key.column.table
        for part in parts(sorted(ids), CHUNK):
            for target, row in self.session.execute(select(key.parent, other.c.id).where(key.parent.in_(part))):
                if not ((owned or ours) and row in mine):
                    found.add(target)
        return found

    def _delete(self, model: type[Any], ids: list[int]) -> None:
        """Delete rows with their history line; child rows go by the database's own rule."""
        session, table = self.session, model.__table__
        for part in parts(ids, CHUNK):
            rows = session.execute(select(table).where(table.c.id.in_(part))).mappings().all()
            entries = [
                ledger.entry(session, table.name, row["id"], "delete", gone(dict(row)), version=row["version"])
                for row in rows
            ]
            session.execute(delete(table).where(table.c.id.in_(part)), execution_options={"audited": True})
            text_index.drop(session, model, part)
            if entries and ledger.watched(model):
                session.execute(insert(AuditEntry.__table__), entries)

    def _keep(self, model: type[Any], ids: list[int]) -> None:
        known = {key for key, _title in self.done.kept}
        title = getattr(model, model.__title__)
        for part in parts([i for i in ids if i not in known], CHUNK):
            rows = self.session.execute(select(model.id, title).where(model.id.in_(part)).order_by(model.id)).all()
            self.done.kept += [(key, str(name or key)) for key, name in rows]


def gone(row: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What a removed row held, as the history keeps it."""
    return {
        name: [ledger.plain(value), None]
        for name, value in row.items()
        if value is not None and name not in ledger.SILENT
    }


def _owners(model: type[Any]) -> set[str]:
    """The tables whose rows take this table's rows with them."""
    return {key.column.table.name for key in model.__table__.foreign_keys if key.ondelete == "CASCADE"}
