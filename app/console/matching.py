"""Comparing what was typed with columns: patterns, capitals, whole numbers."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from models.base import indexed, ways_of

#: The last of all characters: no text that begins with another comes after it and this.
LAST = "\U0010ffff"


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


def has_part(column: Any, typed: str) -> ColumnElement[bool]:
    """Whether a column has what was typed anywhere in it."""
    return or_(*(fits(column, f"%{like(text)}%") for text in ways_of(column, typed)))


def begins(session: Session, column: Any, text: str) -> ColumnElement[bool]:
    """Whether a column begins with a text, letter by letter, in words that an index on it answers."""
    if session.get_bind().dialect.name == "sqlite":
        return and_(column >= text, column < text + LAST)
    return column.like(f"{like(text)}%", escape="\\")  # what lies between two texts depends on the language there


def beginnings(session: Session, columns: Iterable[Any], typed: str) -> list[tuple[Any, ColumnElement[bool]]]:
    """The columns with an index, each with the condition that it begins as typed: so, in capitals, in small letters."""
    usable = [column for column in columns if indexed(column.property.columns[0])]
    return [(column, begins(session, column, text)) for column in usable for text in _spellings(column, typed)]


def _spellings(column: Any, typed: str) -> Iterable[str]:
    return dict.fromkeys(text for way in ways_of(column, typed) for text in (way, way.upper(), way.lower()))


def is_whole(text: str) -> bool:
    """Whether a text is a whole number of the digits 0 to 9, short enough for any database."""
    return re.fullmatch("[0-9]{1,9}", text) is not None
