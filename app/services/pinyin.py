"""Pinyin initials, fast enough for twenty thousand titles at once."""

import re
from functools import lru_cache

from app.late import pypinyin

LENGTH = 200
_RUNS = re.compile(
    r"([\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)|[^\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def initials(name: str | None) -> str:
    """The pinyin initials of a name, lower case, for typing instead of 汉字; of a word in Latin letters the first."""
    found = []
    for run in _RUNS.finditer(name or ""):
        words = pypinyin.seg.mmseg.seg.cut(run[0]) if run[1] else (run[0],)
        found += [_of_word(word) for word in words]
    return "".join(found)[:LENGTH]


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> str:
    return "".join(s[0] for s in pypinyin.lazy_pinyin(word, style=pypinyin.Style.FIRST_LETTER) if s.strip()).lower()
