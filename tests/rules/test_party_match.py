"""Parties entered twice: which names count as one, and which do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.party_match import Entry, Likeness, distance, likeness, number_key, pieces, slips
from app.rules.party_name import canonical, core, short_name

PLACES = ("江苏省", "苏州市", "北京市", "内蒙古自治区", "上海市")
HAN = st.sampled_from("衡川智能装备科技苏州江澄半导体新材料研究甲乙丙丁戊己庚辛")
NAMES = st.text(HAN, min_size=2, max_size=24)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("衡川智能装备（苏州）有限公司", "衡川智能装备(苏州)有限责任公司", Likeness.NAME),
        ("ＡＢＣ 科技有限公司", "abc科技有限公司", Likeness.NAME),
        ("Foo Bar Co., Ltd.", "FOO BAR COMPANY LIMITED", Likeness.NAME),
        ("O'Neil & Sons, Inc.", "ONeil Sons Incorporated", Likeness.NAME),
        ("衡川智能装备有限公司", "衡川智能装备股份有限公司", Likeness.SIMILAR),
        ("衡川智能装备有限公司", "衡川智能装备", Likeness.SIMILAR),
        ("澜洲半导体（上海）有限公司", "澜洲半导体（上诲）有限公司", Likeness.SIMILAR),
        ("澜洲半导体（上海）有限公司", "澜洲半导体（南京）有限公司", None),
        ("张伟", "张炜", None),
        ("张伟", "张 伟", Likeness.NAME),
        ("江澄大学", "江城学院", None),
        ("", "", None),
        ("（）", "()", None),
    ],
)
def test_names(one: str, other: str, reason: Likeness | None) -> None:
    assert likeness(Entry(one), Entry(other)) is reason
    assert likeness(Entry(other), Entry(one)) is reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (Entry("张伟", "zhangwei"), Entry("章炜", "zhangwei"), Likeness.SOUND),
        (Entry("张伟", "zhangwei"), Entry("张炜", ""), None),
        (Entry("甲", certificate="9132 0500-MA1X"), Entry("乙", certificate="91320500ma1x"), Likeness.CERTIFICATE),
        (Entry("甲", certificate="１２３４"), Entry("乙", certificate="1234"), Likeness.CERTIFICATE),
        (Entry("甲乙", certificate="无"), Entry("丙丁", certificate="无"), None),
        (Entry("甲乙", certificate=""), Entry("丙丁", certificate=""), None),
    ],
)
def test_sound_and_number(one: Entry, other: Entry, reason: Likeness | None) -> None:
    assert likeness(one, other) is reason


@given(NAMES)
def test_how_a_name_is_set_does_not_matter(name: str) -> None:
    wide = "".join(f"　{c} " for c in name)
    assert canonical(f"（{wide}）有限责任公司") == canonical(f"{name}有限公司")
    assert canonical(canonical(name)) == canonical(name)
    assert core(core(name)) == core(name)


@given(NAMES, NAMES)
def test_the_distance_is_a_distance(one: str, other: str) -> None:
    most = max(len(one), len(other))
    far = distance(one, other, most)
    assert far == distance(other, one, most)
    assert (far == 0) == (one == other)
    assert abs(len(one) - len(other)) <= far <= most
    assert distance(one, other, 1) == min(far, 2)


@given(NAMES, st.data())
def test_a_name_with_slips_keeps_a_piece(name: str, data: st.DataObject) -> None:
    wrong = name
    for _slip in range(slips(core(name))):
        at = data.draw(st.integers(0, len(wrong)))
        wrong = data.draw(st.sampled_from([wrong[:at] + "错" + wrong[at:], wrong[:at] + "错" + wrong[at + 1 :]]))
    assert any(piece in wrong for piece in pieces(name))


@given(st.text(st.sampled_from("0123456789ABCX"), max_size=18))
def test_a_number_is_the_same_with_blanks(number: str) -> None:
    assert number_key(" ".join(number.lower())) == number


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("江苏省苏州市衡川智能科技有限公司", "衡川智能科技"),
        ("苏州衡川智能科技有限责任公司", "衡川智能科技"),
        ("衡川智能装备（苏州）有限公司", "衡川智能装备"),
        ("北京江澄集团有限公司", "江澄"),
        ("内蒙古草原股份有限公司", "草原"),
        ("上海有限公司", "上海"),
        ("北京大学", "北京大学"),
        ("张三", "张三"),
        ("Foo & Bar LLP", "Foo & Bar LLP"),
        (" 新来的有限公司 ", "新来的"),
    ],
)
def test_short_names(full: str, short: str) -> None:
    assert short_name(full, PLACES) == short


@given(st.text(max_size=40))
def test_a_short_name_is_part_of_the_full_one_and_says_something(full: str) -> None:
    short = short_name(full, PLACES)
    assert len(short) <= len(full)
    assert bool(short) == bool(full.strip())
