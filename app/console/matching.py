"""Comparing what was typed with columns: patterns, capitals, whole numbers."""

import re
from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


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
