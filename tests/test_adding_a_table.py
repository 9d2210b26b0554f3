"""docs/adding-a-table.md, followed to the letter on a copy of the repository by somebody who knows nothing else."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import run

GUIDE = run.ROOT / "docs" / "adding-a-table.md"
PARTS = ("app", "migrations", "models", "seed", "tests", "translations", "views", "config.py", "conftest.py",
         "pyproject.toml", "run.py")  # fmt: skip
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
MARKER = re.compile(r'# (?P<file>[\w./]+)(?:, (?P<end>at the end)|, after every line "(?P<line>.*)")?')
#: What a user of the new table relies on; run on the copy together with the tests the guide names.
CHECK = """
from flask.testing import FlaskClient

from tests.kit import visible_english


def test_seal_pages_answer_in_chinese(admin: FlaskClient) -> None:
    paths = ("/app/", "/app/seal/", "/app/seal/dialogs", "/app/seal/new")
    pages = {path: admin.get(path).get_data(as_text=True) for path in paths}
    assert '<a class="node child" href="/app/seal/"' in pages["/app/"]
    assert all(visible_english(page) == [] for page in pages.values())
    for label in ("印章编号", "印章名称", "印章种类", "保管人", "刻制日期", "刻制费用"):
        assert label in pages["/app/seal/dialogs"]
        assert label in pages["/app/seal/new"]
    assert "/app/user/pick" in pages["/app/seal/new"]


def test_seal_is_in_the_interface_for_programs(admin: FlaskClient) -> None:
    made = admin.post("/api/v1/seal", json={"code": "G1", "name": "公章", "kind": "OFFICIAL", "made_on": "2026-11-02"})
    assert made.status_code == 201
    assert admin.get("/api/v1/seal?q.name=公").get_json()["result"][0]["made_on"] == "2026-11-02"
    assert admin.post("/api/v1/seal", json={"code": "G2", "name": "章", "kind": "WAX"}).status_code == 422
    assert "/seal" in str(admin.get("/api/v1/openapi.json").get_json()["paths"].keys())
    assert admin.get("/app/search?q=gz").get_json()["groups"][-1]["items"][0]["text"] == "公章"
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository, to change at will."""
    root = tmp_path_factory.mktemp("newcomer")
    leave = shutil.ignore_patterns("__pycache__", "vendor", "*.mo", "browser")
    for part in PARTS:
        source = run.ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=leave)
        else:
            shutil.copyfile(source, root / part)
    shutil.copytree(run.ROOT / "app/static/vendor/lucide", root / "app/static/vendor/lucide")
    return root


def blocks() -> Iterator[tuple[str, str]]:
    """(language, text) of every block of the guide."""
    yield from BLOCK.findall(GUIDE.read_text(encoding="utf-8"))


def apply(root: Path, text: str) -> None:
    """Do with a file what the first line of its block says."""
    first, _newline, rest = text.partition("\n")
    told = MARKER.fullmatch(first)
    assert told, f"the guide does not say where this goes: {first}"
    file = root / told["file"]
    if told["end"]:
        file.write_text(file.read_text(encoding="utf-8") + rest, encoding="utf-8")
    elif told["line"]:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        assert f"{told['line']}\n" in lines, f"{told['file']} has no line {told['line']!r}"
        file.write_text("".join(s + rest if s == f"{told['line']}\n" else s for s in lines), encoding="utf-8")
    else:
        assert not file.exists(), f"{told['file']} is there already"
        file.write_text(rest, encoding="utf-8")


def call(root: Path, line: str, *more: str) -> str:
    """Run a command of the guide as the launcher would, with the interpreter of these tests."""
    words, _less, source = line.partition(" < ")
    python, launcher, *argv = shlex.split(words)
    assert (python, launcher) == ("python3", "run.py")
    command = [sys.executable, "-P", *run.command_line(argv[0], argv[1:], argv), *more]
    environ = os.environ | {"PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    given = (root / source).read_bytes() if source else None
    done = subprocess.run(command, cwd=root, env=environ, input=given, capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said[-3000:]
    return said


def test_a_newcomer_adds_a_table(copy: Path) -> None:
    commands = []
    for language, text in blocks():
        if language == "sh":
            commands.append(text.strip())
        elif language == "tsv":
            (copy / "texts.tsv").write_text(text, encoding="utf-8")
        else:
            apply(copy, text)
    revision, translate, test = commands
    call(copy, revision)
    (migration,) = (copy / "migrations" / "versions").glob("*_seals.py")
    assert "op.create_table('seal'" in migration.read_text(encoding="utf-8")
    assert "refused" not in call(copy, translate)
    (copy / "tests" / "views" / "test_seal_check.py").write_text(CHECK, encoding="utf-8")
    files = [f"tests/views/test_{name}.py" for name in ("seal", "seal_check", "every_console")]
    said = call(copy, test, *files, "-q", "-p", "no:cacheprovider")
    assert re.search(r"\d\d passed", said), said[-2000:]


def test_an_ordinary_table_costs_sixty_lines() -> None:
    told = [
        text.partition("\n")[2] for language, text in blocks() if language == "python" and "tests/" not in text[:12]
    ]
    assert sum(len([line for line in text.splitlines() if line.strip()]) for text in told) <= 60
