"""What the documents say is so: settings, commands, paths, pictures, words."""

import re
from pathlib import Path

import pytest

import config
import run
from app import cli
from app.services import release

ROOT = run.ROOT
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
CODE = [p for folder in ("app", "models", "views") for p in (ROOT / folder).rglob("*.py")]
FOLDERS = "app|models|views|docs|tests|seed|migrations|translations|tools|benchmarks"


def test_the_settings_are_those_of_the_program() -> None:
    told = README.partition("<!-- settings: config.VARIABLES -->\n")[2].partition("<!-- end of settings -->")[0]
    rows = [f"| `{v.name}` | {f'`{v.default}`' if v.default else ''} | {v.meaning} |" for v in config.VARIABLES]
    wanted = "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])
    assert told.strip() == wanted, f"README.md must say:\n{wanted}"


def test_the_commands_are_those_of_the_program() -> None:
    told = set(re.findall(r"`([a-z-]+)", "\n".join(re.findall(r"^\| (`[a-z].*?) \|", README, re.M))))
    assert told - {"serve"} == {*cli.HANDLERS, "test"} - {"serve"}


def test_the_changelog_tells_each_thing_once() -> None:
    for release_notes in re.split("^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M):
        things = re.findall(r"^- \*\*(.+?)\*\*", release_notes, re.M)
        assert len(things) == len(set(things))


@pytest.mark.parametrize(
    "told",
    [
        ("up to 10 000", "4 GB", "500 GB"), ("10 000 to 30 000", "8 GB", "1 TB"), ("more than 30 000", "16 GB", "2 TB"),
        ("50 GB or more on C:", "450 GB or more on D:", "E: for backups"), ("Two disks", "one for backups"),
        ("64-bit", "Server 2012"), ("1 GHz", "4 GB", "2 GHz", "8 GB or 16 GB"),
    ],
    ids=lambda told: told[0],
)  # fmt: skip
def test_the_manuals_hardware_is_told(told: tuple[str, ...]) -> None:
    """A-1.2-01, A-1.2.1-01 to -05: what the server, its disks, its system and a clerk's computer need."""
    text = " ".join(README.partition("### Hardware")[2].partition("\n## ")[0].split())
    assert [words for words in told if words not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_what_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [page.parent / link for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text)]
    paths = [path for path in re.findall(rf"`((?:{FOLDERS})/[\w./*-]*)`", text) if "seal" not in path]  # the example
    assert [link for link in links if not link.exists()] == []
    assert [path for path in paths if not list(ROOT.glob(path))] == []


def test_the_pictures_are_pictures() -> None:
    pictures = sorted((ROOT / "docs" / "images").iterdir())
    assert {f"docs/images/{p.name}" for p in pictures} == set(re.findall(r"docs/images/[\w.]+", README))
    assert all(p.read_bytes().startswith(b"\x89PNG") and p.stat().st_size < 400_000 for p in pictures)


def test_the_words_of_the_glossary_are_the_codes() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    today = text.partition("## In the code")[2].partition("\n## ")[0]
    words = {w for row in re.findall(r"^\|[^|]*\|([^|]*)\|", today, re.M) for w in re.findall(r"`(\w+)`", row)}
    code = "\n".join(p.read_text(encoding="utf-8") for p in CODE)
    assert len(words) > 60
    assert {w for w in words if not re.search(rf"\b{w}(_id)?\b", code)} == set()


def test_decisions_are_numbered() -> None:
    names = sorted(p.name for p in (ROOT / "docs" / "decisions").iterdir())
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for number, name in enumerate(names, 1):
        text = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        assert all(word in text for word in ("**Context.**", "**Decision.**", "**So.**"))


def test_the_changelog_knows_this_release() -> None:
    assert f"\n## {release.version()} (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
