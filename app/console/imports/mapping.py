"""Which column of a file becomes what: by name, by memory, by content; the user has the last word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.console.imports.cells import Reader, cell_text
from app.console.imports.headers import Vocabulary
from app.console.imports.targets import Target, vocabulary
from app.console.layout import Imports

Fits = Callable[[str], bool] | None
#: Cells looked at when a column is recognised by its content, and the part of them that must fit.
SAMPLE, FITTING = 60, 0.8
#: Ends of headers that mean the same.
ENDINGS = [("日期", "日"), ("年月日", "日"), ("时间", "日"), ("日", "日期"), ("号码", "号"), ("编号", "号")]


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
    _by_name(matches, vocabulary(targets, imports), imports.prefixes)
    _by_content(matches, imports.guess, readers)
    return matches


def _by_name(matches: list[Match], names: Vocabulary, prefixes: Sequence[str]) -> None:
    """The nearest spelling wins; of those equally near, the name that stands first among the target's names."""
    order = {form: place for place, form in enumerate(names.known)}
    taken: set[str] = set()
    for rank in range(3):
        found = [
            (order[form], form, match)
            for match in matches if match.target is None
            for form in _forms(names.spellings(match.header), rank, prefixes) if form in order
        ]  # fmt: skip
        for _place, form, match in sorted(found, key=lambda one: one[0]):
            target = names.known[form]
            if match.target is None and target not in taken:
                match.target, match.guessed = target, rank > 0
                taken.add(target)


def _forms(forms: list[str], rank: int, prefixes: Sequence[str]) -> list[str]:
    """The forms of a header at this distance: bare, without brackets, with another beginning or end."""
    if rank < 2:
        return forms[rank : rank + 1]
    forms = forms + [form.removeprefix(p) for form in forms for p in prefixes if form.startswith(p)]
    return forms + [form.removesuffix(a) + b for form in forms for a, b in ENDINGS if form.endswith(a)]


def _by_content(matches: list[Match], guess: Mapping[str, Fits], readers: Mapping[str, Reader]) -> None:
    taken = {match.target for match in matches}
    for name, fits in guess.items():
        if name in taken or name not in readers:
            continue
        fitting = next((m for m in matches if m.target is None and _fits(m.sample, readers[name], fits)), None)
        if fitting is not None:
            fitting.target, fitting.guessed = name, True
            taken.add(name)


def _fits(sample: list[Any], reader: Reader, fits: Fits) -> bool:
    good = sum(reader(cell).value is not None and (fits is None or fits(cell_text(cell))) for cell in sample)
    return len(sample) > 0 and good >= FITTING * len(sample)
