"""The rule of passwords: at least eight characters, upper, lower, digit, special, not the login name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.errors import RuleErrors
from app.rules.password import LEAST, MOST, check, problems


@pytest.mark.parametrize(
    "password", ["Patent#1", "a1!BCDEF", "Aa1 _____", "汉字Aa1!六七八", "Ünï#cöd3", "A" * (MOST - 3) + "a1!"]
)
def test_good_passwords_pass(password: str) -> None:
    check(password, "zhang.san")


@pytest.mark.parametrize(
    ("password", "lacking"),
    [
        ("Aa1!aaa", ["at least 8"]),
        ("patent#1", ["upper-case"]),
        ("PATENT#1", ["lower-case"]),
        ("Patent##", ["digit"]),
        ("Patent11", ["special"]),
        ("Patent 1", ["special"]),
        ("Patent1\u0000", ["special"]),
        ("111111", ["at least 8", "upper-case", "lower-case", "special"]),
        ("", ["at least 8", "upper-case", "lower-case", "digit", "special"]),
        ("A" * MOST + "a1!", ["at most 128"]),
    ],
)
def test_each_lack_is_named(password: str, lacking: list[str]) -> None:
    found = [str(e) for e in problems(password)]
    assert len(found) == len(lacking)
    for sentence, word in zip(found, lacking, strict=True):
        assert word in sentence


def test_the_login_name_is_no_password() -> None:
    with pytest.raises(RuleErrors) as refused:
        check("LI.na-2026", "li.NA-2026", field="new_password")
    assert [e.field for e in refused.value.errors] == ["new_password"]


GROUPS = ("ABCXYZ", "abcxyz", "012789", "#!_-.$")


@given(st.lists(st.sampled_from(GROUPS).flatmap(st.sampled_from), max_size=20).map("".join))
def test_a_password_passes_exactly_if_it_is_long_enough_and_has_every_kind(password: str) -> None:
    complete = len(password) >= LEAST and all(set(password) & set(group) for group in GROUPS)
    assert (not problems(password)) == complete
