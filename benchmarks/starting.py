"""How long the product takes to start: in an empty folder, and again.

Measured is what a user has: Python keeps the compiled modules from one start to the next, whatever this shell says
about it, and the start is that of `app/cli.py`, with its way of treating memory. The first start, in an empty folder,
compiles.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import OURS, Budget, Result

ROOT = Path(__file__).resolve().parents[1]
START = """
import sys, time
from app import cli
from app.arguments import parse
cli.prepared(parse(["--data", sys.argv[1]]))
print(time.process_time())
"""


def starting(rounds: int) -> Iterator[Result]:
    """Processor time from the call of Python until requests would be answered; by the clock, until one is."""
    with tempfile.TemporaryDirectory() as folder:
        cold, waited = started(folder)
        yield Result("start, empty folder", {OURS: cold}, note=f"{waited:.0f} ms by the clock")
        again = [started(folder) for _n in range(rounds)]
        answered = median(until_answered(folder) for _n in range(rounds))
    warm, waited = median(cpu for cpu, _wall in again), median(wall for _cpu, wall in again)
    note = f"{waited:.0f} ms by the clock, {answered:.0f} ms until the server answers"
    yield Result("start, again", {OURS: warm}, (Budget(1000),), note=note)


def started(folder: str) -> tuple[float, float]:
    """Milliseconds of processor and of clock that one start takes."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", START, data_of(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment(folder)).stdout
    return float(said.split()[-1]) * 1000, (time.perf_counter() - begun) * 1000


def until_answered(folder: str) -> float:
    """Milliseconds of clock from the start of the server, as `run.py` starts it, to its first answer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = time.perf_counter()
    command = [sys.executable, "-P", "-m", "app.cli", "--data", data_of(folder), "--host", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, cwd=ROOT, env=environment(folder)
    )
    try:
        answer = b""
        while not answer:
            answer = asked(port)
            if server.poll() is not None:
                raise RuntimeError("the server ended instead of answering")
        return (time.perf_counter() - begun) * 1000
    finally:
        server.terminate()
        server.wait()


def asked(port: int) -> bytes:
    """The beginning of the answer to a request for the sign-in page; empty where nobody listens yet."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /app/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(1000)
    except ConnectionRefusedError:
        time.sleep(0.01)
        return b""


def data_of(folder: str) -> str:
    """The data folder of the starts."""
    return str(Path(folder, "data"))


def environment(folder: str) -> dict[str, str]:
    """The environment of a user: compiled modules are kept, here beside the data."""
    here = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return here | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}
