"""Numbers: gap-free under concurrency on both databases, by the firm's own rules, and what may not be saved."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.rules.application_number import PatentType
from app.rules.errors import RuleError, RuleErrors
from app.rules.numbering import Segment, SegmentKind, SymbolValue
from app.services import numbering, parameters, records
from app.services.records import ChildRow
from app.services.unit_of_work import SYSTEM, act_as, unit_of_work
from models.case import Case
from models.numbering import NumberingScheme, NumberingSymbol, Serial

TODAY = date(2026, 11, 21)
THREADS, EACH = 6, 15


def scheme_of(session: Session, code: str = "case.our_ref") -> NumberingScheme:
    return session.execute(select(NumberingScheme).where(NumberingScheme.code == code)).scalar_one()


def save_segments(session: Session, *rows: dict, code: str = "case.our_ref") -> NumberingScheme:
    """Put other pieces in place of those of a rule, as the form does."""
    scheme = scheme_of(session, code)
    gone = [ChildRow({}, segment.id, delete=True) for segment in scheme.segments]
    fresh = [ChildRow({"position": at} | row) for at, row in enumerate(rows, start=100)]
    return records.save(session, NumberingScheme, scheme.id, {}, children={"segments": [*gone, *fresh]})


def in_threads(app: Flask, work) -> list:
    """What `work(session, n)` gives in many threads at once, each with its own session."""

    def run(number: int):
        with app.app_context():
            act_as(db.session, SYSTEM)
            return work(db.session, number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_serials_are_gap_free_under_concurrency(any_app: Flask) -> None:
    """A new scope, so that the first of all is contended for too; some units of work fail and give nothing away."""

    def take(session: Session, number: int) -> list[int]:
        taken = []
        for turn in range(EACH):
            try:
                with unit_of_work(session):
                    serial = numbering.next_serial(session, "test.contended")
                    if turn % 5 == number % 5:
                        raise RuntimeError("the case could not be saved")
                taken.append(serial)
            except RuntimeError:
                pass
        return taken

    serials = [serial for taken in in_threads(any_app, take) for serial in taken]
    assert sorted(serials) == list(range(1, THREADS * EACH * 4 // 5 + 1))


def test_cases_opened_at_once_get_one_number_each(any_app: Flask) -> None:
    def open_cases(session: Session, number: int) -> list[str]:
        made = []
        for _turn in range(5):
            case = records.save(session, Case, None, {"title": f"案{number}", "patent_type": PatentType.INVENTION})
            made.append(case.our_ref)
        return made

    refs = [ref for made in in_threads(any_app, open_cases) for ref in made]
    assert max(Counter(refs).values()) == 1
    serials = sorted(int(ref[5:]) for ref in refs)
    assert serials == list(range(serials[0], serials[0] + THREADS * 5))


def test_a_serial_is_only_given_inside_a_unit_of_work(session: Session) -> None:
    with pytest.raises(RuntimeError):
        numbering.next_serial(session, "case.our_ref")


def test_the_number_follows_the_pieces_and_steps_over_those_taken_by_hand(session: Session) -> None:
    save_segments(
        session,
        {"kind": SegmentKind.FIXED, "fixed_value": "PD-"},
        {"kind": SegmentKind.DATE, "start": 2, "length": 2},
        {"kind": SegmentKind.PATENT_TYPE},
        {"kind": SegmentKind.SERIAL, "length": 5},
    )
    numbering.set_serial(session, "case.our_ref", 41)
    year = f"{numbering.preview(session, 'case.our_ref', scheme_of(session).segments, TODAY)[0][1]}"[3:5]
    assert year == "26"
    case = {"title": "x", "patent_type": PatentType.DESIGN}
    first = records.save(session, Case, None, dict(case))
    assert first.our_ref[:3] == "PD-"
    assert first.our_ref[5:] == "W00042"
    records.save(session, Case, None, case | {"our_ref": f"{first.our_ref[:5]}W00043"})
    assert records.save(session, Case, None, dict(case)).our_ref[5:] == "W00044"


def test_the_preview_gives_nothing_away(session: Session) -> None:
    before = numbering.current_serial(session, "case.our_ref")
    segments = [Segment(SegmentKind.PATENT_TYPE, 1), Segment(SegmentKind.SERIAL, 2, length=4)]
    shown = numbering.preview(session, "case.our_ref", segments, TODAY)
    assert shown == [
        (patent_type, f"{letter}{before + 1:04}") for patent_type, letter in zip(PatentType, "FXW", strict=True)
    ]
    assert numbering.current_serial(session, "case.our_ref") == before


def test_the_switch_among_the_parameters_decides_from_the_next_start(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(parameters._AT_START, "custom_numbering", "0")
    case = records.save(session, Case, None, {"title": "x", "patent_type": PatentType.INVENTION})
    assert case.our_ref == case.case_no
    monkeypatch.setitem(parameters._AT_START, "custom_numbering", "1")
    case = records.save(session, Case, None, {"title": "x", "patent_type": PatentType.INVENTION})
    assert case.our_ref.startswith("F")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"kind": SegmentKind.FIXED, "fixed_value": "案"}, "segments-1-fixed_value"),
        ({"kind": SegmentKind.FIXED, "fixed_value": "A/B"}, "segments-1-fixed_value"),
        ({"kind": SegmentKind.FIXED}, "segments-1-fixed_value"),
        ({"kind": SegmentKind.DATE, "start": 6, "length": 4}, "segments-1-length"),
        ({"kind": SegmentKind.DATE, "length": 4}, "segments-1-start"),
        ({"kind": SegmentKind.SERIAL, "length": 4}, "kind"),
    ],
)
def test_what_cannot_make_a_number_is_refused_beside_its_row(session: Session, row: dict, field: str) -> None:
    with pytest.raises(RuleErrors) as refused:
        save_segments(session, {"kind": SegmentKind.SERIAL, "length": 4}, row)
    assert field in [error.field for error in refused.value.errors]


def test_pieces_change_places(any_session: Session) -> None:
    scheme = scheme_of(any_session)
    ids = [segment.id for segment in scheme.segments]
    turned = [ChildRow({"position": at}, key) for at, key in enumerate(reversed(ids), start=1)]
    records.save(any_session, NumberingScheme, scheme.id, {}, children={"segments": turned})
    any_session.expire_all()
    assert [segment.id for segment in scheme_of(any_session).segments] == ids[::-1]


def test_symbols_are_checked(session: Session) -> None:
    value = SymbolValue["CASE_TYPE_OTHER"]
    row = session.execute(select(NumberingSymbol).where(NumberingSymbol.value == value)).scalar_one()
    for change in ({"symbol": "其他"}, {"symbol": "A:"}, {"item": SegmentKind.DIRECTION}):
        with pytest.raises(RuleError):
            records.save(session, NumberingSymbol, row.id, change)
    assert records.save(session, NumberingSymbol, row.id, {"symbol": "Q_1"}).symbol == "Q_1"


def test_the_serial_may_be_set_but_not_below_zero(session: Session) -> None:
    numbering.set_serial(session, "case.our_ref", 777)
    assert session.execute(select(Serial.current).where(Serial.scope == "case.our_ref")).scalar_one() == 777
    numbering.set_serial(session, "never.used", 5)
    with unit_of_work(session):
        assert numbering.next_serial(session, "never.used") == 6
    with pytest.raises(RuleError):
        numbering.set_serial(session, "case.our_ref", -1)
