"""Child rows of an import: names and rows made of cells, compared with those a record has, with their references."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.console.imports.lookups import Party, chunks, find_by_name
from app.console.imports.rows import Row, Scheme
from app.console.layout import ImportNames
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.imports import Creation
from models.base import fields_of


class Children:
    """All collections of a table that an import may fill."""

    def __init__(self, session: Session, scheme: Scheme):
        self.scheme = scheme
        relations = inspect(scheme.model).relationships
        declared = {names.collection: names for names in scheme.imports.names}
        self.collections = {
            r.key: Collection(session, scheme, r, declared.get(r.key)) for r in relations if r.uselist and r.cascade.delete_orphan
        }  # fmt: skip

    def holds(self, key: str) -> bool:
        """Whether the value under this key is child rows."""
        return key in self.collections

    def normalise(self, rows: Iterable[Row]) -> None:
        """Names become child rows; references of the rows are found."""
        rows = list(rows)
        for key, collection in self.collections.items():
            holders = [row for row in rows if key in row.values]
            if holders:
                collection.normalise(holders)

    def load(self, record_ids: list[int], keys: Iterable[str]) -> None:
        """Read the child rows that these records have, of the collections among `keys`."""
        for key in set(keys) & self.collections.keys():
            self.collections[key].load(record_ids)

    def missing(self, key: str, record_id: int, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of the rows that the record has not."""
        return self.collections[key].missing(record_id, rows)

    def rows(self, key: str, rows: list[dict[str, Any]], values: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows as columns; parties that are not there yet are made. Raises RuleError. `values`: the record's own."""
        return self.collections[key].rows(rows, values)

    def made(self) -> list[Creation]:
        """The parties to be made."""
        return [made for collection in self.collections.values() for made in collection.made()]


class Collection:
    """The child rows of one collection. A row is a dictionary by column; its party is kept by name until it is needed."""

    def __init__(self, session: Session, scheme: Scheme, relation: Any, names: ImportNames | None):
        self.session, self.scheme, self.names = session, scheme, names
        self.key, self.model = relation.key, relation.mapper.class_
        self.owner = next(iter(relation.remote_side)).key
        self.fields = fields_of(self.model)
        self.identity = [n for n in getattr(self.model, "__key__", ()) if n != self.owner] or list(self.fields)
        self.present: dict[int, set[tuple[Any, ...]]] = {}
        self.party: Party | None = None
        self.used: dict[Creation, None] = {}
        if names is not None:
            self.party_key = f"{names.reference}_id"
            party_model = inspect(self.model).relationships[names.reference].mapper.class_
            console = scheme.view.console_of(party_model)
            may = console is not None and scheme.actor.may("add", console.key)
            self.party = Party(session, party_model, within=names.within, create=may)

    def normalise(self, holders: list[Row]) -> None:
        """Give each row its list of dictionaries; references but the party's become ids."""
        if self.names is not None:
            for row in holders:
                row.values[self.key] = [self._named(i, n) for i, n in enumerate(row.values[self.key])]
                self._check_lengths(row)
            self.party.load(r[self.party_key] for row in holders for r in row.values[self.key])
        for key, spec in self.fields.items():
            if spec.target and key != self.owner and not (self.names and key == self.party_key):
                self._resolve(key, holders)

    def _check_lengths(self, row: Row) -> None:
        longest = self.party.longest
        name = next((r[self.party_key] for r in row.values[self.key] if len(r[self.party_key]) > longest), None)
        if name is not None:
            message = N_("The name “%(text)s” is longer than %(length)s characters")
            row.refuse(RuleError(message, field=self.key, text=name[:40] + "…", length=longest))

    def _named(self, index: int, name: str) -> dict[str, Any]:
        return {self.party_key: name, self.names.order: index + 1, self.names.first: index == 0}

    def _resolve(self, key: str, holders: list[Row]) -> None:
        texts = dict.fromkeys(t for row in holders for r in row.values[self.key] if isinstance(t := r.get(key), str))
        if not texts:
            return
        found = find_by_name(self.session, inspect(self.model).relationships[key.removesuffix("_id")].mapper.class_, texts, {})
        for row in holders:
            for child in row.values[self.key]:
                answer = found.get(child.get(key)) if isinstance(child.get(key), str) else None
                if isinstance(answer, RuleError):
                    row.refuse(RuleError(answer.message, field=self.key, **answer.params))
                elif answer is not None:
                    child[key] = answer

    def load(self, record_ids: list[int]) -> None:
        """Remember the identities of the child rows these records have; the party by its name."""
        query, columns = select(getattr(self.model, self.owner)), []
        for name in self.identity:
            column = getattr(self.model, name)
            if self.party is not None and name == self.party_key:
                query = query.join(self.party.model, self.party.model.id == column)
                column = getattr(self.party.model, self.party.model.__title__)
            columns.append(column)
        for part in chunks(record_ids):
            statement = query.add_columns(*columns).where(getattr(self.model, self.owner).in_(part))
            for owner, *values in self.session.execute(statement):
                self.present.setdefault(owner, set()).add(tuple(values))

    def missing(self, record_id: int, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows whose identity the record has not, placed behind those it has."""
        present = self.present.get(record_id, set())
        lacking = [row for row in rows if self._identity(row) not in present]
        if self.names is None or not present:
            return lacking
        return [row | {self.names.order: len(present) + i, self.names.first: False} for i, row in enumerate(lacking, start=1)]

    def _identity(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row.get(n, self._default(n)) for n in self.identity)

    def _default(self, name: str) -> Any:
        default = self.model.__table__.c[name].default
        return default.arg if default is not None and not callable(default.arg) else None

    def rows(self, rows: list[dict[str, Any]], values: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows with the party's id, or the party to be made, in place of its name."""
        if self.party is None:
            return rows
        made = []
        for row in rows:
            party = self.party.get(row[self.party_key], values.get(self.names.within))
            if isinstance(party, Creation):
                self.used[party] = None
            made.append(row | {self.party_key: party})
        return made

    def made(self) -> list[Creation]:
        """The parties to be made for accepted rows."""
        return list(self.used)
