"""Kinds, phases and states of cases (A-3.2.1.2)."""

from app.rules.choice import N_, Choice
from app.rules.workflow import Workflow


class CaseType(Choice):
    """What a case is about (案卷类型, A-3.2.1.2.1-03)."""

    ORDINARY = N_("Ordinary application")
    PCT_INTERNATIONAL = N_("PCT international phase")
    PCT_NATIONAL = N_("PCT national phase")
    HONG_KONG = N_("Hong Kong registration")
    MACAO = N_("Macao registration")
    DIVISIONAL = N_("Divisional")
    SEARCH = N_("Search case")
    INVALIDATION = N_("Invalidation case")
    LITIGATION = N_("Litigation case")
    OTHER = N_("Other")


class StartPhase(Choice):
    """Where an older case enters the firm's books (开始阶段, A-3.2.1.2.2-02)."""

    NEW_APPLICATION = N_("New application")
    PRELIMINARY = N_("Preliminary examination")
    SUBSTANTIVE = N_("Substantive phase")
    REEXAMINATION = N_("Reexamination")
    MAINTENANCE = N_("Maintenance of patent right")
    INTERNATIONAL = N_("International preliminary examination")
    OTHER = N_("Other")


class FilingDirection(Choice):
    """From where to where an application goes (申请方向, A-3.2.1.2.2-04)."""

    DOMESTIC = N_("Domestic to domestic")
    INBOUND = N_("Foreign to domestic")
    OUTBOUND = N_("Filing abroad")


class FilingMethod(Choice):
    """How it is filed (申请方式, A-3.2.1.2.2-05)."""

    PAPER = N_("Paper filing")
    ELECTRONIC = N_("Electronic filing")
    ELECTRONIC_OTHER = N_("Electronic filing (not XML)")


class FeeReduction(Choice):
    """The part of the official fees that is waived (费减比例)."""

    NONE = N_("No reduction")
    SEVENTY = N_("70%")
    EIGHTY_FIVE = N_("85%")


class PartyRole(Choice):
    """As what a party stands in a case (A-3.2.1.2.3)."""

    APPLICANT = N_("Applicant")
    PATENTEE = N_("Patentee")
    REQUESTER = N_("Requester")


class RequirementSource(Choice):
    """Where a requirement of a case was taken from (A-3.2.1.2.7)."""

    LIBRARY = N_("Library")
    CLIENT = N_("Client")
    APPLICANT = N_("Applicant")


class CaseStatus(Choice):
    """How far a case has come (案卷状态)."""

    INTAKE_REVIEW = N_("Awaiting intake review"), "hollow"
    REVIEWED = N_("Review completed"), "info"
    IN_PROGRESS = N_("Case in progress"), "half"
    SUBSTANTIVE_REVIEW = N_("In substantive review"), "half"
    PREPARATION = N_("In document preparation"), "half"
    QUALITY_CHECK = N_("In quality check"), "half"
    AWAITING_DISPATCH = N_("Awaiting dispatch"), "warning"
    DISPATCHED = N_("Dispatched"), "info"
    FILED = N_("Filed"), "info"
    GRANTED = N_("Granted"), "success"
    CLOSING_REVIEW = N_("Closing under review"), "warning"
    CLOSED = N_("Closed"), "muted"
    REINSTATED = N_("Reinstated"), "success"


#: No step of the life cycle is open to hand yet; the status is set at intake and by import only.
CASE_FLOW = Workflow(CaseStatus.INTAKE_REVIEW, ())
