"""Who is suggested for a case: fields, free time, deadline; every score within bounds and never against the facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.allocation import Candidate, Subject, fields_of, nearness, subclass, suggest

FIELDS = st.sampled_from(["B23Q", "B23P", "B23", "B65D", "H04", "G06F", "A"])
CANDIDATES = st.builds(
    Candidate, key=st.integers(1, 9), load=st.integers(0, 40), capacity=st.none() | st.integers(1, 30),
    specialities=st.lists(FIELDS, max_size=3).map(tuple), similar=st.integers(0, 9), for_client=st.integers(0, 9),
    late=st.integers(0, 5),
)  # fmt: skip
SUBJECTS = st.builds(
    Subject,
    ipc=st.none() | st.sampled_from(["B23Q 3/06", "H04L 9/32", "A61F 2/06", "?"]),
    days_left=st.none() | st.integers(-30, 90),
)


def score(subject: Subject, one: Candidate) -> int:
    return suggest(subject, [one])[0].score


@pytest.mark.parametrize(
    ("text", "found"),
    [("B23Q 3/06", "B23Q"), (" b23q3/06", "B23Q"), ("H04", "H04"), ("A", "A"), ("14-02", ""), (None, ""), ("", "")],
)
def test_the_subclass_of_a_classification(text: str | None, found: str) -> None:
    assert subclass(text) == found


def test_fields_as_people_type_them() -> None:
    assert fields_of("B23; G06F，h04、G06F 机械") == ("B23", "G06F", "H04")
    assert fields_of(None) == ()


@pytest.mark.parametrize(
    ("own", "worth", "which"),
    [
        (("B23Q",), 1.0, "B23Q"), (("B23P",), 0.8, "B23P"), (("B23",), 0.8, "B23"), (("B65D",), 0.4, "B65D"),
        (("B",), 0.4, "B"), (("G06F",), 0.0, ""), ((), 0.0, ""), (("B65D", "B23Q"), 1.0, "B23Q"),
    ],
)  # fmt: skip
def test_how_near_a_field_is(own: tuple[str, ...], worth: float, which: str) -> None:
    near, named = nearness("B23Q 3/06", own)
    assert (float(near), named) == (worth, which)


@pytest.mark.parametrize(
    ("subject", "one", "points", "codes"),
    [
        (Subject("B23Q 3/06", 30), Candidate(1, 5, 20, ("B23Q",)), 91, ["field", "free", "deadline"]),
        (Subject("B23Q 3/06", 3), Candidate(1, 5, 20, ("B23Q",)), 88, ["field", "free", "deadline"]),
        (Subject("B23Q 3/06"), Candidate(1, 20, 20, ("B23Q",)), 32, ["field", "full"]),
        (Subject("B23Q 3/06"), Candidate(1, 0, 20), 50, ["strange", "free"]),
        (Subject("B23Q 3/06"), Candidate(1, 0, 20, similar=5), 95, ["similar", "free"]),
        (Subject(None), Candidate(1, 0), 75, ["no_field", "free"]),
        (Subject("B23Q 3/06"), Candidate(1, 10, 20, ("B23Q",), 2, 6, 1), 75,
         ["field", "similar", "free", "client", "late"]),
        (Subject("B23Q 3/06", -2), Candidate(1, 0, 20, ("B23Q",)), 100, ["field", "free", "deadline"]),
    ],
)  # fmt: skip
def test_scores_and_reasons(subject: Subject, one: Candidate, points: int, codes: list[str]) -> None:
    found = suggest(subject, [one])[0]
    assert (found.score, [r.code for r in found.reasons]) == (points, codes)


def test_free_time_counts_more_when_the_filing_is_near() -> None:
    expert, free = Candidate(1, 16, 20, ("B23Q",)), Candidate(2, 0, 20, ("B65D",))
    assert [s.key for s in suggest(Subject("B23Q 3/06", 60), [expert, free])] == [1, 2]
    assert [s.key for s in suggest(Subject("B23Q 3/06", 5), [expert, free])] == [2, 1]


@given(SUBJECTS, st.lists(CANDIDATES, max_size=6))
def test_each_candidate_has_a_score_and_says_why(subject: Subject, candidates: list[Candidate]) -> None:
    found = suggest(subject, candidates)
    assert sorted(s.key for s in found) == sorted(c.key for c in candidates)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    for one in found:
        assert 0 <= one.score <= 100
        assert one.reasons
        assert all(step.message % step.params for step in one.reasons)


@given(SUBJECTS, CANDIDATES)
def test_more_work_or_more_delay_never_helps(subject: Subject, one: Candidate) -> None:
    before = score(subject, one)
    assert score(subject, replace(one, load=one.load + 1)) <= before
    assert score(subject, replace(one, late=one.late + 1)) <= before


@given(SUBJECTS, CANDIDATES, FIELDS)
def test_more_experience_never_harms(subject: Subject, one: Candidate, field: str) -> None:
    before = score(subject, one)
    assert score(subject, replace(one, similar=one.similar + 1)) >= before
    assert score(subject, replace(one, specialities=(*one.specialities, field))) >= before
