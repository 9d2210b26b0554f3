"""Requests to close a case and to reinstate a closed one (A-3.2.2.5)."""

from app.rules.choice import N_, Choice
from app.rules.workflow import Transition, Workflow


class RequestStatus(Choice):
    """How far a request has come (结案状态、恢复状态)."""

    SAVED = N_("Saved, not handed in"), "hollow"
    PENDING = N_("Not reviewed"), "warning"
    APPROVED = N_("Reviewed"), "success"
    REFUSED = N_("Refused"), "muted"


_S = RequestStatus
_STEPS = (
    Transition("hand_in", N_("Hand in for review"), (_S.SAVED,), _S.PENDING, asks=("reviewer",)),
    Transition("approve", N_("Agree"), (_S.PENDING,), _S.APPROVED, asks=("opinion",)),
    Transition("refuse", N_("Disagree"), (_S.PENDING,), _S.REFUSED, asks=("opinion",)),
)
CLOSING_FLOW = Workflow(_S.SAVED, _STEPS)
REINSTATEMENT_FLOW = Workflow(_S.SAVED, _STEPS)
