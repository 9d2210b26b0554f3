"""What the columns of a file may become: columns, custom fields, names, and what the table declares besides."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect

from app.console.columns import CUSTOM, Column
from app.console.imports.headers import Vocabulary, bare_form
from app.console.layout import ImportNames, Imports
from app.rules.choice import N_
from app.services.unit_of_work import Actor
from app.texts import gettext as _
from models.base import Field, flows_of, target_of

#: Kinds of columns that no file fills.
CLOSED = {"datetime", "json", "password"}


@dataclass(frozen=True)
class Target:
    """One thing a file's column may become.

    name: as in forms ("client", "x.size"); key: what holds its value in a row ("client_id"); column: none for names and
    declared fields.
    """

    name: str
    key: str
    field: Field
    column: Column | None = None
    names: ImportNames | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call it."""
        return _(self.field.label)

    @property
    def points_to(self) -> type[Any] | None:
        """The table a reference points to."""
        return self.column.target if self.column is not None else None

    def called(self) -> Iterable[str]:
        """Every name a header may give it, the surest first."""
        return (self.label, self.field.label, self.name, *self.synonyms)


def targets_of(view: Any, actor: Actor) -> dict[str, Target]:
    """Everything the actor may import into a table, in the order of its form."""
    imports: Imports = view.imports
    found: dict[str, Target] = {}
    for name in _column_names(view):
        column = view.columns()[name]
        if column.field.kind not in CLOSED and view.writable_to(actor, name):
            key = name if column.custom else column.key
            found[name] = Target(name, key, column.field, column, synonyms=tuple(view.synonyms.get(name, ())))
    for names in imports.names:
        if view.writable_to(actor, names.collection):
            model = inspect(view.model).relationships[names.collection].mapper.class_
            label = target_of(model, names.reference).__label__
            synonyms = (*names.synonyms, *view.synonyms.get(names.collection, ()))
            spec = Field("long_text", label, help=N_("Several names are separated by semicolons"))
            found[names.collection] = Target(names.collection, names.collection, spec, names=names, synonyms=synonyms)
    for extra in imports.fields:
        synonyms = (*extra.synonyms, *view.synonyms.get(extra.name, ()))
        found[extra.name] = Target(
            extra.name, extra.name, Field(extra.kind, extra.label, length=20_000), synonyms=synonyms
        )
    return found


def _column_names(view: Any) -> list[str]:
    """The form's fields, the states of the life cycles, the custom fields."""
    states = (flow.field for flow in flows_of(view.model))
    return list(dict.fromkeys([*view.form_fields(), *states, *(CUSTOM + code for code in view.custom())]))


def required_of(targets: dict[str, Target]) -> list[Target]:
    """What every new record must have, and no default gives."""
    return [
        t
        for t in targets.values()
        if t.field.required
        and t.field.kind != "flag"
        and t.column is not None
        and (t.column.custom or not _has_default(t.column))
    ]


def _has_default(column: Column) -> bool:
    return inspect(column.model).columns[column.key].default is not None


def vocabulary(targets: dict[str, Target], imports: Imports) -> Vocabulary:
    """How files may call the targets; where two claim a name, the first has it."""
    found: dict[str, str] = {}
    for rank in range(2):
        for target in targets.values():
            called = list(target.called())
            for name in called[:1] if rank == 0 else called[1:]:
                if form := bare_form(name):
                    found.setdefault(form, target.name)
    return Vocabulary(found, imports.apart)
