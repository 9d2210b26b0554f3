"""What becomes of each row: references found, records recognised, clashes refused, the work to be done."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.columns import CUSTOM
from app.console.imports.children import Children
from app.console.imports.groups import Group, Identity
from app.console.imports.lookups import chunks, find_by_name
from app.console.imports.meter import Meter
from app.console.imports.namesakes import Namesakes, differ
from app.console.imports.rows import Note, Outcome, Row, Scheme, missing
from app.console.imports.targets import required_of
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.system import ImportMode
from app.services.import_batches import Tally
from app.services.imports import Change, Creation
from app.services.unit_of_work import unscoped
from app.texts import gettext as _
from models.base import fields_of, flows_of, target_of


@dataclass
class Plan:
    """The rows with their outcome, and what writing them takes. work: each record to be written, with its rows."""

    rows: list[Row]
    parties: list[Creation] = field(default_factory=list)
    creations: list[Creation] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    work: list[tuple[Creation | Change, Group]] = field(default_factory=list)

    def learn(self, scheme: Scheme) -> None:
        """Take over what was refused or filled in when it was written."""
        for item, group in self.work:
            if isinstance(item, Creation):
                notes = (Note(scheme.name_of(key), "", "", message, {}) for key, message in item.notes)
                group.rows[0].notes.extend(notes)
            if item.refusal is not None:
                errors = item.refusal.errors if isinstance(item.refusal, RuleErrors) else [item.refusal]
                for row, error in ((row, error) for row in group.rows for error in errors):
                    name = scheme.name_of(error.field) if error.field else None
                    row.refuse(RuleError(error.message, field=name, code=error.code, **error.params))

    def tally(self) -> Tally:
        """How many rows become what."""
        count = Counter(row.outcome for row in self.rows)
        return Tally(
            len(self.rows), *(count[o] for o in (Outcome.CREATED, Outcome.UPDATED, Outcome.SAME, Outcome.REFUSED))
        )


def judge(session: Session, scheme: Scheme, rows: list[Row], meter: Meter) -> Plan:
    """Decide every row against the database as it is now; nothing is written."""
    return _Judge(session, scheme, rows, meter).plan


class _Judge:
    def __init__(self, session: Session, scheme: Scheme, rows: list[Row], meter: Meter):
        self.session, self.scheme, self.model = session, scheme, scheme.model
        self.plan = Plan(rows)
        self.required = required_of(scheme.targets)
        self.columns = set(scheme.model.__table__.c.keys())
        self.states = {flow.field for flow in flows_of(scheme.model)}
        self.children = Children(session, scheme)
        self._resolve_references()
        self.children.normalise(self._good())
        self.identity = Identity(scheme)
        comparing = _("Comparing with what is there")
        self.groups = self.identity.gather(meter.over(self._good(), 70, comparing))
        self.identity.find_records(session, self.groups)
        self.records = self._load(self.groups)
        self._settle()
        for group in self.groups:
            if group.record_id:
                self._compare(group)
            elif not group.refused:
                self._new(group)
        self._refuse_clashes()
        for group in meter.over(self.groups, 100, comparing):
            self._build(group)
        self.plan.parties = self.children.made()

    def _good(self) -> list[Row]:
        return [row for row in self.plan.rows if not row.errors]

    def _resolve_references(self) -> None:
        """Texts in reference columns become ids; one question a column."""
        texts: dict[str, dict[str, None]] = {}
        references = [name for name, spec in fields_of(self.model).items() if spec.target]
        rows = self._good()
        used = set().union(*(row.values.keys() for row in rows))
        for key in (name for name in references if name in used):
            texts[key] = dict.fromkeys(v for row in rows if isinstance(v := row.values.get(key), str))
        for key, wanted in texts.items():
            target = target_of(self.model, key)
            console = self.scheme.view.console_of(target)
            found = find_by_name(self.session, target, wanted, dict(console.pick_only) if console else {})
            name = self.scheme.name_of(key)
            errors = {
                t: RuleError(e.message, field=name, **e.params) for t, e in found.items() if isinstance(e, RuleError)
            }
            for row in rows:
                text = row.values.get(key)
                if isinstance(text, str):
                    if text in errors:
                        row.errors.append(errors[text])
                    else:
                        row.values[key] = found[text]

    def _load(self, groups: list[Group]) -> dict[int, dict[str, Any]]:
        """The present values, of the compared columns, of the records met in the file, as far as one may see them."""
        keys = set().union(*(group.values.keys() for group in groups))
        columns = [key for key in keys if key in self.model.__table__.c]
        parts = [getattr(self.model, key) for key in columns]
        if any(key.startswith(CUSTOM) for key in keys):
            columns, parts = [*columns, "extra"], [*parts, self.model.extra]
        found = {}
        ids = list(dict.fromkeys(i for group in groups for i in (group.record_id, *group.namesakes) if i))
        for part in chunks(ids):
            for record_id, *values in self.session.execute(
                select(self.model.id, *parts).where(self.model.id.in_(part))
            ):
                record = dict(zip(columns, values, strict=True))
                record |= {CUSTOM + code: value for code, value in (record.pop("extra", None) or {}).items()}
                found[record_id] = record
        self.children.load(ids, keys)
        return found

    def _settle(self) -> None:
        """Rows without a number: which of the records of their title they are, hidden ones among them."""
        if waiting := [group for group in self.groups if group.namesakes]:
            with unscoped(self.session):
                records = self._load(waiting)
            Namesakes(self.scheme, self.children, records, self.states).settle(self.groups)

    def _compare(self, group: Group) -> None:
        """A record that is there already: what differs, and what that means in this mode."""
        record = self.records.get(group.record_id)
        if record is None:
            message = N_("Such a record exists already, but is not open to you")
            return group.refuse(RuleError(message, field=group.known_by, code="forbidden"))
        changes = {
            k: (record.get(k), v)
            for k, v in group.values.items()
            if k not in self.states and self._differs(k, record.get(k), v, group)
        }
        for row in group.rows:
            own = {k: change for k, change in changes.items() if group.source[k] is row}
            row.record_id = group.record_id
            if not own:
                row.outcome = Outcome.SAME
            elif self.scheme.mode is ImportMode.CREATE:
                labels = "、".join(self.scheme.label_of(key) for key in own)
                message, name = N_("Exists already and differs in: %(fields)s"), self.scheme.name_of(next(iter(own)))
                row.refuse(RuleError(message, field=name, code="conflict", fields=labels))
            else:
                self._change(row, own)

    def _differs(self, key: str, before: Any, after: Any, group: Group) -> bool:
        if self.children.holds(key):
            return bool(self.children.missing(key, group.record_id, after))
        return differ(before, after)

    def _change(self, row: Row, own: dict[str, tuple[Any, Any]]) -> None:
        row.outcome, row.changes = Outcome.UPDATED, own
        fields = fields_of(self.model)
        for key, (before, _after) in own.items():
            if key in fields and fields[key].fixed and before is not None:
                row.refuse(RuleError(N_("This cannot be changed any more"), field=self.scheme.name_of(key)))

    def _new(self, group: Group) -> None:
        """A record that is not there yet: the first row makes it, later ones add to it."""
        lacking = [missing(t.name) for t in self.required if group.values.get(t.key) is None]
        if lacking:
            for error in lacking:
                group.refuse(error)
            return
        group.rows[0].outcome = Outcome.CREATED
        for row in group.rows[1:]:
            gives = any(source is row for source in group.source.values())
            row.outcome = Outcome.UPDATED if gives else Outcome.SAME
            self._tell_conflicts(group, row)

    def _tell_conflicts(self, group: Group, row: Row) -> None:
        first = group.rows[0].number
        for key, value in row.values.items():
            if (
                value is not None
                and group.values[key] != value
                and not self.children.holds(key)
                and key not in self.states
            ):
                message = N_("Row %(row)s of the same record says otherwise and counts")
                row.doubt(self.scheme.name_of(key), message, row=first)

    def _refuse_clashes(self) -> None:
        """Values that must be unique and are taken, by another record or by an earlier row."""
        table = self.model.__table__
        sets = [[c.key] for c in table.columns if c.unique]
        sets += [[c.key for c in k.columns] for k in table.constraints if type(k).__name__ == "UniqueConstraint"]
        used = set().union(*(group.values.keys() for group in self.groups))
        for names in (names for names in sets if used.intersection(names)):
            seen: dict[tuple[Any, ...], Group] = {}
            for group in self.groups:
                if group.refused or (group.record_id and not any(n in r.changes for r in group.rows for n in names)):
                    continue
                present = self.records.get(group.record_id, {})
                values = tuple([group.values.get(n, present.get(n)) for n in names])
                if None in values:
                    continue
                earlier = seen.setdefault(values, group)
                if earlier is not group:
                    number = earlier.rows[0].number
                    message = N_("“%(value)s” stands already in row %(row)s")
                    name = self.scheme.name_of(names[-1])
                    group.refuse(RuleError(message, field=name, code="conflict", value=str(values[-1]), row=number))
            self._refuse_taken(names, seen)

    def _refuse_taken(self, names: list[str], wanted: dict[tuple[Any, ...], Group]) -> None:
        columns = [getattr(self.model, name) for name in names]
        with unscoped(self.session):
            for part in chunks(dict.fromkeys(values[0] for values in wanted)):
                for record_id, *values in self.session.execute(
                    select(self.model.id, *columns).where(columns[0].in_(part))
                ):
                    group = wanted.get(tuple(values))
                    if group is not None and group.record_id != record_id and not group.refused:
                        error = RuleError(
                            N_("“%(value)s” exists already"),
                            field=self.scheme.name_of(names[-1]),
                            code="conflict",
                            value=str(values[-1]),
                        )
                        group.refuse(error)

    def _build(self, group: Group) -> None:
        """The work a record takes; a refused row takes none."""
        if not group.record_id and not group.refused:
            self._build_creation(group)
        elif any(row.changes and not row.errors for row in group.rows):
            self._build_change(group)

    def _build_creation(self, group: Group) -> None:
        values, children = {}, {}
        try:
            for key, value in group.values.items():
                if key in self.columns or key.startswith(CUSTOM):
                    values[key] = value
                elif self.children.holds(key):
                    children[key] = self.children.rows(key, value, group.values)
        except RuleError as error:
            return group.refuse(error)
        creation = Creation(self.model, values, children)
        self.plan.creations.append(creation)
        self.plan.work.append((creation, group))

    def _build_change(self, group: Group) -> None:
        changes = {k: after for row in group.rows if not row.errors for k, (_before, after) in row.changes.items()}
        try:
            children = {
                k: self.children.rows(k, self.children.missing(k, group.record_id, v), group.values)
                for k, v in changes.items() if self.children.holds(k)
            }  # fmt: skip
        except RuleError as error:
            return group.refuse(error)
        values = {k: v for k, v in changes.items() if k in self.columns or k.startswith(CUSTOM)}
        change = Change(group.record_id, values, children)
        self.plan.changes.append(change)
        self.plan.work.append((change, group))


def summary(rows: Iterable[Row]) -> list[tuple[str, RuleError, int, int]]:
    """The reasons rows were refused: (field, the first error of the kind, how many rows, the first row's number)."""
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        for error in row.errors:
            entry = found.setdefault((error.field or "", error.message), [error, 0, row.number])
            entry[1] += 1
    return [
        (name, error, count, number)
        for (name, _message), (error, count, number) in sorted(found.items(), key=lambda i: -i[1][1])
    ]
