"""Who may do a case best: a suggestion that says why, never a decision (分案, A-3.2.1.3-03)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from app.rules.choice import N_
from app.rules.explain import Step

#: How many cases at once a person is reckoned with whose capacity nobody entered.
USUAL_CAPACITY = 20
#: A case to be filed within so many days is urgent: free time then counts more than the field.
URGENT_DAYS = 14
#: What field, free time and punctuality weigh, of 100: in the usual case, in an urgent one.
WEIGHTS = {False: (50, 35, 15), True: (35, 50, 15)}
#: Of what the field is worth: the subclass (B23Q), the class (B23), the section (B), nothing known of the case.
NEAR = {4: Fraction(1), 3: Fraction(4, 5), 1: Fraction(2, 5)}
UNKNOWN = Fraction(1, 2)
#: So many earlier cases of the same subclass prove as much as a named field nearly does.
ENOUGH = 5
PROVEN = Fraction(9, 10)
#: Who is full already is worth this much of his score.
FULL = Fraction(1, 2)
_SYMBOL = re.compile(r"[A-H](\d\d([A-Z])?)?")


@dataclass(frozen=True)
class Subject:
    """What is to be given away. ipc: its main classification (“B23Q 3/06”); days_left: until the planned filing."""

    ipc: str | None = None
    days_left: int | None = None


@dataclass(frozen=True)
class Candidate:
    """Who could get it. load: cases he has something to do in; similar: earlier cases of the same subclass;
    for_client: earlier cases of the client; late: open tasks past their hard deadline.
    """

    key: int
    load: int = 0
    capacity: int | None = None
    specialities: tuple[str, ...] = ()
    similar: int = 0
    for_client: int = 0
    late: int = 0

    @property
    def room(self) -> int:
        """How many more cases he can take; negative where he has too many already."""
        return (self.capacity or USUAL_CAPACITY) - self.load


@dataclass(frozen=True)
class Suggestion:
    """One candidate with his score (0 to 100) and the reasons for it, each part of one sentence."""

    key: int
    score: int
    reasons: tuple[Step, ...]


def subclass(ipc: str | None) -> str:
    """The subclass of a classification: “B23Q 3/06” → “B23Q”; empty for what is none."""
    found = _SYMBOL.match((ipc or "").strip().upper())
    return found[0] if found else ""


def fields_of(text: str | None) -> tuple[str, ...]:
    """The classes a person works in, of what was typed (“B23; G06F，H04”)."""
    found = (subclass(part) for part in re.split(r"[;；,，、\s]+", text or ""))
    return tuple(dict.fromkeys(f for f in found if f))


def nearness(ipc: str | None, specialities: Iterable[str]) -> tuple[Fraction, str]:
    """How near the nearest of a person's fields is to a case (0 to 1), and which it is."""
    wanted, best, which = subclass(ipc), Fraction(0), ""
    for own in specialities:
        common = next((n for n in NEAR if len(wanted) >= n <= len(own) and wanted[:n] == own[:n]), 0)
        worth = NEAR.get(common, Fraction(0))
        if worth > best:
            best, which = worth, own
    return best, which


def suggest(subject: Subject, candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Every candidate with score and reasons, the best first; equals in the order of their keys."""
    found = [_judge(subject, one) for one in candidates]
    return sorted(found, key=lambda s: (-s.score, s.key))


def _judge(subject: Subject, one: Candidate) -> Suggestion:
    urgent = subject.days_left is not None and subject.days_left <= URGENT_DAYS
    field, reasons = _field(subject, one)
    capacity = one.capacity or USUAL_CAPACITY
    free = Fraction(max(one.room, 0), capacity)
    weights = WEIGHTS[urgent]
    score = weights[0] * field + weights[1] * free + weights[2] * Fraction(1, 1 + one.late)
    if one.room <= 0:
        score *= FULL
        reasons.append(Step("full", N_("has %(load)s cases of %(capacity)s and is full"),
                            {"load": one.load, "capacity": capacity}))  # fmt: skip
    else:
        reasons.append(Step("free", N_("has %(load)s cases of %(capacity)s, room for %(room)s"),
                            {"load": one.load, "capacity": capacity, "room": one.room}))  # fmt: skip
    if one.for_client:
        reasons.append(Step("client", N_("handled %(count)s cases of this client"), {"count": one.for_client}))
    if one.late:
        reasons.append(Step("late", N_("has %(count)s tasks past their deadline"), {"count": one.late}))
    if subject.days_left is not None:
        days = subject.days_left
        left, overdue = (
            N_("%(days)s days are left to the planned filing"),
            N_("the planned filing is %(days)s days past"),
        )
        message = left if days >= 0 else overdue
        reasons.append(Step("deadline", message, {"days": abs(days)}))
    return Suggestion(one.key, round(score), tuple(reasons))


def _field(subject: Subject, one: Candidate) -> tuple[Fraction, list[Step]]:
    """What the field is worth, and why."""
    wanted = subclass(subject.ipc)
    if not wanted:
        return UNKNOWN, [Step("no_field", N_("the case has no classification yet"))]
    near, which = nearness(wanted, one.specialities)
    proven = PROVEN * Fraction(min(one.similar, ENOUGH), ENOUGH)
    reasons = []
    if which:
        reasons.append(Step("field", N_("works in %(field)s"), {"field": which}))
    if one.similar:
        reasons.append(Step("similar", N_("handled %(count)s cases of %(field)s"),
                            {"count": one.similar, "field": wanted}))  # fmt: skip
    if not reasons:
        reasons.append(Step("strange", N_("has no experience in %(field)s"), {"field": wanted}))
    return max(near, proven), reasons
