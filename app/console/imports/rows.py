"""From the cells of a file to the values of records: the part of an import that asks the database nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from app.console.imports.asides import aside
from app.console.imports.cells import Reader, cell_text
from app.console.imports.meter import Meter
from app.console.imports.targets import Target, required_of
from app.console.layout import Imports
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.system import ImportMode
from app.services.unit_of_work import Actor
from app.texts import gettext as _
from models.base import fields_of

#: A record chosen on the page, as the value of a reference for all rows.
CHOSEN = re.compile(r"#\d{1,9}")


class Outcome(Enum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    SAME = "same"
    REFUSED = "refused"


class Note(NamedTuple):
    """Something said about a cell: what was put right, or (doubt) what deserves a look."""

    name: str
    old: str
    new: str
    message: str
    params: dict[str, Any]
    doubt: bool = False


@dataclass(slots=True)
class Row:
    """One row of the file, its values by column, what is said about it and what becomes of it.

    changes: column → (before, after), where an existing record will change.
    """

    number: int
    cells: Sequence[Any]
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    errors: list[RuleError] = field(default_factory=list)
    outcome: Outcome = Outcome.REFUSED
    record_id: int | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def doubt(self, name: str, message: str, **params: Any) -> None:
        """Something about it deserves a look."""
        self.notes.append(Note(name, "", "", message, params, True))

    def refuse(self, error: RuleError) -> None:
        """It is not imported, and why."""
        self.errors.append(error)
        self.outcome = Outcome.REFUSED


@dataclass
class Scheme:
    """How a file becomes rows of a table: its columns' targets, the values for all rows, the mode, who imports."""

    view: Any
    actor: Actor
    targets: dict[str, Target]
    readers: dict[str, Reader]
    mapped: list[tuple[int, Target]]
    constants: dict[str, str]
    mode: ImportMode
    example: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    @property
    def imports(self) -> Imports:
        return self.view.imports

    @property
    def model(self) -> type[Any]:
        return self.view.model

    @property
    def number_column(self) -> str:
        """Where a number stands that tells records of one title apart: the surest key the file has, else the title."""
        given = {target.name for _at, target in self.mapped}
        return next((names[0] for names in self.imports.keys if names[0] in given), self.imports.likely[0])

    def name_of(self, key: str) -> str:
        """The target that holds its value under this key."""
        return next((t.name for t in self.targets.values() if t.key == key), key)

    def label_of(self, key: str) -> str:
        """What people call the column of this key."""
        target = next((t for t in self.targets.values() if t.key == key), None)
        return target.label if target else _(fields_of(self.model)[key].label) if key in fields_of(self.model) else key

    def constant_values(self) -> dict[str, Any]:
        """The values for all rows, read like cells. Raises RuleError naming the field."""
        values = {}
        for name, text in self.constants.items():
            target = self.targets.get(name)
            if target is None:
                raise RuleError(N_("There is no field “%(name)s” to import"), field=name, name=name)
            if target.points_to is not None and CHOSEN.fullmatch(text):
                values[target.key] = int(text[1:])
                continue
            reading = self.readers[name](text)
            if reading.error is not None:
                raise RuleError(reading.error.message, field=name, **reading.error.params)
            if reading.value is not None:
                values[target.key] = reading.value
        return values


def clean_rows(scheme: Scheme, numbered: Sequence[tuple[int, Sequence[Any]]], meter: Meter) -> list[Row]:
    """Read every cell; each row has its values, or why it is refused."""
    steps = [(at, target.name, target.key, scheme.readers[target.name]) for at, target in scheme.mapped]
    constants = scheme.constant_values()
    finish = _finisher(scheme)
    rows = []
    for number, cells in meter.over(numbered, 50, _("Reading the rows")):
        row = Row(number, cells)
        values = row.values
        for at, name, key, read in steps:
            reading = read(cells[at])
            if reading.error is not None:
                row.errors.append(_named(reading.error, name))
            else:
                if reading.value is not None:
                    values[key] = reading.value
                if reading.mends:
                    old = cell_text(cells[at])
                    row.notes += [Note(name, old, reading.shown, m.message, m.params, m.doubt) for m in reading.mends]
        for key, value in constants.items():
            values.setdefault(key, value)
        finish(row)
        rows.append(row)
    for row in rows:
        if why := aside(row.cells, scheme.headers):
            row.errors = [RuleError(why)]
    for row in rows[:3]:
        if scheme.example and [cell_text(cell).strip() for cell in row.cells] == scheme.example:
            row.refuse(RuleError(N_("This is the example row of the template")))
    return rows


def _named(error: RuleError, name: str) -> RuleError:
    error.field = name
    return error


def _finisher(scheme: Scheme) -> Callable[[Row], None]:
    """What is done to a row once its cells are read: the table's own arrangement, without what the actor may not write,
    and the lengths of what that made.
    """
    arrange = scheme.imports.arrange
    lengths = {k: f.length for k, f in fields_of(scheme.model).items() if f.kind == "text" and f.length}
    places = {t.name: at for at, t in scheme.mapped}
    closed = cache(lambda key: not scheme.view.writable_to(scheme.actor, scheme.view.column_name(key)))
    needed = places.keys() - set(scheme.imports.derived)
    required = [(t.key, t.name) for t in required_of(scheme.targets) if t.name in needed]

    def finish(row: Row) -> None:
        values, failed = row.values, {e.field for e in row.errors}
        if arrange is not None and not failed:
            given, said = {*values}, len(row.notes)
            try:
                arrange(values, _noter(row, places))
            except RuleErrors as several:
                row.errors += several.errors
            except RuleError as error:
                row.errors.append(error)
            for key in [key for key in values if key not in given and closed(key)]:
                del values[key]
                if len(row.notes) > said:
                    message = N_("Left out, since you may not fill it in: %(field)s")
                    row.doubt(row.notes[said].name, message, field=scheme.label_of(key))
            for key, text in values.items():
                if text is not None and key in lengths and len(text) > lengths[key]:
                    row.errors.append(too_long(scheme.name_of(key), lengths[key]))
        if row.errors:  # told together; of rows without errors only new records must have them
            row.errors += [missing(name) for key, name in required if values.get(key) is None and name not in failed]

    return finish


def too_long(name: str, length: int) -> RuleError:
    """The refusal of a text its column does not hold."""
    return RuleError(N_("At most %(length)s characters"), field=name, length=length)


def missing(name: str) -> RuleError:
    """The refusal of an empty required field."""
    return RuleError(N_("This must be filled in"), field=name)


def _noter(row: Row, places: dict[str, int]) -> Callable[..., None]:
    def note(name: str, message: str, *, doubt: bool = False, new: str = "", **params: Any) -> None:
        old = cell_text(row.cells[places[name]]) if new and name in places else ""
        row.notes.append(Note(name, old, new, message, params, doubt))

    return note
