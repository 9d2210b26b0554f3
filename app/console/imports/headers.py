"""The row of a sheet that names its columns, and when two names of a column are the same."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: The header is looked for in this many rows.
DEPTH = 15
_NOISE = re.compile(r"[\s*＊:：·、,，.。_\-—/\\\"'“”‘’#]+")
_BRACKETS = re.compile(r"[()\[\]{}<>【】〔〕「」《》]")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】|〔[^〕]*〕|<[^<>]*>")
#: A bracket with one of these words names another column, not a detail of this one.
_LANGUAGES = ("英文", "english")
_NUMBERED = re.compile(r"^\s*(?:[①-⑳]|[(（\[【]\d{1,2}[)）\]】]|\d{1,2}\s*[.．、:：](?!\d))\s*(?=\D)")
_TRADITIONAL = str.maketrans(
    "號專稱請發類狀態權證書頒審員優務職國際稅費額備註種設計實觀業單聯電話傳網開佈說頁項數構師間進階轉讓錄關係戶簡圖",
    "号专称请发类状态权证书颁审员优务职国际税费额备注种设计实观业单联电话传网开布说页项数构师间进阶转让录关系户简图",
)
_CODE = re.compile(r"\d{4,}|^\d+([.,]\d+)?%?$")


def simplified(text: str) -> str:
    """The traditional characters that headers and closed lists are written with as simplified ones."""
    return text.translate(_TRADITIONAL)


def bare_form(text: object) -> str:
    """A header as it is compared: simplified, without its number, blanks, signs and the brackets themselves."""
    return _pressed(_plain(text))


def _plain(text: object) -> str:
    bare = _NUMBERED.sub("", "" if text is None else str(text))
    return simplified(unicodedata.normalize("NFKC", bare).casefold())


def _pressed(text: str) -> str:
    return _NOISE.sub("", _BRACKETS.sub("", text))


@dataclass(frozen=True)
class Vocabulary:
    """How files may call the columns of a table: bare form → target. apart: see `Imports`."""

    known: dict[str, str]
    apart: tuple[str, ...] = ()

    def spellings(self, text: object) -> list[str]:
        """The forms of a header: bare, then without what stands in brackets; "" entries left out."""
        plain = _plain(text)
        words = (*_LANGUAGES, *self.apart)
        short = _BRACKETED.sub(lambda part: part[0] if any(word in part[0] for word in words) else "", plain)
        return [form for form in dict.fromkeys((_pressed(plain), _pressed(short))) if form]

    def target_of(self, text: object) -> str | None:
        """What a header names, in the nearest of its forms."""
        return next((self.known[form] for form in self._hits(text)), None)

    def names_of(self, row: Sequence[str], above: Sequence[str]) -> list[str]:
        """The names of columns a row holds; where only the row above makes known ones of them, the two together."""
        both = zip(row, above or [""] * len(row), strict=True)
        return [next((name for name in (own, over + own) if self._hits(name)), own) for own, over in both]

    def _hits(self, name: object) -> list[str]:
        return [form for form in self.spellings(name) if form in self.known]

    def find_header(self, rows: Sequence[Sequence[Any]]) -> int | None:
        """The index of the header row, or None for a sheet without one.

        It is the row that names most columns; where none names any, the first row if it looks like names.
        """
        best, found = 0, None
        above: list[str] = []
        for index, row in enumerate(rows[:DEPTH]):
            texts = [" ".join(cell.split()) if isinstance(cell, str) else "" for cell in row]
            cells = [text for text in texts if text]
            hits = len({form for name in self.names_of(texts, above) for form in self._hits(name)})
            above = texts
            if cells and hits > best and (hits > 1 or hits * 2 >= len(cells)):
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
    return hashlib.sha256("\x1f".join(map(bare_form, headers)).encode()).hexdigest()
