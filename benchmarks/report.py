"""The results as a table of plain text and as a page of Markdown, with the machine they were measured on."""

import os
import platform
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import OURS, Budget, Result

PACKAGES = ("Flask", "SQLAlchemy", "Flask-AppBuilder", "XlsxWriter", "python-calamine", "Django", "Flask-Admin")
INTRODUCTION = """# Results of the benchmarks

Made by `python3 run.py bench`: everything in one run, everyone in turn in one process. Times are milliseconds of
processor time, medians; in brackets what we take as a multiple of the other's time. All work on the same database
and, in the lists, show the same rows and columns. "Whole" is the page as first opened. All other lists are asked for
the part that the browser fetches when one pages, sorts or queries; the peers answer with their whole page.

Budgets in milliseconds were set for a machine on which Django's list of 100,000 cases took 22.3 ms; they are multiplied
by what it takes here.
"""


def table(title: str, results: list[Result], pace: float = 1) -> list[list[str]]:
    """Head and lines of one group of results. pace: how many times slower this machine is than the budgets' own."""
    peers = list(dict.fromkeys(who for r in results for who in r.ms if who != OURS))
    counted = any(r.statements for r in results)
    head = [title, OURS, *(["statements", "KB"] if counted else []), *peers, "budget"]
    lines = []
    for r in results:
        line = [r.name, number(r.ms[OURS])]
        if counted:
            line += [statements(r), f"{r.size / 1024:.0f}"]
        line += [beside(r, peer) for peer in peers]
        lines.append([*line, "; ".join([*(verdict(b, r, pace) for b in r.budgets), *([r.note] if r.note else [])])])
    return [head, *lines]


def number(ms: float) -> str:
    """Milliseconds with as many digits as mean something."""
    return f"{ms:,.1f}" if ms < 100 else f"{ms:,.0f}"


def beside(result: Result, peer: str) -> str:
    """A peer's time, and ours as a multiple of it."""
    ms = result.ms.get(peer)
    return "" if ms is None else f"{number(ms)} ({result.ms[OURS] / ms:.2f})"


def statements(result: Result) -> str:
    """How many statements we run, then the peers."""
    own = str(result.statements[OURS])
    others = "/".join(str(n) for who, n in result.statements.items() if who != OURS)
    return f"{own} ({others})" if others else own


def verdict(budget: Budget, result: Result, pace: float) -> str:
    """Whether a budget is kept; one in milliseconds, as this machine counts them."""
    if not budget.peer and pace != 1:
        budget = replace(budget, most=budget.most * pace, of=f" ({budget.most:g} x {pace:.2f})")
    share = budget.share(result.ms)
    return f"{'ok' if share <= 1 else 'OVER'} {budget.text}" + ("" if share <= 1 else f" by {share:.2f}")


def plain(rows: list[list[str]]) -> Iterator[str]:
    """The table for a terminal."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for i, row in enumerate(rows):
        cells = [cell + " " * (space - width(cell)) for cell, space in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()
        if i == 0:
            yield "  ".join("-" * space for space in widths)


def width(text: str) -> int:
    """Columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def markdown(rows: list[list[str]]) -> Iterator[str]:
    """The table for a page."""
    yield f"| {' | '.join(rows[0])} |"
    yield "|" + "---|" * len(rows[0])
    yield from (f"| {' | '.join(row)} |" for row in rows[1:])


def machine() -> list[str]:
    """What the results depend on."""
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return [
        f"Date: {date.today():%Y-%m-%d}",
        f"Machine: {processor()}, {os.cpu_count()} cores{load}",
        f"System: {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def processor() -> str:
    """The name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def write(file: Path, tables: Iterable[list[list[str]]], measured: str) -> None:
    """The page of results; `measured` says on how much."""
    parts = [INTRODUCTION, *(f"- {fact}" for fact in (*machine(), measured)), ""]
    for rows in tables:
        parts += [*markdown(rows), ""]
    file.write_text("\n".join(parts), encoding="utf-8")
