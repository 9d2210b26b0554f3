"""`python3 run.py bench`: every benchmark, as a table; a whole run is kept in RESULTS.md."""

import argparse
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import computing, data, million, pages, report, starting, transfer
from benchmarks.measure import Result

RESULTS = Path(__file__).with_name("RESULTS.md")
CASES, FEW_CASES = 100_000, 10_000
#: Milliseconds that Django's list of 100,000 cases took on the machine for which the budgets in milliseconds were set.
DJANGO_THEN = 22.3


@dataclass(frozen=True)
class Size:
    """How much is measured: cases in the database, rows moved, dates computed, repetitions."""

    cases: int
    exported: int
    imported: int
    computed: int
    rounds: int
    many: int = 1_000_000

    @property
    def text(self) -> str:
        """What is in the database, and how often each page is asked for."""
        clients, tasks = self.cases // data.CASES_PER_CLIENT, self.cases * data.TASKS_PER_CASE
        return f"{self.cases:,} cases, {clients:,} clients, {tasks:,} tasks; pages {self.rounds} times"

    @property
    def again(self) -> int:
        """Repetitions of what takes seconds."""
        return max(self.rounds // 7, 1)


GROUPS: dict[str, Callable[[Path, Size], Iterator[Result]]] = {
    "pages": lambda folder, size: pages.run(folder, size.cases, size.rounds),
    "million": lambda folder, size: million.million(folder, size.many, size.rounds),
    "start": lambda folder, size: starting.starting(size.again),
    "export": lambda folder, size: transfer.exporting(folder, size.cases, size.exported, size.again),
    "import": lambda folder, size: transfer.importing(folder, size.imported),
    "rules": lambda folder, size: computing.computing(folder, size.computed),
}


def main(argv: Sequence[str]) -> int:
    """Run the benchmarks the arguments ask for; 0."""
    args = parse(argv)
    size = Size(args.cases, 10_000, 20_000, 100_000, 21)
    if args.quick:
        size = Size(args.cases, 2_000, 2_000, 5_000, 7, 50_000)
    logging.getLogger("app").setLevel(logging.ERROR)
    print("\n".join([*report.machine(), size.text]))
    tables, pace = [], 1.0
    for name in args.only or GROUPS:
        print(f"\nmeasuring {name} ...", flush=True)
        results = list(GROUPS[name](args.data / "benchmark", size))
        if args.cases == CASES:
            pace = next((r.ms[pages.DJANGO] / DJANGO_THEN for r in results if r.name == pages.YARDSTICK), pace)
        rows = report.table(f"{name} (ms)", results, pace)
        tables.append(rows)
        print("\n".join(report.plain(rows)), flush=True)
    if not (args.quick or args.only):
        report.write(RESULTS, tables, size.text)
        print(f"\nkept in {RESULTS}")
    return 0


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments. Exits with a message on a slip."""
    parser = argparse.ArgumentParser(prog="python3 run.py bench", description="Measure the product beside its peers.")
    parser.add_argument("--quick", action="store_true", help=f"{FEW_CASES:,} cases, less of all; nothing is kept")
    parser.add_argument("--cases", type=int, metavar="N", help=f"cases in the database (default: {CASES:,})")
    parser.add_argument("--only", action="append", choices=GROUPS, metavar="NAME", help=", ".join(GROUPS))
    parser.add_argument("--data", type=Path, default=data.ROOT / "data", metavar="DIR", help="where the data are kept")
    args = parser.parse_args(argv)
    args.cases = args.cases or (FEW_CASES if args.quick else CASES)
    if args.cases < pages.SIZE * 4:
        parser.error(f"--cases must be at least {pages.SIZE * 4}")
    return args
