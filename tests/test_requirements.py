"""docs/requirements.csv says the truth: each row of the manual's list, where it lives and what proves it.

A row left out says why. Rows of later stops are appended; tools/requirements.py puts them in order.
"""

import ast
import csv
from functools import cache
from pathlib import Path

import pytest

import run

FILE = run.ROOT / "docs" / "requirements.csv"
LEFT_OUT = "left out: "
#: Section of the manual and how many requirements it has: A-2.1.1.2:9 is A-2.1.1.2-01 to -09.
SECTIONS = """
1:1 1.1:2 1.2:1 1.2.1:5 1.3:1 1.3.1:1 2:1 2.1:2 2.1.1:1 2.1.1.1:2 2.1.1.2:9 2.1.2:1 2.1.2.1:1 2.1.2.2:7 2.1.3:1
2.1.3.1:2 2.1.3.2:14 2.1.4:1 2.1.4.1:1 2.1.4.2:7 2.1.5:1 2.1.5.1:1 2.1.5.2:3 2.1.5.3:3 2.1.5.4:3 2.1.6:1 2.1.6.1:1
2.1.6.2:1 2.1.6.3:3 2.1.6.4:2 2.1.6.5:2 2.1.7:1 2.1.7.1:2 2.1.7.2:4 2.1.7.3:3 2.1.8:1 2.1.8.1:2 2.1.8.2:3 2.1.9:9
2.1.10:8 2.1.11:1 2.1.11.1:1 2.1.11.2:1 2.1.12:1 2.1.12.1:1 2.1.12.2:16 2.1.13:1 2.1.13.1:1 2.1.13.2:1 2.1.13.2.1:6
2.1.13.2.2:3 2.2:1 2.2.1:1 2.2.1.1:4 2.2.1.2:1 2.2.1.2.1:5 2.2.1.2.2:11 2.2.2:1 2.2.2.1:1 2.2.2.2:7 2.2.3:1 2.2.3.1:1
2.2.3.2:3 2.2.4:1 2.2.4.1:4 2.2.4.2:1 2.2.4.3:2 2.2.4.4:1 2.2.4.5:3 3:1 3.1:3 3.1.1:1 3.1.1.1:2 3.1.1.2:1 3.1.1.2.1:6
3.1.1.2.2:12 3.1.1.2.3:12 3.1.1.2.4:10 3.1.1.2.5:5 3.1.1.2.6:8 3.1.1.2.7:1 3.1.1.3:6 3.1.2:1 3.1.2.1:3 3.1.2.2:3
3.1.2.3:4 3.1.2.3.1:1 3.1.2.3.2:2 3.1.3:5 3.1.4:2 3.1.5:1 3.1.6:2 3.1.7:3 3.1.8:1 3.1.9:2 3.1.9.1:5 3.2:1 3.2.1:1
3.2.1.1:1 3.2.1.2:3 3.2.1.2.1:9 3.2.1.2.2:13 3.2.1.2.3:6 3.2.1.2.4:3 3.2.1.2.5:2 3.2.1.2.6:1 3.2.1.2.7:3 3.2.1.2.8:1
3.2.1.2.9:3 3.2.1.2.10:1 3.2.1.2.11:5 3.2.1.3:9 3.2.1.4:11 3.2.1.5:3 3.2.1.5.1:3 3.2.1.5.2:5 3.2.1.5.3:4 3.2.1.6:2
3.2.1.7:3 3.2.2:1 3.2.2.1:1 3.2.2.2:6 3.2.2.3:2 3.2.2.4:4 3.2.2.5:17 3.3:1 3.3.1:1 3.3.1.1:3 3.3.1.2:9 3.3.1.3:6
3.3.2:1 3.3.2.1:2 3.3.2.2:4 3.3.3:1 3.3.3.1:2 3.3.3.2:2 3.3.3.2.1:9 3.3.3.2.2:4 3.3.4:7 3.3.5:5 3.3.6:1 3.3.6.1:6
3.3.6.2:5 3.3.7:5 3.3.8:1 3.3.8.1:1 3.3.8.2:11 3.4:1 3.4.1:10 3.4.2:1 3.4.2.1:5 3.4.2.2:6 3.4.3:7 3.4.3.1:11 3.5:1
3.5.1:3 3.5.1.1:6 3.5.1.2:4 3.5.2:2 3.5.2.1:2 3.5.2.2:3 3.5.3:8 3.5.4:6 3.5.5:6 3.5.6:2 3.5.7:3 3.6:1 3.6.1:2 3.6.2:1
3.6.2.1:6 3.6.2.2:6 3.6.3:5 3.6.3.1:5 3.7:2 3.7.1:3 3.7.2:2 3.7.3:3 3.7.4:2 3.7.5:1 3.7.6:3 3.7.7:1 3.7.8:1 3.7.9:1
3.7.10:1 附:1 msg:16
"""
KNOWN = [
    f"A-{section}-{number:02d}"
    for section, count in (pair.split(":") for pair in SECTIONS.split())
    for number in range(1, int(count) + 1)
]
#: Chapters of which every row is listed.
COMPLETE = ("A-1", "A-2", "A-3.1", "A-3.2", "A-3.3.6", "A-3.3.7", "A-3.6", "A-附")


def listed() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = listed()
BUILT = [row for row in ROWS if not row["test"].startswith(LEFT_OUT)]


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a Python file declares: functions, classes, their parts after a dot, and assigned names."""
    found: set[str] = set()

    def walk(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(prefix + node.name)
                if isinstance(node, ast.ClassDef):
                    walk(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update(prefix + target.id for target in targets if isinstance(target, ast.Name))
            elif isinstance(node, ast.ImportFrom):
                found.update(prefix + (alias.asname or alias.name) for alias in node.names)

    walk(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return frozenset(found)


def is_there(place: str) -> bool:
    """Whether a file or folder, or a name in a file, is there."""
    path, _sep, name = place.partition("::")
    file = run.ROOT / path
    if not name or not file.is_file():
        return bool(path) and not name and file.exists()
    if file.suffix == ".py":
        return name.replace("::", ".") in names_in(file)
    return name in file.read_text(encoding="utf-8")


def is_a_test(node: str) -> bool:
    """Whether pytest would find it."""
    path, _sep, name = node.partition("::")
    return path.startswith("tests/") and name.rpartition("::")[2].startswith("test_") and is_there(node)


def test_the_list_is_in_the_order_of_the_manual_and_names_nothing_twice() -> None:
    ids = [row["id"] for row in ROWS]
    places = {name: at for at, name in enumerate(KNOWN)}
    assert [name for name in ids if name not in places] == []
    assert ids == sorted(set(ids), key=places.__getitem__)


def test_complete_chapters_leave_nothing_unsaid() -> None:
    ids = {row["id"] for row in ROWS}
    own = [name for name in KNOWN if name.startswith(tuple(f"{c}{mark}" for c in COMPLETE for mark in "-."))]
    assert len(own) > 190
    assert [name for name in own if name not in ids] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_is_built_and_proved_or_left_out_for_a_reason(row: dict[str, str]) -> None:
    assert None not in row, "more than four columns"
    assert row["sentence"]
    assert len(row["sentence"]) <= 120
    if row not in BUILT:
        assert row["where"] == ""
        assert len(row["test"]) > len(LEFT_OUT) + 4
        return
    assert [place for place in row["where"].split(";") if not is_there(place)] == []
    assert [node for node in row["test"].split(";") if not is_a_test(node)] == []


@pytest.mark.parametrize("place", ["", "nowhere.py", "run.py::nothing", "views/fee.py::FeeItemView.nothing",
                                   "README.md::no such words", "docs::x"])  # fmt: skip
def test_what_is_not_there_is_noticed(place: str) -> None:
    assert not is_there(place)
    assert not is_a_test(place)


@pytest.mark.parametrize(
    "node", ["tests/kit.py::good_form", "run.py::main", "tests/test_docs.py", "tests/test_docs.py::ROOT"]
)
def test_what_is_no_test_is_noticed(node: str) -> None:
    assert not is_a_test(node)
