"""The life of rows that are never deleted once used, only set invalid (有效标记)."""

from app.rules.choice import N_, Choice
from app.rules.workflow import Transition, Workflow


class Validity(Choice):
    """Whether a row may still be chosen (有效标记)."""

    VALID = N_("Valid"), "success"
    INVALID = N_("Invalid"), "muted"


#: A valid row can only be set invalid and the other way round (A-3.1.2.3.2-01).
VALIDITY_FLOW = Workflow(
    Validity.VALID,
    (
        Transition("set_invalid", N_("Set invalid"), (Validity.VALID,), Validity.INVALID),
        Transition("set_valid", N_("Set valid"), (Validity.INVALID,), Validity.VALID),
    ),
    field="valid",
)
