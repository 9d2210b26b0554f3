"""Pairs of letters: what a text contains, its pairs contain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.letter_pairs import pairs_asked, pairs_of

TEXTS = st.text(st.sampled_from("一种燃料电池 　aAbB01-（）.\n\x00é𠮷"), max_size=12)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("燃料电池", ["燃料", "料电", "电池"]),
        ("电", ["电*"]),  # any pair that begins so
        ("LED灯", ["le", "ed", "d灯"]),
        ("2024-1070 5", ["20", "02", "24", "10", "07", "70"]),
        ("一种一种", ["一种", "种一"]),
        ("a", []),  # nearly every row has it
        ("%_'\"\\&|!:*", []),  # nothing that means anything to a database
        ("", []),
    ],
)
def test_what_is_asked_of_a_text(typed: str, asked: list[str]) -> None:
    assert sorted(pairs_asked(typed)) == sorted(f"a{pair}" for pair in asked)
    assert sorted(pairs_asked(typed, 2)) == sorted(f"c{pair}" for pair in asked)


@given(st.lists(TEXTS, min_size=1, max_size=3), st.data())
def test_a_text_has_the_pairs_of_every_part_of_it(texts: list[str], data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(texts) - 1))
    text = texts[column].replace("\x00", "")
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    pairs = pairs_of(texts).split(" ")
    for asked in pairs_asked(part.swapcase(), column):
        assert any(pair == asked or pair.startswith(asked.rstrip("*")) for pair in pairs), (asked, pairs)


def test_columns_are_told_from_each_other_and_make_no_pair_together() -> None:
    pairs = pairs_of(["燃料", None, "", "电池"]).split()
    assert {"a燃料", "d电池"} < {*pairs}
    assert not any("料电" in pair for pair in pairs)
    assert not {*pairs_asked("燃料", 3)} & {*pairs}
