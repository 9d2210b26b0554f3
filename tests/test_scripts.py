"""Scripts say only what the page translated for them."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask, render_template

ROOT = Path(__file__).resolve().parents[1] / "app" / "static"
SCRIPTS = [p for p in sorted(ROOT.rglob("*.js")) if "vendor" not in p.parts]


@pytest.fixture
def words(app: Flask) -> dict[str, str]:
    """What the page gives its scripts."""
    with app.test_request_context():
        page = render_template("console/_i18n.html")
    return json.loads(page[page.index(">") + 1 : page.rindex("</script>")])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_text_of_a_script_is_handed_over(script: Path, words: dict[str, str]) -> None:
    said = re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', script.read_text(encoding="utf-8"))
    assert [s for s in said if s not in words] == []


def test_what_is_handed_over_is_chinese(words: dict[str, str]) -> None:
    assert [k for k, v in words.items() if k == v and re.search(r"[a-z]{3}", k)] == []
