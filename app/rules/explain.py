"""Provenance: a computed value carries the steps that made it."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Step:
    """One step of a computation.

    code: machine name ("delivery", "period", "roll", "rate", "reduction" …).
    message: English message id with %(name)s places, translated when shown; params: what fills them.
    article: the source of law in its own words (Chinese, e.g. 细则第4条), or "".
    value: the value after this step (date or Decimal).
    """

    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    article: str = ""
    value: Any = None


@dataclass(frozen=True)
class Explained(Generic[T]):
    """A value and the steps that led to it; `provisional` when it rests on a year no one has published yet."""

    value: T
    steps: tuple[Step, ...] = ()
    provisional: bool = False
