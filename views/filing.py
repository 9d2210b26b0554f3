"""Filings, their documents and the work done for them (A-3.2.1.4–6, A-3.3.6)."""

from app.console import Console, Grid, Related, Section, Tab
from app.rules.choice import N_
from app.services import allocation, filing, intake, work  # noqa: F401 - what their steps bring
from models.filing import Filing, FilingDocument, WorkBreakdown


class FilingView(Console, model=Filing):
    title = N_("Filings")
    icon = "file-check"
    closed = True
    list_columns = ["filing_no", "case", "case.title", "kind", "name", "status", "handler", "method", "sent_on",
                    "received_on"]  # fmt: skip
    query_columns = ["case", "kind", "status", "handler", "method", "sent_on", "received_on"]
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Filing"), "case", "kind", "name", "method", "office", "remark"),
            Section(N_("People"), "handler", "reviewer", "preparer", "checker"),
            Section(N_("Dispatch"), "finalized_on", "exported_on", "sent_on", "voucher_no", "courier",
                    "not_filed_reason", "received_on", "acknowledgement_no"),
        ),
        Tab(N_("Documents"), Grid("documents", "part", "name", "document_type", "pages", "claims", "remark")),
    ]  # fmt: skip
    related = [Related("WorkBreakdown", "filing"), Related("Task", "filing")]
    search_columns = ["filing_no", "name"]
    specials = {"any": N_("Filings: take the steps of others"), "dispatch": N_("Dispatch"),
                "acknowledge": N_("Acknowledge")}  # fmt: skip


class FilingDocumentView(Console, model=FilingDocument):
    title = N_("Documents of filings")
    icon = "file-text"
    read_only = True
    list_columns = ["filing", "filing.case", "part", "name", "origin", "pages"]
    query_columns = ["filing", "part", "name", "origin"]
    form = [Section(N_("Document of the filing"), "filing", "part", "name", "document_type", "origin", "pages",
                    "claims", "remark")]  # fmt: skip


class WorkBreakdownView(Console, model=WorkBreakdown):
    title = N_("Work breakdown")
    icon = "list-tree"
    closed = True
    list_columns = ["filing", "filing.case", "work_type", "mode", "assignee", "contractor", "due_on", "workload",
                    "outsourcing_fee", "status"]  # fmt: skip
    query_columns = ["filing", "work_type", "mode", "assignee", "status", "due_on"]
    form = [Section(N_("Line of the work breakdown"), "filing", "work_type", "mode", "assignee", "contractor", "due_on",
                    "workload", "outsourcing_fee", "remark")]  # fmt: skip
