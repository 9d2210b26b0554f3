"""Fee sheets: what is to be paid or charged in a case (费单, A-3.2.1.5.2, A-3.4.1)."""

from app.rules.case import CaseType, FeeReduction
from app.rules.choice import N_, Choice
from app.rules.fee import FeeBasis, FeeStage
from app.rules.fee_kind import FeeKind
from app.rules.workflow import Transition, Workflow


class FeeSheetType(Choice):
    """What a fee sheet is for (费单类型, ambiguities 27)."""

    APPLICATION = N_("Application fees")
    EXAMINATION = N_("Examination fees")
    REGISTRATION = N_("Registration fees")
    ANNUITY = N_("Annuities")
    RESTORATION = N_("Restoration fees")
    AGENCY = N_("Agency fees")
    OTHER = N_("Other")


class AuditStatus(Choice):
    """Whether a fee sheet was audited; only audited ones are paid or billed (A-3.4.1-06)."""

    UNAUDITED = N_("Not audited"), "hollow"
    AUDITED = N_("Audited"), "success"


FEE_SHEET_FLOW = Workflow(
    AuditStatus.UNAUDITED,
    (
        Transition("audit", N_("Audit"), (AuditStatus.UNAUDITED,), AuditStatus.AUDITED),
        Transition("unaudit", N_("Undo audit"), (AuditStatus.AUDITED,), AuditStatus.UNAUDITED),
    ),
)

_TYPE = FeeSheetType
#: The stages of the official fees that a sheet of each type holds; whatever belongs to none is OTHER.
_STAGES = {
    _TYPE.APPLICATION: frozenset({FeeStage.APPLICATION, FeeStage.PRIORITY, FeeStage.PCT_INTERNATIONAL,
                                  FeeStage.PCT_NATIONAL}),
    _TYPE.EXAMINATION: frozenset({FeeStage.EXAMINATION, FeeStage.REEXAMINATION, FeeStage.INVALIDATION,
                                  FeeStage.EXTENSION, FeeStage.MAINTENANCE}),
    _TYPE.REGISTRATION: frozenset({FeeStage.GRANT, FeeStage.ANNUITY}),  # with the annuity of the year of grant
    _TYPE.ANNUITY: frozenset({FeeStage.ANNUITY, FeeStage.SURCHARGE, FeeStage.TERM_COMPENSATION}),
    _TYPE.RESTORATION: frozenset({FeeStage.RESTORATION}),
}  # fmt: skip
#: What a sheet of each type holds without being asked, where it is made by itself (自动生成费单, ambiguities 28).
AUTOMATIC = {
    _TYPE.APPLICATION: frozenset({FeeStage.APPLICATION}),
    _TYPE.REGISTRATION: frozenset({FeeStage.GRANT, FeeStage.ANNUITY}),
}
#: Stages that only cases of one type go through.
_OWN_STAGES = {
    FeeStage.PCT_INTERNATIONAL: CaseType.PCT_INTERNATIONAL,
    FeeStage.PCT_NATIONAL: CaseType.PCT_NATIONAL,
}
PERCENT = {FeeReduction.NONE: 0, FeeReduction.SEVENTY: 70, FeeReduction.EIGHTY_FIVE: 85}
#: Fees that are counted by things the system does not know: they are one until somebody says how many.
_COUNTED = (FeeBasis.CLAIM, FeeBasis.PAGE, FeeBasis.ITEM)


def belongs(sheet_type: FeeSheetType, case_type: CaseType, kind: FeeKind, stage: FeeStage) -> bool:
    """Whether a fee is offered for sheets of a type in cases of a type: what 【挑拣费项】 lists."""
    if _OWN_STAGES.get(stage, case_type) is not case_type:
        return False
    if sheet_type is _TYPE.AGENCY or kind is FeeKind.AGENCY:
        return sheet_type is _TYPE.AGENCY and kind is FeeKind.AGENCY
    if sheet_type is _TYPE.OTHER:
        return kind is FeeKind.OTHER or not any(stage in stages for stages in _STAGES.values())
    return kind is FeeKind.OFFICIAL and stage in _STAGES[sheet_type]


def suggested_quantity(basis: FeeBasis, units: int) -> int:
    """How many units a picked fee begins with: those that are known of the case, else one."""
    return units if basis in _COUNTED and units else 1
