"""Fee sheets: what is to be paid or charged in a case (费单, A-3.2.1.5.2, A-3.4.1)."""

from app.rules.choice import N_, Choice
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
