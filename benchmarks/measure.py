"""Measuring: processor time, medians, taking turns; and the budgets a result is held against."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

OURS = "PatentDesk"


@dataclass(frozen=True)
class Budget:
    """What a result must keep: at most `most` times the peer's time, or at most `most` ms where no peer is named.

    A `most` below 1 means that we must be that much ahead.
    """

    most: float
    peer: str = ""
    of: str = ""  # how it was reckoned

    @property
    def text(self) -> str:
        """The budget in words."""
        if not self.peer:
            return f"<= {self.most:,.0f} ms{self.of}"
        return f"<= {self.most:g} x {self.peer}" if self.most >= 1 else f"{1 / self.most:g} x ahead of {self.peer}"

    def share(self, ms: Mapping[str, float]) -> float:
        """How much of the budget is used; above 1 it is over."""
        return ms[OURS] / (self.most * (ms[self.peer] if self.peer else 1))


@dataclass
class Result:
    """One line of the table: milliseconds by who took them, SQL statements alike, bytes of our answer, a remark."""

    name: str
    ms: dict[str, float]
    budgets: tuple[Budget, ...] = ()
    statements: dict[str, int] = field(default_factory=dict)
    size: int = 0
    note: str = ""


def medians(calls: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median milliseconds of processor time of each call.

    The calls take turns, so that whatever else the machine does meets all of them alike.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    gc.collect()
    for _round in range(rounds):
        for name, call in calls.items():
            times[name].append(taken(call))
    return {name: statistics.median(found) for name, found in times.items()}


def taken(call: Callable[[], Any]) -> float:
    """Milliseconds of processor time of one call."""
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements an engine runs within, without those that only begin a transaction."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
