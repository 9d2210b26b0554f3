"""Life cycles: one object per table drives buttons, API, permissions, guard and tests."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.rules.choice import N_, Choice
from app.rules.errors import RuleError


@dataclass(frozen=True)
class Transition:
    """One allowed move: `name` (code and permission), `label`, the states it leaves and the one it reaches.

    asks: names of the inputs the user must give; optional: those he may give; confirm: the sentence asked before;
    guard: takes the record, returns None or raises RuleError. internal: taken by services only, never by a button.
    """

    name: str
    label: str
    sources: tuple[Choice, ...]
    target: Choice
    confirm: str = ""
    asks: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    internal: bool = False
    guard: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Workflow:
    """The life cycle of one status field.

    reads: the columns and references its guards look at beside the states of the record, loaded with many records.
    """

    initial: Choice
    transitions: tuple[Transition, ...]
    field: str = "status"
    reads: tuple[str, ...] = ()
    by_name: dict[str, Transition] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {t.name: t for t in self.transitions}
        if len(by_name) != len(self.transitions):
            raise ValueError("two transitions share a name")
        object.__setattr__(self, "by_name", by_name)

    @property
    def offered(self) -> tuple[Transition, ...]:
        """The transitions people may take by themselves; the others follow from what they do elsewhere."""
        return tuple(t for t in self.transitions if not t.internal)

    @property
    def guarded(self) -> bool:
        """Whether the state alone does not tell which steps stand open."""
        return any(t.guard is not None for t in self.offered)

    @property
    def states(self) -> type[Choice]:
        return type(self.initial)

    def available(self, state: Choice) -> list[Transition]:
        """The transitions that may leave `state`."""
        return [t for t in self.transitions if state in t.sources]

    def check(self, name: str, state: Choice) -> Transition:
        """The transition `name` if it may leave `state`; RuleError (missing, conflict) otherwise."""
        transition = self.by_name.get(name)
        if transition is None:
            raise RuleError(N_("There is no such step"), code="missing")
        if state not in transition.sources:
            raise RuleError(N_("This step is not possible in the present state"), code="conflict")
        return transition

    def diagram(self) -> str:
        """The life cycle as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.name}"]
        for t in self.transitions:
            lines += [f"    {s.name} --> {t.target.name}: {t.name}" for s in t.sources]
        return "\n".join(lines)
