"""The row of a sheet that names its columns, and when two names of a column are the same."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

#: The header is looked for in this many rows.
DEPTH = 15
_NOISE = re.compile(r"[\s*＊:：·、,，.。_\-—/\\\"'“”‘’#]+")
_BRACKETS = re.compile(r"[()\[\]{}<>【】〔〕「」《》]")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】|〔[^〕]*〕|<[^<>]*>")
_CODE = re.compile(r"\d{4,}|^\d+([.,]\d+)?%?$")


def spellings(text: object) -> list[str]:
    """A header as it is compared: bare, then without what stands in brackets; "" entries left out."""
    wide = unicodedata.normalize("NFKC", "" if text is None else str(text)).casefold()
    forms = [_NOISE.sub("", _BRACKETS.sub("", wide)), _NOISE.sub("", _BRACKETS.sub("", _BRACKETED.sub("", wide)))]
    return [form for form in dict.fromkeys(forms) if form]


def find_header(rows: Sequence[Sequence[Any]], known: Iterable[str]) -> int | None:
    """The index of the header row, or None for a sheet without one. `known`: spellings of the columns' names.

    It is the row that names most columns; where none names any, the first row if it looks like names.
    """
    vocabulary = set(known)
    best, found = 0, None
    for index, row in enumerate(rows[:DEPTH]):
        cells = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        hits = len({form for cell in cells for form in spellings(cell)[:2] if form in vocabulary})
        if hits > best and (hits > 1 or hits * 2 >= len(cells)):
            best, found = hits, index
    return found if found is not None else _first_names(rows)


def _first_names(rows: Sequence[Sequence[Any]]) -> int | None:
    for index, row in enumerate(rows[:DEPTH]):
        cells = [cell for cell in row if cell not in ("", None)]
        if not cells:
            continue
        texts = [str(cell) for cell in cells]
        named = len(cells) > 1 and len(set(texts)) == len(texts)
        plain = all(isinstance(cell, str) and len(cell) <= 30 and not _CODE.search(cell) for cell in cells)
        return index if named and plain and index + 1 < len(rows) else None
    return None


def fingerprint(headers: Sequence[str]) -> str:
    """The same for files whose columns are called alike, in the same order."""
    return hashlib.sha256("\x1f".join((spellings(h) or [""])[0] for h in headers).encode()).hexdigest()
