"""The life cycles written down by hand a second time: each step, what it leaves and reaches (A-3.2.1.2.10-01)."""

import pytest

from app.rules.case import ACTIVE, CASE_FLOW
from app.rules.closing import CLOSING_FLOW, REINSTATEMENT_FLOW
from app.rules.filing import FILING_FLOW, SPECIAL_EDIT_FLOW, WORK_FLOW
from app.rules.workflow import Workflow

PIPELINE = """
finalize: {work} > SUBSTANTIVE_REVIEW
return_review: SUBSTANTIVE_REVIEW > {work}
pass_review: SUBSTANTIVE_REVIEW > PREPARATION
finish_preparation: PREPARATION > QUALITY_CHECK
return_to_handler: QUALITY_CHECK > {work}
return_to_preparation: QUALITY_CHECK > PREPARATION
pass_check: QUALITY_CHECK > AWAITING_DISPATCH
dispatch: AWAITING_DISPATCH > DISPATCHED
take_back: DISPATCHED > AWAITING_DISPATCH
"""
DECISION = """
hand_in: SAVED > PENDING
approve: PENDING > APPROVED
refuse: PENDING > REFUSED
"""
TABLES = [
    (FILING_FLOW, PIPELINE.format(work="DRAFTING") + """
acknowledge: DISPATCHED > ACKNOWLEDGED
cancel: DRAFTING SUBSTANTIVE_REVIEW PREPARATION QUALITY_CHECK AWAITING_DISPATCH > CANCELLED
"""),
    (CASE_FLOW, PIPELINE.format(work="IN_PROGRESS") + """
complete_review: INTAKE_REVIEW > REVIEWED
allocate: REVIEWED REINSTATED > IN_PROGRESS
acknowledge: DISPATCHED REINSTATED > FILED
grant: FILED REINSTATED > GRANTED
request_closing: INTAKE_REVIEW REVIEWED IN_PROGRESS SUBSTANTIVE_REVIEW PREPARATION QUALITY_CHECK AWAITING_DISPATCH \
DISPATCHED FILED GRANTED REINSTATED > CLOSING_REVIEW
close: CLOSING_REVIEW > CLOSED
reinstate: CLOSED > REINSTATED
""" + "\n".join(f"keep_{s.name.lower()}: CLOSING_REVIEW > {s.name}" for s in ACTIVE)),
    (SPECIAL_EDIT_FLOW, "to_special_edit: NONE > EDITING\nfinish_special_edit: EDITING > NONE"),
    (WORK_FLOW, """
distribute: UNDISTRIBUTED RETURNED > DISTRIBUTED
take_back: DISTRIBUTED SUBMITTED > RETURNED
submit: DISTRIBUTED > SUBMITTED
confirm: SUBMITTED > DONE
complete: UNDISTRIBUTED RETURNED > DONE
"""),
    (CLOSING_FLOW, DECISION),
    (REINSTATEMENT_FLOW, DECISION),
]  # fmt: skip


def steps_of(text: str) -> dict[str, tuple[set[str], str]]:
    """{step: (what it leaves, what it reaches)}."""
    lines = [line.partition(": ") for line in text.split("\n") if line]
    return {name: (set(way.split(" > ")[0].split()), way.split(" > ")[1]) for name, _colon, way in lines}


@pytest.mark.parametrize(("flow", "text"), TABLES, ids=[flow.field + "-" + flow.initial.name for flow, _t in TABLES])
def test_each_step_leaves_and_reaches_what_is_written(flow: Workflow, text: str) -> None:
    declared = {t.name: ({s.name for s in t.sources}, t.target.name) for t in flow.transitions}
    assert declared == steps_of(text)


def test_nobody_comes_to_the_office_past_a_step() -> None:
    """The states between drafting and the acknowledgement follow each other; forward there is one way."""
    order = [s.name for s in FILING_FLOW.states if s.name != "CANCELLED"]
    for t in FILING_FLOW.transitions:
        if t.name != "cancel":
            assert all(order.index(t.target.name) - order.index(s.name) <= 1 for s in t.sources), t.name
