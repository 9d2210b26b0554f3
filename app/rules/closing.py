"""Requests to close a case and to reinstate a closed one (A-3.2.2.5)."""

from typing import Any

from app.rules.case import ACTIVE, CaseStatus
from app.rules.choice import N_, Choice
from app.rules.workflow import Transition, Workflow


class RequestStatus(Choice):
    """How far a request has come (结案状态、恢复状态)."""

    SAVED = N_("Saved, not handed in"), "hollow"
    PENDING = N_("Not reviewed"), "warning"
    APPROVED = N_("Reviewed"), "success"
    REFUSED = N_("Refused"), "muted"


#: Requests that are not decided yet: a case has one of them at most.
UNDECIDED = (RequestStatus.SAVED, RequestStatus.PENDING)

_S = RequestStatus


def _steps(*optional: str) -> tuple[Transition, ...]:
    return (
        Transition("hand_in", N_("Hand in for review"), (_S.SAVED,), _S.PENDING, asks=("reviewer",), optional=optional),
        Transition("approve", N_("Agree"), (_S.PENDING,), _S.APPROVED, asks=("opinion",)),
        Transition("refuse", N_("Disagree"), (_S.PENDING,), _S.REFUSED, asks=("opinion",)),
    )


#: confirmed: that tasks are unfinished or not cleared, and the case is to be closed all the same (ambiguities 13).
CLOSING_FLOW = Workflow(_S.SAVED, _steps("confirmed"))
REINSTATEMENT_FLOW = Workflow(_S.SAVED, _steps())


def state_before(case: Any) -> CaseStatus:
    """The state a case whose closing is refused goes back to; guessed for cases that were taken over half closed."""
    kept: CaseStatus | None = case.status_before
    if kept in ACTIVE:
        return kept
    if case.grant_date is not None:
        return CaseStatus.GRANTED
    return CaseStatus.FILED if case.app_no or case.filing_date else CaseStatus.IN_PROGRESS
