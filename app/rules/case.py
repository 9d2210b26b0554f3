"""Kinds, phases and states of cases (A-3.2.1.2)."""

from app.rules.choice import N_, Choice
from app.rules.workflow import Transition, Workflow


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


#: States in which a case lives; its closing may be asked for in any of them.
ACTIVE = tuple(s for s in CaseStatus if s not in (CaseStatus.CLOSING_REVIEW, CaseStatus.CLOSED))

_S = CaseStatus
#: The life of a case (案卷状态). Only the review of the intake is a button of the case itself; all else follows from
#: what is done with its allocation, its first filing (rules.filing), its notices and its closing.
CASE_FLOW = Workflow(
    _S.INTAKE_REVIEW,
    (
        Transition("complete_review", N_("Complete review"), (_S.INTAKE_REVIEW,), _S.REVIEWED),
        Transition("allocate", N_("Allocate"), (_S.REVIEWED, _S.REINSTATED), _S.IN_PROGRESS, internal=True),
        Transition("finalize", N_("Finalize"), (_S.IN_PROGRESS,), _S.SUBSTANTIVE_REVIEW, internal=True),
        Transition("return_review", N_("Return from review"), (_S.SUBSTANTIVE_REVIEW,), _S.IN_PROGRESS, internal=True),
        Transition("pass_review", N_("Pass review"), (_S.SUBSTANTIVE_REVIEW,), _S.PREPARATION, internal=True),
        Transition("finish_preparation", N_("Finish preparation"), (_S.PREPARATION,), _S.QUALITY_CHECK, internal=True),
        Transition("return_to_handler", N_("Return to the handler"), (_S.QUALITY_CHECK,), _S.IN_PROGRESS,
                   internal=True),
        Transition("return_to_preparation", N_("Return to preparation"), (_S.QUALITY_CHECK,), _S.PREPARATION,
                   internal=True),
        Transition("pass_check", N_("Pass quality check"), (_S.QUALITY_CHECK,), _S.AWAITING_DISPATCH, internal=True),
        Transition("dispatch", N_("Dispatch"), (_S.AWAITING_DISPATCH,), _S.DISPATCHED, internal=True),
        Transition("take_back", N_("Not handed in"), (_S.DISPATCHED,), _S.AWAITING_DISPATCH, internal=True),
        Transition("acknowledge", N_("Acknowledge"), (_S.DISPATCHED, _S.REINSTATED), _S.FILED, internal=True),
        Transition("grant", N_("Grant"), (_S.FILED, _S.REINSTATED), _S.GRANTED, internal=True),
        Transition("request_closing", N_("Request closing"), ACTIVE, _S.CLOSING_REVIEW, internal=True),
        Transition("close", N_("Close"), (_S.CLOSING_REVIEW,), _S.CLOSED, internal=True),
        Transition("reinstate", N_("Reinstate"), (_S.CLOSED,), _S.REINSTATED, internal=True),
        *(
            Transition(f"keep_{s.name.lower()}", N_("Closing refused"), (_S.CLOSING_REVIEW,), s, internal=True)
            for s in ACTIVE
        ),
    ),
)  # fmt: skip


def keep_step(state: CaseStatus) -> str:
    """The step by which a case whose closing was refused goes back to the state it was in."""
    return f"keep_{state.name.lower()}"
