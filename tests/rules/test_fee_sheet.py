"""What 【挑拣费项】 offers for which sheet."""

import pytest

from app.rules.case import CaseType
from app.rules.fee import FeeBasis, FeeStage
from app.rules.fee_kind import FeeKind
from app.rules.fee_sheet import FeeSheetType, belongs, suggested_quantity

T, S, K = FeeSheetType, FeeStage, FeeKind


@pytest.mark.parametrize(("sheet", "case_type", "kind", "stage", "offered"), [
    (T.APPLICATION, CaseType.ORDINARY, K.OFFICIAL, S.APPLICATION, True),
    (T.APPLICATION, CaseType.ORDINARY, K.OFFICIAL, S.PCT_NATIONAL, False),
    (T.APPLICATION, CaseType.PCT_NATIONAL, K.OFFICIAL, S.PCT_NATIONAL, True),
    (T.APPLICATION, CaseType.ORDINARY, K.AGENCY, S.APPLICATION, False),
    (T.AGENCY, CaseType.ORDINARY, K.AGENCY, S.APPLICATION, True),
    (T.AGENCY, CaseType.ORDINARY, K.OFFICIAL, S.APPLICATION, False),
    (T.REGISTRATION, CaseType.ORDINARY, K.OFFICIAL, S.ANNUITY, True),
    (T.OTHER, CaseType.ORDINARY, K.OFFICIAL, S.BIBLIOGRAPHIC_CHANGE, True),
    (T.OTHER, CaseType.ORDINARY, K.OFFICIAL, S.APPLICATION, False),
    (T.OTHER, CaseType.ORDINARY, K.OTHER, S.APPLICATION, True),
])  # fmt: skip
def test_fees_of_a_sheet(sheet: T, case_type: CaseType, kind: K, stage: S, offered: bool) -> None:
    assert belongs(sheet, case_type, kind, stage) is offered


def test_every_official_stage_of_an_ordinary_case_is_offered_somewhere() -> None:
    own = {S.PCT_INTERNATIONAL, S.PCT_NATIONAL}
    for stage in set(S) - own:
        assert any(belongs(t, CaseType.ORDINARY, K.OFFICIAL, stage) for t in T), stage


@pytest.mark.parametrize(("basis", "units", "quantity"), [
    (FeeBasis.CLAIM, 3, 3), (FeeBasis.CLAIM, 0, 1), (FeeBasis.CASE, 1, 1), (FeeBasis.MONTH, 5, 1),
])  # fmt: skip
def test_where_the_quantity_begins(basis: FeeBasis, units: int, quantity: int) -> None:
    assert suggested_quantity(basis, units) == quantity
