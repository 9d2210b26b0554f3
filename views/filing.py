"""Filings (A-3.2.1.4–6, A-3.3.6): their list and record; the page 办案 stands in views/work.py."""

from typing import Any

from app.console import Button, Console, Related, Section, Tab
from app.console.columns import CUSTOM
from app.rules.choice import N_
from app.services import allocation, documents, filing, intake, work  # noqa: F401 - what their steps bring
from models.filing import Filing
from views.documents import DocumentRoutes
from views.work import WorkPage


class FilingView(WorkPage, DocumentRoutes, Console, model=Filing):
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
    ]  # fmt: skip
    related = [Related("FilingDocument", "filing"), Related("WorkBreakdown", "filing"), Related("Task", "filing")]
    search_columns = ["filing_no", "name"]
    buttons = [
        Button("work", N_("Case work"), permission="read", needs="one", icon="pencil", url="/app/filing/{id}/work")
    ]
    specials = {"any": N_("Filings: take the steps of others"), "dispatch": N_("Dispatch"),
                "acknowledge": N_("Acknowledge")}  # fmt: skip

    def writable_to(self, who: Any, name: str) -> bool:
        """People, days and numbers follow from what is done with a filing; nobody types them."""
        return (name in filing.TYPED or name.startswith(CUSTOM)) and super().writable_to(who, name)

    def check_files(self, record: Any) -> None:
        """Its files are those of the work (过程文件): closed with it."""
        documents.check_process(self.session, record)
