"""Amounts: rounded half up, shared out to the last fen, written in words that read back as the same amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.errors import RuleError
from app.rules.money import allocate, in_capitals, to_cny

AMOUNTS = st.integers(-(10**14), 10**14).map(lambda fen: Decimal(fen).scaleb(-2))


def read_capitals(words: str) -> Decimal:
    """The amount that words in capitals mean, read independently of how they were made."""
    sign, words = (-1, words[1:]) if words.startswith("负") else (1, words)
    yuan, point, cents = words.partition("元") if "元" in words else ("", "", words)
    total = Decimal(_read_integer(yuan))
    digit = 0
    for sign_ in cents:
        if sign_ in "壹贰叁肆伍陆柒捌玖零":
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign_)
        elif sign_ in "角分":
            total += Decimal(digit) * (Decimal("0.1") if sign_ == "角" else Decimal("0.01"))
    return sign * total


def _read_integer(words: str) -> int:
    for unit, size in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        if unit in words:
            upper, _unit, lower = words.rpartition(unit)
            return _read_integer(upper) * size + _read_integer(lower)
    words = words.strip("零")
    return "零壹贰叁肆伍陆柒捌玖".index(words) if words else 0


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("1.005", "1.01"), ("1.004", "1.00"), ("-1.005", "-1.01"), ("2.675", "2.68"), (900, "900.00"), ("0.015", "0.02")],
)
def test_half_a_fen_is_rounded_up(amount, rounded):
    assert str(to_cny(amount)) == rounded


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_shares_sum_to_the_total_and_are_fair_to_the_fen(total, weights):
    shares = allocate(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < Decimal("0.01")
        assert weight or not share


def test_the_odd_fen_goes_to_the_largest_remainder():
    assert allocate(Decimal("100.00"), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert allocate(Decimal("0.05"), [Decimal("0.2"), Decimal("0.8")]) == [Decimal("0.01"), Decimal("0.04")]
    assert allocate(Decimal("-100.00"), [2, 1]) == [Decimal("-66.67"), Decimal("-33.33")]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [2, -1]])
def test_shares_need_weights(weights):
    with pytest.raises(RuleError):
        allocate(Decimal("1.00"), weights)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.05", "壹元零伍分"),
        ("10", "壹拾元整"),
        ("105.30", "壹佰零伍元叁角整"),
        ("900", "玖佰元整"),
        ("1010", "壹仟零壹拾元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("10010", "壹万零壹拾元整"),
        ("100000001", "壹亿零壹元整"),
        ("100005000", "壹亿零伍仟元整"),
        ("110000000", "壹亿壹仟万元整"),
        ("11000", "壹万壹仟元整"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("120000000", "壹亿贰仟万元整"),
        ("1000000000000", "壹万亿元整"),
        ("-3.20", "负叁元贰角整"),
    ],
)
def test_amounts_in_capitals(amount, words):
    assert in_capitals(Decimal(amount)) == words


@given(AMOUNTS)
def test_capitals_read_back_as_the_same_amount(amount):
    words = in_capitals(amount)
    assert read_capitals(words) == amount
    assert "零零" not in words
    assert words.endswith(("整", "分"))


@pytest.mark.parametrize("amount", ["0.001", "10000000000000000"])
def test_what_cannot_be_written_in_words_is_refused(amount):
    with pytest.raises(RuleError):
        in_capitals(Decimal(amount))
    if "." in amount:
        with pytest.raises(RuleError):
            allocate(Decimal(amount), [1])
