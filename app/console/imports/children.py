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
from models.base import fields_of, target_of

Child = dict[str, Any]


class Children:
    """All collections of a table that an import may fill."""

    def __init__(self, session: Session, scheme: Scheme):
        named = {names.collection: names for names in scheme.imports.names}
        self.collections: dict[str, Collection] = {}
        for relation in inspect(scheme.model).relationships:
            if relation.key in named:
                self.collections[relation.key] = NameCollection(session, scheme, relation, named[relation.key])
            elif relation.uselist and relation.cascade.delete_orphan:
                self.collections[relation.key] = Collection(session, relation)

    def holds(self, key: str) -> bool:
        """Whether the value under this key is child rows."""
        return key in self.collections

    def normalise(self, rows: Iterable[Row]) -> None:
        """Names become child rows; references of the rows are found."""
        rows = list(rows)
        for key, collection in self.collections.items():
            if holders := [row for row in rows if key in row.values]:
                collection.normalise(holders)

    def load(self, record_ids: list[int], keys: Iterable[str]) -> None:
        """Read the child rows that these records have, of the collections among `keys`."""
        for key in set(keys) & self.collections.keys():
            self.collections[key].load(record_ids)

    def missing(self, key: str, record_id: int, rows: list[Child]) -> list[Child]:
        """Those of the rows that the record has not."""
        return self.collections[key].missing(record_id, rows)

    def count(self, key: str, record_id: int) -> int:
        """How many child rows the record has."""
        return len(self.collections[key].present.get(record_id, ()))

    def rows(self, key: str, rows: list[Child], values: dict[str, Any]) -> list[Child]:
        """The rows as columns; parties not there yet are to be made. `values`: the record's own. Raises RuleError."""
        return self.collections[key].rows(rows, values)

    def made(self) -> list[Creation]:
        """The parties to be made."""
        return [made for collection in self.collections.values() for made in collection.made()]


class Collection:
    """The child rows of one collection, as dictionaries by column; references are texts until `normalise`."""

    def __init__(self, session: Session, relation: Any):
        self.session, self.key, self.model = session, relation.key, relation.mapper.class_
        self.owner = next(iter(relation.remote_side)).key
        self.fields = fields_of(self.model)
        self.identity = [n for n in getattr(self.model, "__key__", ()) if n != self.owner] or list(self.fields)
        self.present: dict[int, set[tuple[Any, ...]]] = {}

    def references(self) -> list[str]:
        """The columns whose texts are looked up."""
        return [key for key, spec in self.fields.items() if spec.target and key != self.owner]

    def target(self, key: str) -> type[Any]:
        """What a reference points to."""
        return target_of(self.model, key)

    def normalise(self, holders: list[Row]) -> None:
        """References become ids; a row with an unknown one is refused."""
        for key in self.references():
            texts = dict.fromkeys(
                t for row in holders for r in row.values[self.key] if isinstance(t := r.get(key), str)
            )
            found = find_by_name(self.session, self.target(key), texts, {})
            for row in holders:
                for child in row.values[self.key]:
                    answer = found.get(child[key]) if isinstance(child.get(key), str) else None
                    if isinstance(answer, RuleError):
                        row.refuse(RuleError(answer.message, field=self.key, **answer.params))
                    elif answer is not None:
                        child[key] = answer

    def load(self, record_ids: list[int]) -> None:
        """Remember the identities of the child rows these records have."""
        query, owner = self.identities(), getattr(self.model, self.owner)
        for part in chunks(record_ids):
            for parent, *values in self.session.execute(query.where(owner.in_(part))):
                self.present.setdefault(parent, set()).add(tuple(values))

    def identities(self) -> Any:
        """The owner and what tells each of its rows from the others."""
        return select(getattr(self.model, self.owner), *(getattr(self.model, name) for name in self.identity))

    def missing(self, record_id: int, rows: list[Child]) -> list[Child]:
        """The rows whose identity the record has not."""
        present = self.present.get(record_id, set())
        return [row for row in rows if tuple(row.get(n, self._default(n)) for n in self.identity) not in present]

    def _default(self, name: str) -> Any:
        default = self.model.__table__.c[name].default
        return default.arg if default is not None and default.is_scalar else None

    def rows(self, rows: list[Child], values: dict[str, Any]) -> list[Child]:
        """The rows as columns."""
        return rows

    def made(self) -> list[Creation]:
        """Rows of other tables to be made."""
        return []


class NameCollection(Collection):
    """Child rows that a cell of names stands for; each party is known by its name until it is needed."""

    def __init__(self, session: Session, scheme: Scheme, relation: Any, names: ImportNames):
        super().__init__(session, relation)
        self.names, self.party_key = names, f"{names.reference}_id"
        model = self.target(self.party_key)
        console = scheme.view.console_of(model)
        may = console is not None and scheme.actor.may("add", console.key)
        self.party = Party(session, model, within=names.within, create=may)

    def normalise(self, holders: list[Row]) -> None:
        """Each name becomes a row: its place, and whether it is the first."""
        party, place, first, longest = self.party_key, self.names.order, self.names.first, self.party.longest
        self.party.load(name for row in holders for name in row.values[self.key])
        for row in holders:
            names = row.values[self.key]
            row.values[self.key] = [{party: name, place: i, first: i == 1} for i, name in enumerate(names, start=1)]
            if max(map(len, names)) > longest:
                too_long = next(name for name in names if len(name) > longest)
                message = N_("The name “%(text)s” is longer than %(length)s characters")
                row.refuse(RuleError(message, field=self.key, text=too_long[:40] + "…", length=longest))

    def identities(self) -> Any:
        """As of any collection, with the party's name in place of its id."""
        party, title = self.party.model, getattr(self.party.model, self.party.model.__title__)
        columns = [title if name == self.party_key else getattr(self.model, name) for name in self.identity]
        query = select(getattr(self.model, self.owner), *columns)
        return query.join(party, party.id == getattr(self.model, self.party_key))

    def missing(self, record_id: int, rows: list[Child]) -> list[Child]:
        """The names the record has not, placed behind those it has."""
        lacking, present = super().missing(record_id, rows), len(self.present.get(record_id, ()))
        if not present:
            return lacking
        places = enumerate(lacking, start=present + 1)
        return [child | {self.names.order: place, self.names.first: False} for place, child in places]

    def rows(self, rows: list[Child], values: dict[str, Any]) -> list[Child]:
        """The rows with the party's id, or the party to be made, in place of its name. Raises RuleError."""
        key, get, shared = self.party_key, self.party.get, values.get(self.names.within)
        return [child | {key: get(child[key], shared)} for child in rows]

    def made(self) -> list[Creation]:
        """The parties to be made for accepted rows."""
        return self.party.made()
