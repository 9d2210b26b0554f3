"""Rows of a sheet that are no records: names and numbers of its columns, examples, totals, remarks."""

import re
from collections.abc import Sequence
from typing import Any

from app.console.imports.cells import cell_text
from app.rules.choice import N_

#: An aside says little: rows of more different texts are records.
MOST = 4
_COUNT = re.compile(r"[(（]?1[)）]?")
_TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计|共\s*计|总数|total)[\s:：]*[\d,.]*\s*[件项条元]?", re.IGNORECASE)
_REMARK = re.compile(
    r"(?:备\s*注|附?注|说明|制表|填表|审核|复核|批准|负责人|经办|数据来源|来源|例如?|示例|样例)[^:：\s]{0,4}[:：]"
)


def aside(cells: Sequence[Any], names: Sequence[str]) -> str | None:
    """Why a row is no record, as a message id; None for one that may be. names: those of its columns."""
    at, first = next((at, text) for at, cell in enumerate(cells) if (text := _text(cell)))
    repeats = first == names[at]
    counts = not repeats and _COUNT.fullmatch(first) is not None
    if not (repeats or counts or _TOTAL.fullmatch(first) or _REMARK.match(first)):
        return None
    given = [(text, name) for cell, name in zip(cells, names, strict=True) if (text := _text(cell))]
    if repeats:
        return N_("This row repeats the names of the columns") if all(text == name for text, name in given) else None
    if counts:
        count = [text.strip("()（）") for text, _name in given] == [str(n + 1) for n in range(len(given))]
        return N_("This row counts the columns") if count and len(given) > 2 else None
    return N_("This row is an example, a total or a remark, no record") if len(dict(given)) <= MOST else None


def _text(cell: Any) -> str:
    return " ".join(cell_text(cell).split())
