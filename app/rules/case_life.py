"""The line of a case's life: what has happened, where it stands, what is to come (电子案卷夹, A-3.2.2.4-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Milestone:
    """One point of the line: `state` is done, now (the latest one reached) or future."""

    label: str
    on: date | None
    state: str


def life_line(points: Sequence[tuple[str, date | None]], today: date) -> list[Milestone]:
    """The points in their order with their states.

    A point without a day that comes before one reached is left out: the case did not pass it. Days to come, such as
    the end of protection, are future.
    """
    reached = [i for i, (_label, on) in enumerate(points) if on is not None and on <= today]
    latest = reached[-1] if reached else -1
    line = []
    for i, (label, on) in enumerate(points):
        if i < latest and (on is None or on > today):
            continue
        state = "done" if i < latest else "now" if i == latest else "future"
        line.append(Milestone(label, on, state))
    return line
