"""The base of all kinds of column, and the plain ones: texts, numbers, days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, not_, or_

from app.console.matching import fits, like
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import parse_date, parse_decimal, parse_integer
from app.services.today import OFFICE, local, stamp
from models.base import Field

NONE = Markup('<span class="none">–</span>')

#: Operators of advanced conditions and their labels.
OPERATORS = {
    "contains": N_("contains"), "begins": N_("begins with"), "is": N_("is"), "not": N_("is not"),
    "empty": N_("is empty"),
    "filled": N_("is filled"), "from": N_("not before"), "to": N_("not after"), "in": N_("is one of"),
}  # fmt: skip


def text_of(raw: Any) -> str:
    """The text of one value as it was typed or sent. Raises RuleError for a list or an object."""
    if isinstance(raw, list | dict):
        raise RuleError(N_("One value is expected here"))
    return "" if raw is None else str(raw).replace("\x00", "").strip()


class Kind:
    """Text, and the base of all kinds."""

    align = "left"
    operators: tuple[str, ...] = ("contains", "begins", "is", "not", "empty", "filled")
    schema: dict[str, Any] = {"type": "string"}

    def parse(self, raw: Any, field: Field) -> Any:
        """The value of what was typed, sent or found in a cell; None for nothing. Raises RuleError."""
        text = text_of(raw)
        if field.length and len(text) > field.length:
            raise RuleError(N_("At most %(length)s characters"), length=field.length)
        return text or None

    def input(self, value: Any, field: Field) -> str:
        """The value as a form control holds it."""
        return "" if value is None else str(value)

    def plain(self, value: Any, field: Field) -> str:
        """The value as people read it, without markup."""
        return self.input(value, field)

    def cell(self, value: Any, field: Field) -> str:
        """The value as a table shows it (safe HTML)."""
        return NONE if value is None or value == "" else escape(self.plain(value, field))

    def native(self, value: Any, field: Field) -> Any:
        """The value as a workbook keeps it."""
        return None if value is None else self.plain(value, field)

    def json(self, value: Any, field: Field) -> Any:
        """The value as the API sends it."""
        return value

    def listed(self, field: Field) -> list[tuple[str, str]]:
        """(code, label) of each value where they are a closed list."""
        return []

    def describe(self, field: Field) -> dict[str, Any]:
        """The JSON schema of the value."""
        return dict(self.schema) | ({"maxLength": field.length} if field.length else {})

    def condition(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        """`column operator values` as SQL. Raises RuleError for an operator or value that makes no sense."""
        if operator not in self.operators:
            raise RuleError(N_("This comparison is not possible here"))
        if operator == "empty":
            return self.blank(column)
        if operator == "filled":
            return not_(self.blank(column))
        return self.compare(column, operator, values, field)

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        """The column holds nothing."""
        return column.is_(None) | (column == "")

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        """The comparison itself."""
        text = values[0] if values else ""
        ways = field.written(text) if field.written else [text]
        if operator in ("contains", "begins"):
            before = "%" if operator == "contains" else ""
            return or_(*(fits(column, f"{before}{like(way)}%") for way in ways))
        return column.in_(ways) if operator == "is" else column.not_in(ways) | column.is_(None)


class LongText(Kind):
    operators = ("contains", "empty", "filled")

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw).replace("\r\n", "\n")
        if field.length and len(text) > field.length:
            raise RuleError(N_("At most %(length)s characters"), length=field.length)
        return text or None


class Password(Kind):
    operators = ()

    def input(self, value: Any, field: Field) -> str:
        return ""


class Ordered(Kind):
    """Numbers and dates: they have an order and ranges."""

    operators = ("is", "not", "from", "to", "empty", "filled")

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return column.is_(None)

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        value = self.parse(values[0] if values else "", field)
        if value is None:
            raise RuleError(N_("Give a value to compare with"))
        return self.ordered(column, operator, value)

    def ordered(self, column: ColumnElement, operator: str, value: Any) -> ColumnElement[bool]:
        """The comparison with a value as the column keeps it."""
        if operator == "from":
            return column >= value
        if operator == "to":
            return column <= value
        return column == value if operator == "is" else (column != value) | column.is_(None)


class Integer(Ordered):
    align = "right"
    schema = {"type": "integer"}

    def parse(self, raw: Any, field: Field) -> Any:
        if not text_of(raw):
            return None
        value = parse_integer(raw)
        self.check(value, field)
        if abs(value) > 2_000_000_000:
            raise RuleError(N_("This number is too large"))
        return value

    def check(self, value: Any, field: Field) -> None:
        """Raise RuleError below the field's minimum."""
        if field.minimum is not None and value < field.minimum:
            raise RuleError(N_("At least %(minimum)s"), minimum=field.minimum)

    def native(self, value: Any, field: Field) -> Any:
        return value


class DecimalKind(Integer):
    schema = {"type": "string", "format": "decimal"}

    def parse(self, raw: Any, field: Field) -> Any:
        if not text_of(raw):
            return None
        value = parse_decimal(raw)
        self.check(value, field)
        if value != round(value, field.places):
            raise RuleError(N_("At most %(places)s decimals"), places=field.places)
        if abs(value) >= Decimal(10) ** 12:
            raise RuleError(N_("This number is too large"))
        return round(value, field.places)

    def input(self, value: Any, field: Field) -> str:
        return "" if value is None else f"{value:f}"

    def json(self, value: Any, field: Field) -> Any:
        return None if value is None else f"{value:f}"


class Money(DecimalKind):
    def plain(self, value: Any, field: Field) -> str:
        return "" if value is None else f"{value:,.2f}"


class Date(Ordered):
    schema = {"type": "string", "format": "date"}

    def parse(self, raw: Any, field: Field) -> Any:
        if not text_of(raw):
            return None
        return parse_date(raw)

    def input(self, value: Any, field: Field) -> str:
        return "" if value is None else value.isoformat()

    def native(self, value: Any, field: Field) -> Any:
        return value

    def json(self, value: Any, field: Field) -> Any:
        return None if value is None else value.isoformat()


class Moment(Date):
    schema = {"type": "string", "format": "date-time"}

    def plain(self, value: datetime | date | None, field: Field) -> str:
        if value is not None and not isinstance(value, datetime):
            return value.isoformat()  # a condition names a day
        return stamp(value)

    def native(self, value: datetime | None, field: Field) -> Any:
        return None if value is None else local(value).replace(tzinfo=None)

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        value = self.parse(values[0] if values else "", field)
        if not isinstance(value, date):
            raise RuleError(N_("Give a value to compare with"))
        start = datetime(value.year, value.month, value.day, tzinfo=OFFICE)
        end = datetime(value.year, value.month, value.day, 23, 59, 59, 999999, tzinfo=OFFICE)
        inside = (column >= start) & (column <= end)
        return {"from": column >= start, "to": column <= end, "is": inside, "not": not_(inside)}[operator]
