"""Amounts in yuan: rounding, sharing out, and writing in Chinese capitals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from app.rules.choice import N_
from app.rules.errors import RuleError

FEN = Decimal("0.01")
LARGEST = Decimal("9999999999999999.99")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))


def to_cny(amount: Decimal | int | str) -> Decimal:
    """The amount in yuan, rounded half up to the fen (四舍五入到分)."""
    return Decimal(amount).quantize(FEN, ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Shares of `total` in proportion to `weights`, to the fen, that sum to it exactly.

    What rounding down leaves goes fen by fen to the largest remainders, the first of equals first. RuleError: no
    weights, a negative one, nothing but zeros, or a total that is not whole in fen.
    """
    fen = total.scaleb(2)
    if fen != fen.to_integral_value():
        raise RuleError(N_("%(amount)s has more than two decimals"), field="amount", amount=total)
    parts = [Fraction(weight) for weight in weights]
    whole = sum(parts)
    if not whole or min(parts) < 0:
        raise RuleError(N_("Shares need weights that are not negative and not all zero"), field="weights")
    sign, left = (-1 if fen < 0 else 1), abs(int(fen))
    scaled = [divmod(left * part, whole) for part in parts]
    shares = [share for share, _remainder in scaled]
    order = sorted(range(len(shares)), key=lambda place: -scaled[place][1])
    for place in order[: left - sum(shares)]:
        shares[place] += 1
    return [Decimal(sign * share).scaleb(-2) for share in shares]


def in_capitals(amount: Decimal | int) -> str:
    """The amount in Chinese capitals (金额大写, 支付结算办法附一), without 人民币 in front: 壹佰零伍元叁角整.

    RuleError: more than two decimals, or beyond 9 999 999 999 999 999.99.
    """
    amount = Decimal(amount)
    if abs(amount) > LARGEST:
        raise RuleError(N_("%(amount)s is too large to be written in words"), field="amount", amount=amount)
    fen = amount.scaleb(2)
    if fen != fen.to_integral_value():
        raise RuleError(N_("%(amount)s has more than two decimals"), field="amount", amount=amount)
    yuan, cents = divmod(abs(int(fen)), 100)
    jiao, fen_left = divmod(cents, 10)
    words = f"{_spell(yuan)}元" if yuan or not cents else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif yuan and fen_left:
        words += "零"
    words += f"{_DIGITS[fen_left]}分" if fen_left else "整"
    return f"负{words}" if fen < 0 else words


def _spell(number: int) -> str:
    """A whole number below 10**16."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            upper, lower = divmod(number, size)
            zero = "零" if 0 < lower < size // 10 else ""
            return f"{_spell(upper)}{unit}{zero}{_spell(lower) if lower else ''}"
    words = ""
    for size, unit in _PLACES:
        digit, number = divmod(number, size)
        if digit:
            words += _DIGITS[digit] + unit
        elif words and number and not words.endswith("零"):
            words += "零"
    return words or "零"
