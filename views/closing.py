"""Closing and reinstatement of cases (A-3.2.2.5)."""

from app.console import Console, Section
from app.rules.choice import N_
from models.closing import ClosingRequest, ReinstatementRequest


class ClosingRequestView(Console, model=ClosingRequest):
    title = N_("Closing requests")
    icon = "archive"
    list_columns = ["case", "case.title", "requester", "note", "reviewer", "handed_in_at", "status", "reviewed_at"]
    query_columns = ["case", "status", "requester", "reviewer"]
    form = [Section(N_("Closing request"), "case", "requester", "note", "reviewer", "opinion")]


class ReinstatementRequestView(Console, model=ReinstatementRequest):
    title = N_("Reinstatement requests")
    icon = "archive-restore"
    list_columns = ["case", "case.title", "requester", "reason", "reviewer", "handed_in_at", "status", "reviewed_at"]
    query_columns = ["case", "status", "requester", "reviewer"]
    form = [Section(N_("Reinstatement request"), "case", "requester", "reason", "reviewer", "opinion")]
