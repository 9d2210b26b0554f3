"""Whether two entries are likely the same party: by certificate number, by name, by sound, by a slip of the pen."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.rules.choice import N_, Choice
from app.rules.party_name import canonical, core

#: A slip is allowed for every so many characters of a name, and so many in all.
CHARACTERS_A_SLIP, MOST_SLIPS = 6, 2
#: Numbers shorter than this say nothing.
SHORTEST_NUMBER = 4


class Likeness(Choice):
    """Why two entries may be one party; the surest reason first."""

    CERTIFICATE = N_("Same certificate no.")
    NAME = N_("Same name")
    SOUND = N_("Same pinyin")
    SIMILAR = N_("Similar name")


@dataclass(frozen=True)
class Entry:
    """What tells a party. sound: the name's pinyin without tones, as the caller's dictionary gives it."""

    name: str
    sound: str = ""
    certificate: str = ""


def likeness(one: Entry, other: Entry) -> Likeness | None:
    """The surest reason why two entries may be the same party; None where they are not alike."""
    number = number_key(one.certificate)
    if len(number) >= SHORTEST_NUMBER and number == number_key(other.certificate):
        return Likeness.CERTIFICATE
    if not (name := canonical(one.name)):
        return None
    if name == canonical(other.name):
        return Likeness.NAME
    if one.sound and one.sound == other.sound:
        return Likeness.SOUND
    left, right = core(one.name), core(other.name)
    if left == right or distance(left, right, most := slips(left, right)) <= most:
        return Likeness.SIMILAR
    return None


def number_key(number: str) -> str:
    """A certificate number without what people put between its digits."""
    return "".join(c for c in unicodedata.normalize("NFKC", number or "").upper() if c.isalnum())


def slips(*names: str) -> int:
    """How many slips of the pen two names may have and still be taken for one."""
    return min(min(map(len, names)) // CHARACTERS_A_SLIP, MOST_SLIPS)


def pieces(name: str) -> tuple[str, ...]:
    """Parts of a name's core; a name with no more slips than allowed holds at least one of them unchanged."""
    text = core(name)
    count = min(slips(text) + 2, len(text)) or 1
    cuts = [len(text) * i // count for i in range(count + 1)]
    return tuple(dict.fromkeys(text[a:b] for a, b in zip(cuts, cuts[1:], strict=False) if b > a))


def distance(one: str, other: str, most: int) -> int:
    """How many characters must be put in, left out or changed to make one text the other; `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row: Iterable[int] = range(len(other) + 1)
    for i, a in enumerate(one, 1):
        above, made = list(row), [i]
        for j, b in enumerate(other, 1):
            made.append(min(above[j] + 1, made[-1] + 1, above[j - 1] + (a != b)))
        row = made
        if min(made) > most:
            return most + 1
    return min(list(row)[-1], most + 1)
