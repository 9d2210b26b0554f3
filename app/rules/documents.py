"""Documents of a filing: their parts by patent type, what may be imported, claims counted, versions compared.

(五书, A-3.2.1.5.1)
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from app.rules.application_number import PatentType
from app.rules.case import CaseType
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart

_P = DocumentPart
_TECHNICAL = (_P.REQUEST, _P.ABSTRACT, _P.CLAIMS, _P.DESCRIPTION, _P.DRAWINGS)
_PARTS = {
    PatentType.INVENTION: _TECHNICAL,
    PatentType.UTILITY_MODEL: _TECHNICAL,
    PatentType.DESIGN: (_P.REQUEST, _P.DESIGN_VIEWS, _P.DESIGN_BRIEF),
}
#: Cases that bring no application of their own: at most a request is written for them.
_ONLY_A_REQUEST = (CaseType.HONG_KONG, CaseType.MACAO, CaseType.INVALIDATION)
_NOTHING = (CaseType.SEARCH, CaseType.LITIGATION, CaseType.OTHER)
#: The endings of what may become a document of a filing (A-3.2.1.5.1-03).
IMPORTABLE = (".docx", ".doc", ".pdf", ".xml", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif")
PICTURES = (".png", ".jpg", ".jpeg", ".gif")

#: A claim begins with its number: 1. 2、 ３．
_CLAIM = re.compile(r"^\s*(\d{1,4})\s*[.．、]\s*(?!\d)")
#: Latin words and numbers stay whole; every other sign is a word of its own, as Chinese has no spaces.
_WORDS = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.S)
#: Longer paragraphs are compared as wholes: word by word takes time that grows with the square.
MOST_WORDS = 4_000
#: Two texts are compared as far as it takes no more than so many steps: paragraphs, then words in all of them.
MOST_STEPS = 40_000_000


def parts_of(patent_type: PatentType, case_type: CaseType) -> tuple[DocumentPart, ...]:
    """The parts an application consists of, in the order in which they are written (A-3.2.1.5.1-02)."""
    if case_type in _NOTHING:
        return ()
    return (_P.REQUEST,) if case_type in _ONLY_A_REQUEST else _PARTS[patent_type]


def ending_of(name: str) -> str:
    """The ending of a file's name, lower case, with its dot."""
    return PurePosixPath(name).suffix.lower()


def check_importable(name: str) -> None:
    """Raise RuleError (field file) for a file of a kind that cannot be handed in."""
    if ending_of(name) not in IMPORTABLE:
        message = N_("“%(name)s” cannot be imported: only Word, PDF, XML and picture files can")
        raise RuleError(message, field="file", name=name[:100])


def best_match(stem: str, names: Iterable[str]) -> str | None:
    """The name of the document a file most likely belongs to: the longest that stands in the file's name."""
    found = [name for name in names if name and name in stem]
    return max(found, key=len) if found else None


def count_claims(text: str) -> int:
    """How many claims a text holds: the longest run 1, 2, 3 … of numbers at the beginning of paragraphs."""
    count = 0
    for line in text.splitlines():
        found = _CLAIM.match(line)
        if found and int(found[1]) == count + 1:
            count += 1
    return count


@dataclass(frozen=True)
class Piece:
    """Some words of a paragraph, and whether the other version lacks them."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Pair:
    """Two paragraphs side by side; None where the other version has none like it."""

    old: tuple[Piece, ...] | None
    new: tuple[Piece, ...] | None

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.old is None or self.new is None or any(p.changed for p in (*self.old, *self.new))


def compare(old: str, new: str) -> list[Pair]:
    """Two texts side by side, paragraph by paragraph, each difference marked word by word, as far as that is soon done.

    Raises RuleError for texts of so many paragraphs that it would take too long.
    """
    before, after = _paragraphs(old), _paragraphs(new)
    if len(before) * len(after) > MOST_STEPS:
        raise RuleError(N_("These versions are too long to be compared here; download them"))
    pairs, left_over = [], MOST_STEPS
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = before[a:b], after[c:d]
        if tag == "equal":
            pairs += [Pair((Piece(x),), (Piece(x),)) for x in left]
            continue
        both = min(len(left), len(right))
        for x, y in zip(left, right, strict=False):
            left_over -= len(x) * len(y)
            pairs.append(_words(x, y) if left_over >= 0 else _wholes(x, y))
        pairs += [Pair((Piece(x, True),), None) for x in left[both:]]
        pairs += [Pair(None, (Piece(y, True),)) for y in right[both:]]
    return pairs


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _words(old: str, new: str) -> Pair:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return _wholes(old, new)
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    left = _pieces(codes, before, lambda code: code[1:3])
    return Pair(left, _pieces(codes, after, lambda code: code[3:5]))


def _wholes(old: str, new: str) -> Pair:
    return Pair((Piece(old, True),), (Piece(new, True),))


def _pieces(
    codes: Sequence[tuple[str, int, int, int, int]], words: Sequence[str], side: Callable[..., tuple[int, int]]
) -> tuple[Piece, ...]:
    made = []
    for code in codes:
        first, last = side(code)
        if last > first:
            made.append(Piece("".join(words[first:last]), code[0] != "equal"))
    return tuple(made)
