"""Which rows of a file are one record, and which record of the table that is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.imports.lookups import chunks
from app.console.imports.rows import Note, Row, Scheme
from app.console.imports.targets import required_of
from app.console.layout import ImportNames
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.unit_of_work import unscoped
from models.base import flows_of

Key = tuple[int, tuple[Any, ...]]


@dataclass(eq=False, slots=True)
class Group:
    """Rows of one record. values: the first row's, blanks filled by later ones; source: column → the row it is from.

    record_id: the record of the table, 0 for a new one; known_by: the column by which it was found, once it was.
    namesakes: the records that it may be by a key without number.
    first: what the first row gives, as `Identity` compares it.
    """

    rows: list[Row] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    source: dict[str, Row] = field(default_factory=dict)
    record_id: int = 0
    known_by: str = ""
    namesakes: list[int] = field(default_factory=list)
    first: dict[str, Any] = field(default_factory=dict)

    def add(self, row: Row, lists: dict[str, ImportNames], *, sure: bool) -> None:
        """One more row: it fills what is still blank; where a number joins it, it adds its names if all else agrees."""
        given = {key: value for key, value in row.values.items() if value is not None}
        alike = sure and all(self.values.get(key) == value for key, value in given.items() if key not in lists)
        self.rows.append(row)
        for key, value in given.items():
            if key not in self.values:
                self.values[key] = value
                self.source[key] = row
                if key in lists and row is not self.rows[0]:
                    self._tell_names(row, key)
            elif key in lists:
                self._add_names(row, key, lists[key], alike)

    def _add_names(self, row: Row, key: str, names: ImportNames, alike: bool) -> None:
        """The names that earlier rows have not: lists give a record a line for each name; copies contradict."""
        party, known = f"{names.reference}_id", self.values[key]
        present = {child[party] for child in known}
        fresh = [child for child in row.values[key] if child[party] not in present]
        if fresh and alike:
            places = enumerate(fresh, start=len(known) + 1)
            self.values[key] = [*known, *(child | {names.order: i, names.first: False} for i, child in places)]
            self.source[f"{key} {row.number}"] = row
            self._tell_names(row, key)
        elif fresh:
            row.doubt(key, N_("Row %(row)s of the same record says otherwise and counts"), row=self.rows[0].number)

    def _tell_names(self, row: Row, key: str) -> None:
        message = N_("These names are added to the record of row %(row)s")
        row.notes.append(Note(key, "", "", message, {"row": self.rows[0].number}))

    def refuse(self, error: RuleError) -> None:
        """None of its rows is imported."""
        for row in self.rows:
            row.refuse(error)

    @property
    def refused(self) -> bool:
        return bool(self.rows[0].errors)


class Identity:
    """By what rows of a table are told to be the same record.

    A key counts where its first column has a value; one that is less sure does not join what a surer one tells apart.
    likely: the rank of the key that has no number, which joins only what is alike in all else; -1 where there is none.
    """

    def __init__(self, scheme: Scheme):
        self.scheme, self.model = scheme, scheme.model
        defaults = {column.key: column.default for column in self.model.__table__.columns}
        self.defaults = {name: made.arg for name, made in defaults.items() if made is not None and made.is_scalar}
        self.lists = {names.collection: names for names in scheme.imports.names}
        declared = scheme.imports.keys or ((tuple(scheme.view.import_key),) if scheme.view.import_key else ())
        declared = declared or ((tuple(self.model.__key__),) if getattr(self.model, "__key__", ()) else ())
        keys = [tuple(self._column(scheme, name) for name in names) for names in declared]
        self.likely = len(keys) if scheme.imports.likely else -1
        keys += [tuple(self._column(scheme, name) for name in scheme.imports.likely)] * (self.likely >= 0)
        given = [
            t.key
            for _at, t in scheme.mapped
            if t.column is not None and not t.column.custom and t.field.kind != "long_text"
        ]
        self.by_content = not any(names[0] in given or names[0] in scheme.constant_values() for names in keys)
        required = {t.key for t in required_of(scheme.targets)}
        if self.by_content and given:
            keys, self.likely = [tuple(sorted(given, key=lambda k: k not in required))], -1
        self.keys = keys
        self.states = {flow.field for flow in flows_of(self.model)}

    def _column(self, scheme: Scheme, name: str) -> str:
        return scheme.targets[name].key if name in scheme.targets else name

    def of(self, values: dict[str, Any]) -> Iterator[Key]:
        """The keys of some values, the surest first."""
        for rank, names in enumerate(self.keys):
            if values.get(names[0]) is not None:
                yield rank, tuple(self._value(values, name) for name in names)

    def _value(self, values: dict[str, Any], name: str) -> Any:
        """A value, or what a new record has where none is given."""
        value = values.get(name)
        return self.defaults.get(name) if value is None and not self.by_content else value

    def agree(self, one: dict[str, Any], other: dict[str, Any], rank: int) -> bool:
        """Whether no surer key tells the two apart."""
        names = {name for key in self.keys[:rank] for name in key}
        return all(one.get(n) is None or other.get(n) is None or one[n] == other[n] for n in names)

    def gather(self, rows: Iterable[Row]) -> list[Group]:
        """The rows as records, in the order of the file; one that may be another's or not is refused."""
        groups: list[Group] = []
        index: dict[Key, list[Group]] = {}
        for row in rows:
            keys = list(self.of(row.values))
            sure = [key for key in keys if key[0] != self.likely]
            joined = ((g, k[0]) for k in sure for g in index.get(k, ()) if self.agree(g.values, row.values, k[0]))
            found, rank = next(joined, (None, 0))
            numbered = found is not None and not self.by_content
            if found is not None and rank and self._contradicts(row, found, rank):
                continue
            if found is None and len(sure) < len(keys):
                found = self._namesake(row, index.get(keys[-1], ()))
                if row.errors:
                    continue
            if found is None:
                found = Group(first=self._comparable(row.values) if len(sure) < len(keys) else {})
                groups.append(found)
            found.add(row, self.lists, sure=numbered)
            for key in keys:
                if found not in index.setdefault(key, []):
                    index[key].append(found)
        return groups

    def _contradicts(self, row: Row, group: Group, rank: int) -> bool:
        """Whether the row says otherwise than the record whose less sure key it has; it may be another's: refused."""
        given = {key: value for key, value in row.values.items() if value is not None}
        free = self.states | self.lists.keys()
        differing = [k for k, v in given.items() if k not in free and group.values.get(k, v) != v]
        if differing:
            message = N_("Has the number of row %(row)s, but differs from it in: %(fields)s")
            labels, number = "、".join(self.scheme.label_of(key) for key in differing), group.rows[0].number
            name = self.scheme.name_of(self.keys[rank][0])
            row.refuse(RuleError(message, field=name, code="conflict", row=number, fields=labels))
        return bool(differing)

    def _namesake(self, row: Row, groups: Iterable[Group]) -> Group | None:
        """The record that the row repeats, among those that only its title shares; refused where that is unclear."""
        given, unclear = self._comparable(row.values), None
        for group in groups:
            known = group.first
            if given == known:
                return group
            both = known.keys() & given.keys() - self.states
            if self.agree(known, given, self.likely) and all(known[key] == given[key] for key in both):
                unclear = group
        if unclear is not None:
            message = N_("This may be row %(row)s again, or another of the same title; give both a number of their own")
            row.refuse(RuleError(message, field=self.scheme.number_column, row=unclear.rows[0].number))
        return None

    def _comparable(self, values: dict[str, Any]) -> dict[str, Any]:
        """What a row gives; names without their order."""
        party = {key: f"{names.reference}_id" for key, names in self.lists.items()}
        return {
            key: {child[party[key]] for child in value} if key in party else value
            for key, value in values.items() if value is not None
        }  # fmt: skip

    def find_records(self, session: Session, groups: Iterable[Group]) -> None:
        """Give each group the record it is, the oldest of several, or those it may be; hidden records count too."""
        names = list(dict.fromkeys(name for key in self.keys for name in key))
        for rank, key in enumerate(self.keys):
            waiting: dict[Any, list[Group]] = {}
            for group in groups:
                if not group.record_id and group.values.get(key[0]) is not None:
                    waiting.setdefault(group.values[key[0]], []).append(group)
            with unscoped(session):
                for part in chunks(waiting):
                    first = getattr(self.model, key[0])
                    query = select(self.model.id, *(getattr(self.model, n) for n in names)).where(first.in_(part))
                    for record_id, *found in session.execute(query.order_by(self.model.id)):
                        record = dict(zip(names, found, strict=True))
                        for group in waiting.get(record[key[0]], ()):
                            if not group.record_id and self._same(group.values, record, rank):
                                if rank == self.likely:
                                    group.namesakes.append(record_id)
                                else:
                                    group.record_id, group.known_by = record_id, self.scheme.name_of(key[0])

    def _same(self, values: dict[str, Any], record: dict[str, Any], rank: int) -> bool:
        for name in self.keys[rank]:
            wanted = self._value(values, name)
            if wanted != record[name] and not (self.by_content and wanted is None):
                return False
        return self.agree(values, record, rank)
