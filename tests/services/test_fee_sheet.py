"""Fee sheets: priced by the tables to the fen, made by themselves, closed once audited (A-3.2.1.5.2)."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import views
from app.rules.application_number import PatentType
from app.rules.case import FeeReduction
from app.rules.errors import RuleError
from app.rules.fee_sheet import AuditStatus, FeeSheetType
from app.services import documents, fee_sheet, parameters, records
from app.services.records import ChildRow
from models.case import Case
from models.fee import FeeItem
from models.fee_sheet import FeeSheet
from tests.services.case_work import acts, demo_filing

assert views.MENU


@pytest.fixture
def case(any_session: Session) -> Case:
    return demo_filing(any_session).case


def item(session: Session, code: str) -> FeeItem:
    return session.execute(select(FeeItem).where(FeeItem.code == code)).scalars().one()


def row(session: Session, code: str, quantity: int = 1, amount: str = "0", row_id: int | None = None) -> ChildRow:
    typed = Decimal(amount)
    return ChildRow({"fee_item_id": item(session, code).id, "quantity": quantity, "standard_amount": typed,
                     "amount": typed}, row_id)  # fmt: skip


def sheet(session: Session, case: Case, *rows: ChildRow, **values: object) -> FeeSheet:
    given = {"case_id": case.id, "sheet_type": FeeSheetType.APPLICATION, "fee_reduction": FeeReduction.EIGHTY_FIVE}
    return records.save(session, FeeSheet, None, given | values, children={"lines": list(rows)})


def amounts(made: FeeSheet) -> list[tuple[str, str]]:
    return [(str(x.standard_amount), str(x.amount)) for x in made.lines]


@pytest.mark.parametrize(("reduction", "expected"), [
    (FeeReduction.NONE, [("900.00", "900.00"), ("450.00", "450.00")]),
    (FeeReduction.SEVENTY, [("900.00", "270.00"), ("450.00", "450.00")]),
    (FeeReduction.EIGHTY_FIVE, [("900.00", "135.00"), ("450.00", "450.00")]),
])  # fmt: skip
def test_official_fees_cost_what_the_tables_say(
    any_session: Session, case: Case, reduction: FeeReduction, expected: list
) -> None:
    """Whatever was typed: 申请费 is reduced, 附加费 is not (A-3.2.1.5.2-02)."""
    rows = [row(any_session, "CN-INV-FILE", amount="1"), row(any_session, "CN-CLAIM-EXC", 3, amount="1")]
    made = sheet(any_session, case, *rows, fee_reduction=reduction)
    assert amounts(made) == expected
    assert made.sheet_no.startswith("FD")


def test_agency_fees_are_as_agreed(any_session: Session, case: Case) -> None:
    made = sheet(any_session, case, row(any_session, "AG-INV", amount="5000"), sheet_type=FeeSheetType.AGENCY)
    assert amounts(made) == [("5000.00", "5000.00")]


def test_another_reduction_prices_anew(any_session: Session, case: Case) -> None:
    made = sheet(any_session, case, row(any_session, "CN-INV-FILE"))
    records.save(any_session, FeeSheet, made.id, {"fee_reduction": FeeReduction.NONE})
    assert amounts(made) == [("900.00", "900.00")]


def test_offers_are_of_the_case_its_type_and_today(any_session: Session, case: Case) -> None:
    """A-3.2.1.5.2-04; what other sheets hold already says so (A-msg-09)."""
    number = sheet(any_session, case, row(any_session, "CN-INV-FILE")).sheet_no
    offers = fee_sheet.offers(any_session, case, FeeSheetType.APPLICATION, FeeReduction.EIGHTY_FIVE)
    by_code = {o.item.code: o for o in offers}
    assert by_code["CN-INV-FILE"].amount == Decimal("135.00")
    assert by_code["CN-INV-FILE"].used_in == (number,)
    assert by_code["CN-PUB"].used_in == ()
    assert not {"CN-UM-FILE", "CN-DES-FILE", "CN-EXAM", "AG-INV"} & by_code.keys()
    assert not {c for c in by_code if c.startswith("PCT")}
    old = fee_sheet.offers(any_session, case, FeeSheetType.REGISTRATION, FeeReduction.NONE)
    assert "CN-INV-REG" not in {o.item.code for o in old}, "charged until 2018 only"


def test_claims_and_pages_come_from_the_documents(any_session: Session, case: Case) -> None:
    one = demo_filing(any_session)
    acts(any_session, "tangruolan")
    wanted = {"权利要求书": {"claims": 14}, "说明书": {"pages": 32}, "说明书附图": {"pages": 5}}
    for document in list(one.documents):
        if document.name in wanted:
            documents.describe(any_session, document.id, wanted[document.name])
    acts(any_session, None)
    offers = fee_sheet.offers(any_session, one.case, FeeSheetType.APPLICATION, FeeReduction.NONE)
    found = {o.item.code: (o.quantity, o.standard) for o in offers}
    assert found["CN-CLAIM-EXC"] == (4, Decimal("600.00"))
    assert found["CN-SPEC-31"] == (7, Decimal("350.00"))


def test_an_audited_sheet_is_only_viewed(any_session: Session, case: Case) -> None:
    made = sheet(any_session, case, row(any_session, "CN-INV-FILE"))
    records.move(any_session, made, "audit")
    assert made.status is AuditStatus.AUDITED
    for deed in (lambda: records.save(any_session, FeeSheet, made.id, {"remark": "改"}),
                 lambda: records.delete(any_session, FeeSheet, [made.id])):  # fmt: skip
        with pytest.raises(RuleError) as refused:
            deed()
        assert refused.value.code == "conflict"
    records.move(any_session, made, "unaudit")
    records.save(any_session, FeeSheet, made.id, {"remark": "改"})


def reviewed(session: Session) -> Case:
    values = {"title": "一种传感器", "patent_type": PatentType.INVENTION, "client_id": 1,
              "fee_reduction": FeeReduction.SEVENTY, "claims_count": 12}  # fmt: skip
    case = records.save(session, Case, None, values, children={"applicants": [ChildRow({"applicant_id": 1})]})
    records.move(session, case, "complete_review")
    return case


def test_a_reviewed_case_gets_its_application_fees(any_session: Session) -> None:
    """ambiguities 28: unaudited, with the excess of claims; not twice."""
    case = reviewed(any_session)
    (made,) = any_session.execute(select(FeeSheet).where(FeeSheet.case_id == case.id)).scalars().all()
    assert (made.sheet_type, made.status) == (FeeSheetType.APPLICATION, AuditStatus.UNAUDITED)
    lines = {x.fee_item.code: (x.quantity, str(x.amount)) for x in made.lines}
    assert lines == {"CN-INV-FILE": (1, "270.00"), "CN-CLAIM-EXC": (2, "300.00"), "CN-PUB": (1, "50.00")}
    assert fee_sheet.generate(any_session, case, FeeSheetType.APPLICATION) is None


def test_switched_off_no_sheet_makes_itself(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parameters._AT_START, "auto_fee_sheet", "0")
    case = reviewed(session)
    assert session.execute(select(FeeSheet.id).where(FeeSheet.case_id == case.id)).first() is None
