"""What the machine has for the tests: a browser, a PostgreSQL server. What is missing is skipped, loudly.

Mark a test `@pytest.mark.browser` or `@pytest.mark.postgres`; the fixtures `chromium` (path) and `postgres_url` give it
the thing. With PATENTDESK_REQUIRE_ALL=1 a skipped one fails the run.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
BROWSER_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
LOCAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


@cache
def find_chromium() -> str | None:
    """The browser to drive: CHROMIUM from the environment, else an installed one."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    on_path = filter(None, map(shutil.which, BROWSERS))
    return next(on_path, None) or next((path for path in BROWSER_PATHS if Path(path).exists()), None)


@cache
def find_postgres() -> str | None:
    """SQLAlchemy's address of the server: TEST_POSTGRES_URL, else a local one that trusts us; None: none answers."""
    url = (os.environ.get("TEST_POSTGRES_URL") or LOCAL_POSTGRES).replace("+psycopg", "")
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return None
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


class Group(NamedTuple):
    """Tests that need something of the machine, and how to provide it."""

    title: str
    find: Callable[[], str | None]
    remedy: str


GROUPS = {
    "browser": Group("BROWSER", find_chromium, "install Chromium or Chrome, or name it in CHROMIUM"),
    "postgres": Group("POSTGRESQL", find_postgres, "start a server, or name it in TEST_POSTGRES_URL"),
}
SKIPPED = pytest.StashKey[dict[str, list[str]]]()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    return find_chromium() or pytest.skip(GROUPS["browser"].remedy)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """SQLAlchemy's address of a PostgreSQL server where databases may be made and dropped."""
    return find_postgres() or pytest.skip(GROUPS["postgres"].remedy)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--data DIR`, as every command has it: where the tests' own databases and files are made."""
    parser.addoption("--data", type=Path, help="make the tests' databases and files below this folder")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, once, with what they need."""
    config.stash[SKIPPED] = {name: [] for name in GROUPS}
    config.pluginmanager.register(Skips(config))
    for name, group in GROUPS.items():
        config.addinivalue_line("markers", f"{name}: needs {group.title.capitalize()} ({group.remedy})")
    if config.option.data:
        config.option.data.mkdir(parents=True, exist_ok=True)
        config.option.basetemp = config.option.data / "pytest"  # pytest empties it: never the folder itself


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the groups this machine cannot run."""
    for name, group in GROUPS.items():
        marked = [item for item in items if item.get_closest_marker(name)]
        if marked and not group.find():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=group.remedy))


def pytest_report_collectionfinish(items: list[pytest.Item]) -> list[str]:
    """Say before the first test what will not be tested."""
    counts = {name: sum(bool(item.get_closest_marker(name)) for item in items) for name in GROUPS}
    return list(banner((name, count) for name, count in counts.items() if count and not GROUPS[name].find()))


class Skips:
    """Counts the skipped tests of each group, whatever skipped them; with several processes the first one counts."""

    def __init__(self, config: pytest.Config):
        self.skipped = config.stash[SKIPPED]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            for name in GROUPS:
                if name in report.keywords:
                    self.skipped[name].append(report.nodeid)


def pytest_report_header() -> list[str]:
    """Say before the first test what this machine lacks; the processes that collect cannot say it."""
    return [f"{group.title.lower()}: {'there' if group.find() else 'MISSING'}" for group in GROUPS.values()]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is required, a skipped group is a failure."""
    if os.environ.get("PATENTDESK_REQUIRE_ALL") == "1" and any(session.config.stash[SKIPPED].values()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say again at the end what was not tested."""
    for line in banner((name, len(skipped)) for name, skipped in config.stash[SKIPPED].items() if skipped):
        terminalreporter.write_line(line, yellow=True, bold=True)
    if terminalreporter._session.exitstatus and os.environ.get("PATENTDESK_REQUIRE_ALL") == "1":
        for nodeid in sum(config.stash[SKIPPED].values(), []):
            terminalreporter.write_line(f"required, but skipped: {nodeid}", red=True)


def banner(groups: Iterable[tuple[str, int]]) -> Iterable[str]:
    """Lines nobody overlooks."""
    for name, count in groups:
        yield f"!!! {GROUPS[name].title} TESTS SKIPPED: {count}. To run them: {GROUPS[name].remedy} !!!"
