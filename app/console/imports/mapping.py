"""Which column of a file becomes what: by name, by memory, by content; the user has the last word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.console.imports.cells import Reader
from app.console.imports.headers import spellings
from app.console.imports.targets import Target, vocabulary
from app.console.layout import Imports

#: Cells looked at when a column is recognised by its content, and the part of them that must fit.
SAMPLE, FITTING = 60, 0.8


@dataclass
class Match:
    """One column of the file: its place and header, some of its cells, what it becomes (None: nothing)."""

    at: int
    header: str
    sample: list[Any]
    target: str | None = None
    guessed: bool = False


def place_name(headers: Sequence[str], at: int) -> str:
    """How a kept mapping names a column: its header where that is the only one of its name, else its place."""
    return headers[at] if headers[at] and list(headers).count(headers[at]) == 1 else f"#{at + 1}"


def match_columns(
    headers: Sequence[str], samples: Sequence[list[Any]], targets: dict[str, Target], imports: Imports,
    readers: Mapping[str, Reader], kept: Mapping[str, str | None] | None = None,
) -> list[Match]:  # fmt: skip
    """The columns of a file with what they become. kept: the user's or a remembered mapping, by place name."""
    matches = [Match(at, header, samples[at]) for at, header in enumerate(headers)]
    if kept is not None:
        for match in matches:
            target = kept.get(place_name(headers, match.at))
            if target in targets and all(m.target != target for m in matches):
                match.target = target
        return matches
    _by_name(matches, vocabulary(targets), imports.prefixes)
    _by_content(matches, imports.guess, readers)
    return matches


def _by_name(matches: list[Match], names: dict[str, str], prefixes: Sequence[str]) -> None:
    """The nearest spelling wins, whichever column comes first; a target is given once."""
    taken: set[str] = set()
    for rank in range(3):
        for match in matches:
            if match.target is not None:
                continue
            forms = spellings(match.header)
            if rank == 2:
                forms = [form.removeprefix(p) for form in forms for p in prefixes if form.startswith(p)]
            else:
                forms = forms[rank : rank + 1]
            target = next((names[form] for form in forms if form in names and names[form] not in taken), None)
            if target is not None:
                match.target, match.guessed = target, rank > 0
                taken.add(target)


def _by_content(matches: list[Match], guess: Sequence[str], readers: Mapping[str, Reader]) -> None:
    taken = {match.target for match in matches}
    for name in guess:
        if name in taken or name not in readers:
            continue
        fitting = next((m for m in matches if m.target is None and _fits(m.sample, readers[name])), None)
        if fitting is not None:
            fitting.target, fitting.guessed = name, True
            taken.add(name)


def _fits(sample: list[Any], reader: Reader) -> bool:
    return len(sample) > 0 and sum(reader(cell).error is None for cell in sample) >= FITTING * len(sample)
