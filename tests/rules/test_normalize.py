"""What people type and spreadsheets hold, made into texts, dates, numbers and lists of names."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.errors import RuleError
from app.rules.normalize import (
    clean_text,
    parse_date,
    parse_decimal,
    parse_integer,
    split_agency,
    split_names,
    unmangle_integer_text,
)

DAY = date(2012, 5, 31)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, ""),
        ("\ufeff　ＬＥＤ２　灯（一种）：甲；乙？ ", "LED2 灯（一种）：甲；乙？"),
        ("一种\r\n装置\u200b", "一种 装置"),
        ("100％～200℃", "100％～200℃"),
        ("a\x00b\tc", "ab c"),
        ("０９ＡＺａｚ／＠［", "09AZaz／＠［"),
        ("a\u200cb\u200dc\u2060d\xa0e", "abcd e"),
        (12, "12"),
    ],
)
def test_texts_are_cleaned_and_chinese_punctuation_stays(given, text):
    assert clean_text(given) == text


def test_line_breaks_stay_where_they_mean_something():
    assert clean_text(" 一 \r\n\r\n 二\n", multiline=True) == "一\n\n二"


@pytest.mark.parametrize(
    "given",
    [
        DAY,
        datetime(2012, 5, 31, 23, 59),
        "2012.05.31",
        "2012.5.31",
        "20120531",
        20120531,
        20120531.0,
        "20120531.0",
        "2012/5/31",
        "2012-5-31",
        " 2012-05-31 ",
        "2012-05-31 00:00:00",
        "2012-05-31T10:20:30.5Z",
        "2012/5/31 0:00",
        "2012年5月31日",
        "2012 年 05 月 31 日",
        "２０１２年５月３１日",
        "２０１２．０５．３１",
        "2012 05 31",
        "2012–05–31",
        "2012-5-31日",
        "'2012-05-31",
        "May 31, 2012",
        "31-May-2012",
        41060,
        41060.0,
        41060.75,
        "41060",
    ],
)
def test_a_day_is_read_in_every_usual_writing(given):
    assert parse_date(given) == DAY
    assert type(parse_date(given)) is date


@pytest.mark.parametrize("given", ["2015-13-10", "2015-02-29", "20150231", "2015年4月31日"])
def test_a_day_that_is_not_in_the_calendar_is_refused(given):
    with pytest.raises(RuleError, match="There is no such day") as refusal:
        parse_date(given, field="filing_date")
    assert refusal.value.field == "filing_date"


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "明天",
        "12-05-31",
        "5/31/2012",
        "2012-05",
        "2012-05/31",
        "0001-01-01",
        "9" * 5000,
        7,
        float("nan"),
        float("inf"),
        -3.5,
        True,
        "2012-5-31x",
        "12.05.31",
        "Xyz 3, 2012",
    ],
)
def test_what_is_not_a_day_is_refused(given):
    with pytest.raises(RuleError, match="is not a date"):
        parse_date(given)


def test_serial_numbers_are_read_from_1940_to_2199_only():
    assert [parse_date(serial) for serial in (14611, 14611.0, 14611.5, 109574.5)] == [
        date(1940, 1, 1),
        date(1940, 1, 1),
        date(1940, 1, 1),
        date(2199, 12, 31),
    ]
    assert parse_date("21991231") == date(2199, 12, 31)
    for serial in (14610, 14610.5, 109575, 109575.5, "22000101"):
        with pytest.raises(RuleError):
            parse_date(serial)


@given(st.dates(date(1940, 1, 1), date(2199, 12, 31)))
def test_every_writing_of_a_day_gives_it_back(day):
    serial = (day - date(1899, 12, 30)).days
    for written in (day.isoformat(), f"{day:%Y%m%d}", f"{day:%Y.%m.%d}", f"{day.year}年{day.month}月{day.day}日"):
        assert parse_date(written) == day
    assert parse_date(serial) == parse_date(serial + 0.5) == day


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("1,234.50", "1234.50"),
        ("￥1234.5", "1234.5"),
        ("¥ 1,234.50 元", "1234.50"),
        ("１，２３４．５０", "1234.50"),
        ("CNY 900", "900"),
        ("-3", "-3"),
        ("(5.00)", "-5.00"),
        ("（￥5.00）", "-5.00"),
        (".5", "0.5"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (Decimal("2.50"), "2.50"),
        (7, "7"),
    ],
)
def test_numbers_are_read(given, number):
    assert parse_decimal(given) == Decimal(number)


@pytest.mark.parametrize(
    "given",
    [None, "", "一百", "1,23,4", "1.2.3", "12abc", "--1", "(1", "1)", float("nan"), float("inf"), "NaN", True, "1e5"],
)
def test_what_is_not_a_number_is_refused(given):
    with pytest.raises(RuleError, match="is not a number") as refusal:
        parse_decimal(given, field="amount")
    assert refusal.value.field == "amount"


def test_whole_numbers():
    assert [parse_integer(value) for value in ("12", "12.0", 12.0, "１２", "1,200")] == [12, 12, 12, 12, 1200]
    with pytest.raises(RuleError, match="is not a whole number"):
        parse_integer("12.5")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("2015207546755.0", "2015207546755"),
        (2015207546755.0, "2015207546755"),
        ("2.015207546755E+12", "2015207546755"),
        ("2.0152E+12", "2.0152E+12"),
        ("44347.0", "44347"),
        ("A12.0", "A12.0"),
        ("1.5", "1.5"),
        (None, ""),
    ],
)
def test_codes_that_became_floats_are_restored(given, text):
    assert unmangle_integer_text(given) == text


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("张三;李四；王五、赵六|钱七\n孙八;", ["张三", "李四", "王五", "赵六", "钱七", "孙八"]),
        ("平安银行股份有限公司;", ["平安银行股份有限公司"]),
        ("张三，李四,王五，", ["张三", "李四", "王五"]),
        ("张三;张三;李四", ["张三", "李四"]),
        ("Foo Co., Ltd", ["Foo Co., Ltd"]),
        ("Foo, Inc.; Bar, LLC;", ["Foo, Inc.", "Bar, LLC"]),
        ("甲（上海）Co., Ltd.，乙公司", ["甲（上海）Co., Ltd.", "乙公司"]),
        ("甲公司, 上海;乙公司", ["甲公司, 上海", "乙公司"]),
        ("", []),
        (" ; ；、", []),
        (None, []),
    ],
)
def test_names_are_split(given, names):
    assert split_names(given) == names


@pytest.mark.parametrize(
    ("given", "agency"),
    [
        ("深圳市沃德知识产权代理事务所(普通合伙) 44347", ("深圳市沃德知识产权代理事务所(普通合伙)", "44347")),
        ("北京某某专利代理有限公司11227.0", ("北京某某专利代理有限公司", "11227")),
        ("某某事务所（11227）", ("某某事务所", "11227")),
        ("某某事务所(普通合伙)", ("某某事务所(普通合伙)", "")),
        ("", ("", "")),
    ],
)
def test_agency_name_and_code(given, agency):
    assert split_agency(given) == agency


@pytest.mark.parametrize("given", ["9" * 21, "0." + "1" * 21, "9" * 6_000, 1e300, -1e25])
def test_numbers_of_more_digits_than_anything_has_are_refused(given):
    with pytest.raises(RuleError, match="too large"):
        parse_decimal(given, field="amount")
