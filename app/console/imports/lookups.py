"""Rows of other tables by what a file calls them: one question a column, not one a cell."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services.imports import Creation
from app.services.unit_of_work import unscoped
from models.base import fields_of

#: Values of one `IN (…)`.
CHUNK = 2_000
#: Columns a row may be called by, besides its title and its natural key.
NAMING = ("code", "name", "short_name", "username")


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values, as many at once as a statement takes."""
    listed = list(values)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def naming_columns(model: type[Any]) -> list[str]:
    """The columns by which a row of this table may be named, the surest first."""
    own = fields_of(model)
    key = getattr(model, "__key__", ())
    names = [*(key if len(key) == 1 else ()), model.__title__, *NAMING]
    return [n for n in dict.fromkeys(names) if n in own and own[n].kind == "text" and not own[n].hidden]


def find_by_name(
    session: Session, model: type[Any], texts: Iterable[str], allowed: dict[str, Any]
) -> dict[str, int | RuleError]:
    """{text: id, or why there is none} among the rows the actor may see. allowed: column → value they must have."""
    wanted = list(texts)
    conditions = [getattr(model, name) == value for name, value in allowed.items()]
    found: dict[str, list[int]] = {}
    for name in naming_columns(model):
        column = getattr(model, name)
        here: dict[str, list[int]] = {}
        for part in chunks(text for text in wanted if text not in found):
            for key, text in session.execute(select(model.id, column).where(column.in_(part), *conditions)):
                here.setdefault(text, []).append(key)
        found |= here
    return {text: _one(text, found.get(text, []), model) for text in wanted}


def _one(text: str, ids: list[int], model: type[Any]) -> int | RuleError:
    if len(ids) == 1:
        return ids[0]
    if ids:
        return RuleError(
            N_("Several records of “%(table)s” are called “%(text)s”; write its number"),
            table=model.__label__,
            text=text,
        )
    return RuleError(N_("“%(table)s” has no record “%(text)s”"), table=model.__label__, text=text)


class Party:
    """Finds rows by their exact title, and makes those there are not: each once in an import.

    within: a column whose value found rows share or leave empty. create: whether the actor may add rows.
    """

    def __init__(self, session: Session, model: type[Any], *, within: str = "", create: bool = False):
        self.session, self.model, self.within, self.create = session, model, within, create
        self._known: dict[tuple[str, Any], int | Creation] = {}
        self._made: list[Creation] = []
        self.longest = fields_of(model)[model.__title__].length or 200

    def load(self, names: Iterable[str]) -> None:
        """Read all rows of these names at once."""
        model = self.model
        title = getattr(model, model.__title__)
        share = [getattr(model, self.within)] if self.within else []
        with unscoped(self.session):  # a hidden one is linked, not made twice
            for part in chunks(dict.fromkeys(names)):
                query = select(model.id, title, *share).where(title.in_(part)).order_by(model.id)
                for key, name, *shared in self.session.execute(query):
                    self._known.setdefault((name, shared[0] if shared else None), key)

    def get(self, name: str, shared: Any = None) -> int | Creation:
        """The row of this name. Raises RuleError where there is none and none may be made."""
        shared = shared if self.within else None
        found = self._known.get((name, shared))
        if found is None and shared is not None:
            found = self._known.get((name, None))
        if found is not None:
            return found
        if not self.create:
            raise RuleError(N_("“%(table)s” has no record “%(text)s”"), table=self.model.__label__, text=name)
        values = {self.model.__title__: name} | ({self.within: shared} if self.within and shared is not None else {})
        made = self._known[(name, shared)] = Creation(self.model, values)
        self._made.append(made)
        return made

    def made(self) -> list[Creation]:
        """The rows there were not."""
        return self._made
