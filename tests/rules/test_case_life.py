"""The line of a case's life."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.case_life import life_line

TODAY = date(2026, 11, 27)
A, B, C = date(2025, 1, 2), date(2026, 3, 4), date(2040, 1, 2)


@pytest.mark.parametrize(("days", "line"), [
    ([A, B, None, C], [("0", A, "done"), ("1", B, "now"), ("2", None, "future"), ("3", C, "future")]),
    ([A, None, B, C], [("0", A, "done"), ("2", B, "now"), ("3", C, "future")]),
    ([None, None], [("0", None, "future"), ("1", None, "future")]),
    ([A], [("0", A, "now")]),
    ([C, A], [("1", A, "now")]),
])  # fmt: skip
def test_points(days: list[date | None], line: list[tuple]) -> None:
    found = life_line([(str(i), d) for i, d in enumerate(days)], TODAY)
    assert [(m.label, m.on, m.state) for m in found] == line


@given(st.lists(st.none() | st.integers(-5000, 5000)))
def test_one_point_at_most_is_now_and_the_done_come_first(offsets: list[int | None]) -> None:
    days = [None if o is None else TODAY + timedelta(days=o) for o in offsets]
    states = [m.state for m in life_line([("x", d) for d in days], TODAY)]
    assert states == sorted(states, key=["done", "now", "future"].index)
    assert states.count("now") == any(d is not None and d <= TODAY for d in days)
