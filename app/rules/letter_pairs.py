"""Pairs of neighbouring letters, by which a text is found from any part of it: 燃料电池 is 燃料, 料电, 电池.

Chinese has no blanks between words and its words are mostly two signs long, so pairs serve where whole words cannot.
Before each pair stands the letter of its column, so that several columns share one index.
"""

import re
from collections.abc import Sequence
from operator import add
from string import ascii_lowercase as LETTERS

#: What is asked for of a text: figures, small Latin letters, and the signs of East Asia.
_RUNS = re.compile("[0-9a-z\u2e80-\U0003ffff]+")


def pairs_of(texts: Sequence[str | None]) -> str:
    """All pairs of a row's texts, with blanks between; among them such with marks, for which nobody asks."""
    found = []
    for letter, text in zip(LETTERS, texts, strict=False):
        if text:
            low = _small(text.replace("\x00", "")) + "\n"  # so that the last sign begins a pair, too
            found.append(f" {letter}".join(["", *map(add, low, low[1:])]))
    return "".join(found)


def pairs_asked(typed: str, column: int = 0) -> list[str]:
    """The pairs that the text of a column must have to contain what was typed; of a single sign its beginning, with *.

    Empty where nothing is asked that narrows a search: blanks, marks, a single Latin letter or figure.
    """
    runs, letter = _RUNS.findall(_small(typed)), LETTERS[column]
    signs = [f"{run}*" for run in runs if len(run) == 1 and not run.isascii()]
    return [letter + pair for pair in dict.fromkeys([*signs, *(p for run in runs for p in map(add, run, run[1:]))])]


def _small(text: str) -> str:
    """In small letters, one for each: of İ Python makes two, databases one."""
    return text.replace("İ", "i").lower()
