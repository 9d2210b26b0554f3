"""How long the product takes to start: in an empty folder, and again."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import OURS, Budget, Result

START = """
import sys, time
from app.factory import create_app
from app.services.setup import prepare
prepare(create_app({"DATA_DIR": sys.argv[1]}))
print(time.process_time())
"""


def starting(rounds: int) -> Iterator[Result]:
    """Processor time from the call of Python until requests would be answered."""
    with tempfile.TemporaryDirectory() as folder:
        cold, waited = started(folder)
        yield Result("start, empty folder", {OURS: cold}, note=f"{waited:.0f} ms by the clock")
        again = [started(folder) for _n in range(rounds)]
    warm, waited = median(cpu for cpu, _wall in again), median(wall for _cpu, wall in again)
    yield Result("start, again", {OURS: warm}, (Budget(1000),), note=f"{waited:.0f} ms by the clock")


def started(folder: str) -> tuple[float, float]:
    """Milliseconds of processor and of clock that one start takes."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", START, folder]
    root = Path(__file__).resolve().parents[1]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
    return float(said.split()[-1]) * 1000, (time.perf_counter() - begun) * 1000
