"""How far work over many rows has come."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
#: Takes (done, total, what is being done).
Tell = Callable[[int, int, str], None]
#: Rows from one sign of life to the next.
OFTEN = 500


def _silence(_done: int, _total: int, _what: str) -> None:
    """Nobody watches."""


class Meter:
    """Tells how far work has come that is done part by part; each part leads to its share of `total`."""

    def __init__(self, tell: Tell | None = None, total: int = 100):
        self.tell, self.total, self.begun = tell or _silence, total, 0

    def over(self, items: Sequence[T], until: int, what: str) -> Iterator[T]:
        """The items, one by one; with the last the work is at `until`. what: what is done with them, to be read."""
        for at, item in enumerate(items):
            if not at % OFTEN:
                self.say(at, len(items), until, what)
            yield item
        self.begun = until

    def say(self, done: int, of: int, until: int, what: str) -> None:
        """`done` of the `of` steps of the present part are done."""
        self.tell(self.begun + (until - self.begun) * done // max(of, 1), self.total, what)
