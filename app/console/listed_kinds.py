"""Kinds whose values are a closed list: yes and no, choices, options, tables, rows of another table."""

from typing import Any

from markupsafe import escape
from sqlalchemy import ColumnElement

from app.console.kind import NONE, Kind, text_of
from app.console.matching import is_whole
from app.console.registry import REGISTRY
from app.rules.choice import N_, Choice
from app.rules.errors import RuleError
from app.texts import gettext as _
from models.base import Field


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


class Listed(Kind):
    """One of a list: a query asks for any of some."""

    operators: tuple[str, ...] = ("in", "not", "empty", "filled")

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return column.is_(None)

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        wanted = [self.sought(v, field) for v in values if v]
        if not wanted:
            raise RuleError(N_("Give a value to compare with"))
        return column.in_(wanted) if operator == "in" else column.not_in(wanted) | column.is_(None)

    def sought(self, text: str, field: Field) -> Any:
        """The value that a query means."""
        return self.parse(text, field)


class ChoiceKind(Listed):
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


class Option(Listed):
    """One of a list the administrator made; stored as it is read."""

    def listed(self, field: Field) -> list[tuple[str, str]]:
        return [(option, option) for option in field.options]

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw)
        if text and text not in field.options:
            raise RuleError(N_("“%(text)s” is not one of: %(allowed)s"), text=text, allowed="、".join(field.options))
        return text or None

    def describe(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "enum": list(field.options)}

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return Kind.blank(self, column)

    def sought(self, text: str, field: Field) -> Any:
        return text  # an option of before may still stand in records


class TableName(Listed):
    """A table of the console: stored by its key, shown by its title."""

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

    def blank(self, column: ColumnElement) -> ColumnElement[bool]:
        return Kind.blank(self, column)


class Reference(Listed):
    """A row of another table: its id here; who shows it adds the title."""

    schema = {"type": "integer"}

    def parse(self, raw: Any, field: Field) -> Any:
        text = text_of(raw.get("id") if isinstance(raw, dict) else raw)  # a program sends {"id": …} or the id
        if not text:
            return None
        if not is_whole(text):
            raise RuleError(N_("Choose one from the list"))
        return int(text)
