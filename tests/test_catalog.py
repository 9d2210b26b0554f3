"""The tool that keeps the Chinese texts: what it takes in, refuses and finds."""

import gettext
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from babel.messages.catalog import Catalog

from translations import catalog as tool


@pytest.fixture
def po(tmp_path):
    return tmp_path / "messages.po"


def code(*msgids) -> Catalog:
    """What extraction would find."""
    found = Catalog()
    for msgid in msgids:
        found.add(msgid, locations=[("app/x.py", 1)])
    return found


def findings(po, *msgids) -> list[tuple[str, str]]:
    return [(finding.kind, finding.msgid) for finding in tool.check(code(*msgids), tool.read(po))]


def test_lines_are_added_changed_and_sorted(po):
    said = tool.add(["Save\t保存", "Case\t案件", "", "Save\t保 存", "Case\t案件"], po)
    assert said == ["added: Save", "added: Case", "changed: Save: 保存 -> 保 存", "same: Case"]
    text = po.read_text(encoding="utf-8")
    assert text.index('msgid "Case"') < text.index('msgid "Save"')
    assert tool.read(po).get("Save").string == "保 存"


@pytest.mark.parametrize(
    "line", ["Save", "Save\t", "\t保存", "a\tb\tc\td", "Bad %(x)s\t坏", "Bad %(x)s\t坏 %(y)s", "%s of\t的", "{a} b\t乙"]
)
def test_what_cannot_be_right_is_refused(po, line):
    (said,) = tool.add([line], po)
    assert said.startswith("refused")
    assert not [message for message in tool.read(po) if message.id]


def test_plurals_and_line_breaks(po):
    tool.add(["%(num)d row\t%(num)d rows\t%(num)d 行", r"One.\nTwo.	一。\n二。"], po)
    tool.compile_catalog(po)
    with po.with_suffix(".mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.ngettext("%(num)d row", "%(num)d rows", 3) % {"num": 3} == "3 行"
    assert chinese.gettext("One.\nTwo.") == "一。\n二。"


def test_writers_at_once_lose_nothing(po):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: tool.add([f"Text {n}\t文 {n}"], po), range(40)))
    assert len([message for message in tool.read(po) if message.id]) == 40


def test_a_dead_writers_lock_is_broken(po):
    lock = po.with_suffix(".lock")
    lock.touch()
    os.utime(lock, (0, 0))
    assert tool.add(["Save\t保存"], po) == ["added: Save"]
    assert not lock.exists()


def test_check_finds_what_would_show_english(po):
    tool.add(["Save\t保存", "Old\t旧", "Case\t案件"], po)
    with po.open("a", encoding="utf-8") as file:
        file.write(
            '\n#, fuzzy\nmsgid "Guess"\nmsgstr "猜"\n\nmsgid "Hi %(x)s"\nmsgstr "你好"\n\nmsgid "Empty"\nmsgstr ""\n'
        )
    found = findings(po, "Save", "Case", "Guess", "Hi %(x)s", "Empty", "New")
    assert sorted(found) == [
        ("broken", "Hi %(x)s"),
        ("fuzzy", "Guess"),
        ("missing", "Empty"),
        ("missing", "New"),
        ("unused", "Old"),
    ]


def test_update_adds_and_only_prune_drops(po):
    tool.add(["Save\t保存", "Old\t旧"], po)
    assert tool.update(code("Save", "New"), po) == (1, 0)
    assert findings(po, "Save", "New", "Old") == [("missing", "New")]
    assert tool.update(code("Save", "New"), po, prune=True) == (0, 1)
    assert tool.read(po).get("Save").string == "保存"
    assert tool.read(po).get("Old") is None


def test_compiled_only_when_the_texts_are_newer(po):
    tool.add(["Save\t保存"], po)
    assert tool.compile_catalog(po)
    assert not tool.compile_catalog(po)
    later = po.stat().st_mtime_ns + 10**9
    os.utime(po, ns=(later, later))
    assert tool.compile_catalog(po)


def test_texts_are_found_in_python_templates_and_scripts(tmp_path):
    for name, text in {
        "models/a.py": 'N_("Table")\nlazy_gettext("Lazy")\nngettext("a row", "rows", 2)\nother("No")',
        "app/templates/x.html": "{{ _('Page') }}",
        "app/static/console/x.js": "const t = _('Script');",
        "app/static/vendor/v.js": "_('Vendor')",
        "tests/t.py": '_("Test")',
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    found = {message.id for message in tool.extracted(tmp_path) if message.id}
    assert found == {"Table", "Lazy", ("a row", "rows"), "Page", "Script"}
