"""Parties that may be entered already: looked for among what the actor sees, so that no hidden one leaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.late import pypinyin
from app.rules.party_match import Entry, Likeness, likeness, number_key, pieces
from app.rules.party_name import canonical, core
from app.services.pinyin import initials
from models.party import Applicant, Client, Inventor

#: The column that holds the certificate number, by table.
NUMBERS: dict[type, str] = {Client: "certificate_no", Applicant: "certificate_no", Inventor: "id_no"}
#: Entries looked at, and told, at most.
LOOKED_AT, TOLD = 2_000, 5
#: Initials by which entries of the same sound are found.
INITIALS = 4


@dataclass(frozen=True)
class Match:
    """An entry that may be the same party, and why."""

    id: int
    name: str
    client_id: int | None
    likeness: Likeness


def sound(name: str) -> str:
    """The pinyin of a name without tones."""
    return "".join(pypinyin.lazy_pinyin(canonical(name)))


def similar(
    session: Session,
    model: type[Any],
    name: str,
    number: str = "",
    *,
    but: int | None = None,
    client_id: int | None = None,
) -> list[Match]:
    """Entries of `model` that may be the party of this name and certificate number, the surest first.

    but: the entry itself. Inventors of the same name are looked for within `client_id` alone: persons share names.
    """
    wanted = Entry(name, sound(name), number)
    found = []
    for key, other, client, no in session.execute(_candidates(model, name, number, but)):
        reason = likeness(wanted, Entry(other, sound(other), no or ""))
        elsewhere = model is Inventor and client != client_id and reason is not Likeness.CERTIFICATE
        if reason is not None and not elsewhere:
            found.append(Match(key, other, client, reason))
    order = list(Likeness)
    return sorted(found, key=lambda m: (order.index(m.likeness), -m.id))[:TOLD]


def _candidates(model: type[Any], name: str, number: str, but: int | None) -> Any:
    """The rows worth a look: they share a part of the name, the first initials, or the number."""
    column = getattr(model, NUMBERS[model])
    tests: list[Any] = []
    if canonical(name):
        tests += [func.lower(model.name).contains(piece, autoescape=True) for piece in pieces(name)]
        if first := initials(core(name))[:INITIALS]:
            tests.append(model.pinyin.startswith(first, autoescape=True))
    if number_key(number):
        bare = func.upper(func.replace(func.replace(column, " ", ""), "-", ""))
        tests.append(bare == number_key(number))
    owner = model.id if model is Client else model.client_id
    statement = select(model.id, model.name, owner, column).where(or_(*tests) if tests else model.id < 0)
    if but is not None:
        statement = statement.where(model.id != but)
    return statement.order_by(model.id.desc()).limit(LOOKED_AT)


def repeated(rows: Iterable[tuple[str, str]], known: Iterable[tuple[str, str]]) -> set[int]:
    """Which of the rows (name, number) name someone known, or someone in a row before.

    Two numbers that differ tell two persons of one name apart (A-3.1.1.2.3-06).
    """
    seen: dict[str, set[str]] = {}
    for name, number in known:
        seen.setdefault(canonical(name), set()).add(number_key(number))
    found = set()
    for at, (name, number) in enumerate(rows):
        key, no = canonical(name), number_key(number)
        others = seen.setdefault(key, set())
        if key and others and (not no or no in others or "" in others):
            found.add(at)
        else:
            others.add(no)
    return found
