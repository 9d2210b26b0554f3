"""From a column's name ("title", "client", "case.client.name", "x.code") to SQL and to a cell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import RLock
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, inspect, literal, select
from sqlalchemy.orm import aliased

from app.console.kinds import CUSTOM_KINDS, Kind, kind_of
from app.rules.choice import N_
from models.base import Field, fields_of, target_of

#: Custom fields are named with this prefix: "x.size" is the value `size` of the record's `extra`.
CUSTOM = "x."
#: A column that is only asked for: the import that made a record, by its id.
BATCH = "import_batch"


@dataclass(frozen=True)
class Column:
    """One column of a list, query, export or API answer.

    name: as declared; field: label and kind; title: for references, the column of the target that names the row.
    path: relationships to walk from the table. nameless: the reader may not see that column; a row is “#” and its id.
    """

    name: str
    model: type[Any]
    field: Field
    path: tuple[str, ...]
    key: str
    target: type[Any] | None = None
    custom: bool = False
    nameless: bool = False

    @property
    def label(self) -> str:
        return self.field.label

    @property
    def mark(self) -> tuple[Any, ...]:
        """What tells the column of a table from every other: custom fields may change their kind."""
        return self.name, self.path, self.key, self.nameless, self.field.kind

    @property
    def kind(self) -> Kind:
        return CUSTOM_KINDS[self.field.kind] if self.custom else kind_of(self.field)


class Columns:
    """The columns of one table by name, with the custom fields of the moment.

    nameless: (table) → whether what names its rows is closed to the reader.
    """

    def __init__(
        self, model: type, custom: dict[str, Field] | None = None, nameless: Callable[[type], bool] | None = None
    ):
        self.model = model
        self.custom = custom or {}
        self.nameless = nameless
        self._found: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        """The column `name`. Raises KeyError for what is not declared on the table."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._resolve(name)
        return found

    def get(self, name: str) -> Column | None:
        """The column `name` or None."""
        try:
            return self[name]
        except KeyError:
            return None

    def _resolve(self, name: str) -> Column:
        if name.startswith(CUSTOM):
            return Column(name, self.model, self.custom[name[2:]], (), name[2:], custom=True)
        found = _declared(self.model, name)
        hidden = found.target is not None and self.nameless is not None and self.nameless(found.target)
        return replace(found, nameless=True) if hidden else found


@lru_cache(maxsize=10_000)
def _declared(model: type, name: str) -> Column:
    """A column of the declaration, which never changes while the program runs. Raises KeyError."""
    *path, last = name.split(".")
    for step in path:
        model = target_of(model, step)
    own = fields_of(model)
    if last in own and not own[last].target and not own[last].hidden:
        return Column(name, model, own[last], tuple(path), last)
    if f"{last}_id" in own:
        return Column(name, model, own[f"{last}_id"], tuple(path), f"{last}_id", target=target_of(model, last))
    if last == "id":
        return Column(name, model, Field("integer", "ID"), tuple(path), "id")
    if name == BATCH:
        return Column(name, model, Field("import_batch", N_("Import batch")), (), "id")
    raise KeyError(name)


_REACHED: dict[tuple[type, tuple[str, ...]], tuple[Any, tuple[Any, ...]]] = {}
_LOCK = RLock()


def _reach(model: type[Any], path: tuple[str, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The table at the end of `path` under a name of its own, and what to join to get there.

    Both are made once: a new alias describes all its columns anew, which takes longer than the query.
    """
    found = _REACHED.get((model, path))
    if found is None:
        with _LOCK:  # what lies behind a table must hang on the alias that everyone uses
            found = _REACHED.get((model, path))
            if found is None:
                parent = _reach(model, path[:-1])[0] if path[1:] else model
                mapper, step = inspect(parent).mapper, path[-1]
                alias: Any = aliased(target_of(mapper.class_, step))
                if step in mapper.relationships:  # brings the scope of the table along
                    found = alias, (getattr(parent, step).of_type(alias),)
                else:  # who made and changed a row
                    found = alias, (alias, alias.id == getattr(parent, f"{step}_id"))
                _REACHED[model, path] = found
    return found


class Query:
    """Builds one statement over a table and the tables its columns reach, each joined once."""

    def __init__(self, model: type[Any]):
        self.model = model
        self._aliases: dict[tuple[str, ...], Any] = {(): model}
        self._joins: dict[tuple[str, ...], tuple[Any, ...]] = {}

    def entity(self, path: tuple[str, ...]) -> Any:
        """The table (or its alias) at the end of `path`, joined when first asked for."""
        found = self._aliases.get(path)
        if found is None:
            self.entity(path[:-1])
            found, join = _reach(self.model, path)
            self._aliases[path] = found
            self._joins[path] = join
        return found

    def expression(self, column: Column) -> ColumnElement:
        """The value of a column: for references the id."""
        if column.custom:
            value = self.model.extra[column.key]
            if column.field.kind == "flag":
                return value.as_boolean()
            return value.as_integer() if column.field.kind == "integer" else value.as_string()
        return getattr(self.entity(column.path), column.key)

    def title(self, column: Column) -> ColumnElement:
        """What names the row a reference points to."""
        target: Any = column.target
        row = self.entity((*column.path, column.name.split(".")[-1]))
        return literal("#").concat(cast(row.id, String)) if column.nameless else getattr(row, target.__title__)

    def sort_key(self, column: Column) -> ColumnElement:
        """What a list sorts by when asked to sort by this column."""
        return self.title(column) if column.target and not column.nameless else self.expression(column)

    def apply(self, statement: Select, made_by: "Query | None" = None) -> Select:
        """Add the joins collected so far, without those that who made the statement has added."""
        done = made_by._joins if made_by else {}
        for path, join in self._joins.items():
            if path not in done:
                statement = statement.outerjoin(*join)
        return statement

    def select(self, columns: list[Column], *more: ColumnElement) -> Select:
        """Select `id`, then for each column its value (references: id and title)."""
        parts: list[Any] = [self.model.id, *more]
        for column in columns:
            parts.append(self.expression(column))
            if column.target:
                parts.append(self.title(column))
        return self.apply(select(*parts).select_from(self.model))
