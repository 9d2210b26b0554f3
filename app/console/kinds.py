"""What a kind of column can do: read what a person typed, show it, compare it, describe it to a program.

The kinds stand in kind.py and listed_kinds.py; here they have their names.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select

from app.console.kind import (
    NONE,
    OPERATORS,
    Date,
    DecimalKind,
    Integer,
    Kind,
    LongText,
    Moment,
    Money,
    Password,
    text_of,
)
from app.console.listed_kinds import ChoiceKind, Flag, Option, Reference, TableName
from app.console.matching import fits, is_whole, like
from app.rules.choice import N_
from app.rules.errors import RuleError
from models.audit import AuditEntry
from models.base import Field
from models.system import ImportBatch

__all__ = ["CUSTOM_KINDS", "KINDS", "NONE", "OPERATORS", "Kind", "Option", "fits", "is_whole", "kind_of", "like",
           "read_value"]  # fmt: skip


class Json(Kind):
    operators = ()
    schema = {"type": "object"}

    def parse(self, raw: Any, field: Field) -> Any:
        return raw

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        return func.lower(cast(column, String)).contains(values[0].lower())


class MadeBy(Kind):
    """The id of a record, asked for by the import that made the record."""

    operators = ("is",)

    def parse(self, raw: Any, field: Field) -> Any:
        if not is_whole(text := text_of(raw)):
            raise RuleError(N_("A whole number is expected"))
        return int(text)

    def compare(self, column: Any, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        mark = select(ImportBatch.mark).where(ImportBatch.id == self.parse(values[0], field)).scalar_subquery()
        made = select(AuditEntry.record_id).where(AuditEntry.batch == mark, AuditEntry.action == "insert")
        return column.in_(made.where(AuditEntry.table == column.class_.__table__.name))


KINDS: dict[str, Kind] = {
    "text": Kind(), "long_text": LongText(), "integer": Integer(), "decimal": DecimalKind(), "percent": DecimalKind(),
    "money": Money(), "date": Date(), "datetime": Moment(), "flag": Flag(), "choice": ChoiceKind(),
    "option": Option(), "table": TableName(), "reference": Reference(), "json": Json(), "password": Password(),
    "import_batch": MadeBy(),
}  # fmt: skip


class Custom(Kind):
    """A custom field: the value lives as text (a whole number as itself) in the record's JSON."""

    def __init__(self, base: Kind):
        self.base = base
        self.align, self.operators, self.schema = base.align, base.operators, base.schema

    def parse(self, raw: Any, field: Field) -> Any:
        return self.base.parse(raw, field)

    def store(self, value: Any, field: Field) -> Any:
        """The parsed value as the JSON keeps it."""
        return value if value is None or isinstance(value, int) else self.base.input(value, field)

    def load(self, stored: Any, field: Field) -> Any:
        """The value of what the JSON holds; what no longer fits the field's kind is shown as it is."""
        try:
            return self.base.parse(stored, field)
        except RuleError:
            return None

    def input(self, value: Any, field: Field) -> str:
        return self.base.input(self.load(value, field), field)

    def plain(self, value: Any, field: Field) -> str:
        return self.base.plain(self.load(value, field), field)

    def cell(self, value: Any, field: Field) -> str:
        return self.base.cell(self.load(value, field), field)

    def native(self, value: Any, field: Field) -> Any:
        return self.base.native(self.load(value, field), field)

    def json(self, value: Any, field: Field) -> Any:
        return self.base.json(self.load(value, field), field)

    def listed(self, field: Field) -> list[tuple[str, str]]:
        return self.base.listed(field)

    def describe(self, field: Field) -> dict[str, Any]:
        return self.base.describe(field)

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return self.base.blank(column)

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        value = self.parse(values[0], field) if values and isinstance(self.base, Flag | Date) else None
        if isinstance(self.base, Flag):  # a record saved before there was the field says no
            return column.is_(True) if bool(value) is (operator == "is") else column.is_not(True)
        if isinstance(self.base, Date) and value is not None:  # their texts sort as the days do
            return self.base.ordered(column, operator, self.store(value, field))
        return self.base.compare(column, operator, values, field)


CUSTOM_KINDS = {name: Custom(KINDS[name]) for name in ("text", "long_text", "integer", "date", "flag", "option")}


def kind_of(field: Field) -> Kind:
    """The kind of a field."""
    return KINDS[field.kind]


def read_value(raw: Any, field: Field, *, partial: bool = False) -> Any:
    """Parse `raw` and check that a required value is there. Raises RuleError."""
    value = kind_of(field).parse(raw, field)
    if field.required and not partial and value is None:
        raise RuleError(N_("This must be filled in"))
    return value
