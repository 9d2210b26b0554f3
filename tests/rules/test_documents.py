"""Documents of a filing: parts by patent type, what may be imported, claims counted, versions compared."""

from time import perf_counter

import pytest

from app.rules.application_number import PatentType
from app.rules.case import CaseType
from app.rules.documents import best_match, check_importable, compare, count_claims, parts_of
from app.rules.errors import RuleError


@pytest.mark.parametrize(("patent_type", "case_type", "names"), [
    (PatentType.INVENTION, CaseType.ORDINARY, "REQUEST ABSTRACT CLAIMS DESCRIPTION DRAWINGS"),
    (PatentType.UTILITY_MODEL, CaseType.DIVISIONAL, "REQUEST ABSTRACT CLAIMS DESCRIPTION DRAWINGS"),
    (PatentType.DESIGN, CaseType.ORDINARY, "REQUEST DESIGN_VIEWS DESIGN_BRIEF"),
    (PatentType.INVENTION, CaseType.INVALIDATION, "REQUEST"),
    (PatentType.INVENTION, CaseType.SEARCH, ""),
])  # fmt: skip
def test_the_parts_of_an_application_in_their_order(patent_type: PatentType, case_type: CaseType, names: str) -> None:
    assert [p.name for p in parts_of(patent_type, case_type)] == names.split()


@pytest.mark.parametrize("name", ["a.docx", "B.PDF", "图.png", "x.xml", "旧.doc", "扫描.tiff"])
def test_what_may_be_imported(name: str) -> None:
    check_importable(name)


@pytest.mark.parametrize("name", ["a.exe", "b.zip", "c", "d.docx.js", "e.xlsx", "f.html", "g.svg"])
def test_what_may_not(name: str) -> None:
    with pytest.raises(RuleError):
        check_importable(name)


@pytest.mark.parametrize(("text", "count"), [
    ("1. 一种装置。\n2、根据权利要求1所述的装置。\n３．根据权利要求2……", 3),
    ("权利要求书\n  1. 一种方法\n包括 2. 步骤\n2. 如前\n4. 漏号", 2),
    ("1.5 毫米的孔\n没有编号", 0), ("", 0),
])  # fmt: skip
def test_claims_are_counted(text: str, count: int) -> None:
    assert count_claims(text) == count


def test_a_file_belongs_to_the_longest_name_in_its_own() -> None:
    names = ["说明书", "说明书附图", "说明书摘要"]
    assert best_match("F20260020 说明书附图 定稿", names) == "说明书附图"
    assert best_match("说明书v2", names) == "说明书"
    assert best_match("委托书", names) is None


def test_a_changed_word_is_marked_on_both_sides() -> None:
    (pair,) = compare("所述支架为铝合金制成", "所述支架为不锈钢制成")
    assert pair.changed
    assert [p.text for p in pair.old or () if p.changed] == ["铝合金"]
    assert [p.text for p in pair.new or () if p.changed] == ["不锈钢"]


def test_paragraphs_that_came_or_went_stand_alone() -> None:
    pairs = compare("甲\n乙", "甲\n乙\n丙")
    assert [p.changed for p in pairs] == [False, False, True]
    assert pairs[2].old is None
    assert [p.new for p in compare("甲\n乙", "甲")][1] is None


@pytest.mark.parametrize(("old", "new"), [("一\n二\n三", "一\n三\n四 five"), ("", "新"), ("a b", "a  c"), ("同", "同")])
def test_nothing_is_lost_in_a_comparison(old: str, new: str) -> None:
    pairs = compare(old, new)
    for side, text in ((0, old), (1, new)):
        shown = ["".join(p.text for p in pieces) for pair in pairs if (pieces := (pair.old, pair.new)[side])]
        assert shown == text.splitlines()


def test_what_would_take_too_long_is_not_compared_word_by_word() -> None:
    """A comparison grows with the square of what is compared: whoever asks for it must not keep the server busy."""
    with pytest.raises(RuleError, match="too long"):
        compare("甲\n" * 7_000, "乙\n" * 7_000)
    old, new = ("\n".join(f"{n}{'甲乙' * 1_500}{word}" for n in range(40)) for word in ("丙", "丁"))
    started = perf_counter()
    pairs = compare(old, new)
    assert [p.old[-1].changed for p in pairs] == [True] * 40
    assert len(pairs[0].old) > 1, "the first ones are compared word by word"
    assert len(pairs[-1].old) == 1, "the last ones as wholes"
    assert perf_counter() - started < 30
