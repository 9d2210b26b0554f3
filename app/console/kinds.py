"""What a kind of column can do: read what a person typed, show it, compare it, describe it to a program."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Boolean, ColumnElement, String, cast, func, not_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.console.registry import REGISTRY
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.rules.normalize import parse_date, parse_decimal, parse_integer
from app.services.today import OFFICE, local, stamp
from app.texts import gettext as _
from models.base import Field

NONE = Markup('<span class="none">–</span>')

#: Operators of advanced conditions and their labels.
OPERATORS = {
    "contains": N_("contains"), "begins": N_("begins with"), "is": N_("is"), "not": N_("is not"),
    "empty": N_("is empty"),
    "filled": N_("is filled"), "from": N_("not before"), "to": N_("not after"), "in": N_("is one of"),
}  # fmt: skip


def like(text: str) -> str:
    """Escape the wildcards of LIKE."""
    return re.sub(r"([%_\\])", r"\\\1", text)


class fits(FunctionElement[bool]):
    """`column LIKE pattern` in capitals or small letters: on SQLite LIKE is so, on PostgreSQL ILIKE."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, pattern: str):
        super().__init__(column, pattern)


@compiles(fits)
def _fits(element: fits, compiler: Any, operator: str = "LIKE", **options: Any) -> str:
    column, pattern = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} {operator} {pattern} ESCAPE '\\')"


@compiles(fits, "postgresql")
def _fits_postgresql(element: fits, compiler: Any, **options: Any) -> str:
    return _fits(element, compiler, "ILIKE", **options)


def is_whole(text: str) -> bool:
    """Whether a text is a whole number of the digits 0 to 9, short enough for any database."""
    return re.fullmatch("[0-9]{1,9}", text) is not None


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
        if operator == "contains":
            return fits(column, f"%{like(text)}%")
        if operator == "begins":
            return fits(column, f"{like(text)}%")
        return column == text if operator == "is" else (column != text) | column.is_(None)


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


def said(field: Field, value: bool) -> str:
    """Yes and no in the words of the field, where it has its own."""
    if field.options:
        return _(field.options[0 if value else 1])
    return _("Yes") if value else _("No")


class Flag(Kind):
    operators = ("is", "not")
    schema = {"type": "boolean"}
    words = {"1": True, "true": True, "yes": True, "y": True, "on": True, "是": True, "有效": True, "√": True,
             "0": False, "false": False, "no": False, "n": False, "off": False, "否": False, "无效": False,
             "": False}  # fmt: skip

    def parse(self, raw: Any, field: Field) -> Any:
        if isinstance(raw, bool):
            return raw
        text = text_of(raw).lower().removesuffix(".0")
        if text not in self.words:
            raise RuleError(N_("Yes or no is expected"))
        return self.words[text]

    def input(self, value: Any, field: Field) -> str:
        return "1" if value else ""

    def plain(self, value: Any, field: Field) -> str:
        return "" if value is None else said(field, bool(value))

    def listed(self, field: Field) -> list[tuple[str, str]]:
        return [("1", said(field, True)), ("0", said(field, False))]

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        wanted = self.parse(values[0] if values else "", field)
        return column.is_(wanted if operator == "is" else not wanted)


class ChoiceKind(Kind):
    operators = ("in", "not", "empty", "filled")

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw)
        if not text:
            return None
        choices: Any = field.choices
        found = isinstance(raw, Choice) and raw or choices.find(text)
        found = found or next((c for c in choices if text in (_(c.label), c.label)), None)
        if found is None:
            allowed = "、".join(_(c.label) for c in choices)
            raise RuleError(N_("“%(text)s” is not one of: %(allowed)s"), text=text, allowed=allowed)
        return found

    def input(self, value: Any, field: Field) -> str:
        return "" if value is None else value.name

    def plain(self, value: Any, field: Field) -> str:
        return "" if value is None else _(value.label)

    def cell(self, value: Any, field: Field) -> str:
        if value is None:
            return NONE
        if value.colour == "none":
            return escape(_(value.label))
        return f'<span class="st st-{value.colour}">{escape(_(value.label))}</span>'

    def json(self, value: Any, field: Field) -> Any:
        return None if value is None else value.name

    def describe(self, field: Field) -> dict[str, Any]:
        choices: Any = field.choices
        return {"type": "string", "enum": [c.name for c in choices]}

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return column.is_(None)

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        wanted = [self.parse(v, field) for v in values if v]
        if not wanted:
            raise RuleError(N_("Give a value to compare with"))
        return column.in_(wanted) if operator == "in" else column.not_in(wanted) | column.is_(None)


class Option(Kind):
    """One of a list the administrator made; stored as it is read."""

    operators = ("in", "not", "empty", "filled")

    def listed(self, field: Field) -> list[tuple[str, str]]:
        return [(option, option) for option in field.options]

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw)
        if text and text not in field.options:
            raise RuleError(N_("“%(text)s” is not one of: %(allowed)s"), text=text, allowed="、".join(field.options))
        return text or None

    def describe(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "enum": list(field.options)}

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        wanted = [v for v in values if v]
        return column.in_(wanted) if operator == "in" else column.not_in(wanted) | column.is_(None)


class TableName(Kind):
    """A table of the console: stored by its key, shown by its title."""

    operators = ("in", "not", "empty", "filled")

    def listed(self, field: Field) -> list[tuple[str, str]]:
        return [(key, _(console.title)) for key, console in REGISTRY.items()]

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw)
        found = next((key for key, title in self.listed(field) if text in (key, title)), None)
        if text and found is None:
            raise RuleError(N_("There is no table “%(name)s”"), name=text)
        return found

    def plain(self, value: Any, field: Field) -> str:
        return _(REGISTRY[value].title) if value in REGISTRY else self.input(value, field)

    def describe(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "enum": list(REGISTRY)}

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        wanted = [self.parse(v, field) for v in values if v]
        return column.in_(wanted) if operator == "in" else column.not_in(wanted) | column.is_(None)


class Reference(Kind):
    """A row of another table: its id here; who shows it adds the title."""

    operators = ("in", "not", "empty", "filled")
    schema = {"type": "integer"}

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw.get("id") if isinstance(raw, dict) else raw)  # a program sends {"id": …} or the id
        if not text:
            return None
        if not is_whole(text):
            raise RuleError(N_("Choose one from the list"))
        return int(text)

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return column.is_(None)

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        wanted = [self.parse(v, field) for v in values if v]
        if not wanted:
            raise RuleError(N_("Give a value to compare with"))
        return column.in_(wanted) if operator == "in" else column.not_in(wanted) | column.is_(None)


class Json(Kind):
    operators = ()
    schema = {"type": "object"}

    def parse(self, raw: Any, field: Field) -> Any:
        return raw

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        return func.lower(cast(column, String)).contains(values[0].lower())


KINDS: dict[str, Kind] = {
    "text": Kind(), "long_text": LongText(), "integer": Integer(), "decimal": DecimalKind(), "percent": DecimalKind(),
    "money": Money(), "date": Date(), "datetime": Moment(), "flag": Flag(), "choice": ChoiceKind(),
    "option": Option(), "table": TableName(), "reference": Reference(), "json": Json(), "password": Password(),
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
