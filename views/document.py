"""Kinds of documents and templates of letters (文件配置, A-2.1.6)."""

from typing import Any

from app.console import Console, Grid, ListTab, Section, Tab
from app.console.columns import Column
from app.rules.choice import N_
from app.rules.document import DocumentCategory, DocumentDirection
from models.document import DocumentType, LetterTemplate

#: The two parts of the page (A-2.1.6-01).
TABS = {
    DocumentDirection.INCOMING: N_("Incoming documents"),
    DocumentDirection.OUTGOING: N_("Outgoing documents"),
}


class DocumentTypeView(Console, model=DocumentType):
    title = N_("Document settings")
    icon = "file-text"
    list_columns = ["code", "name", "category", "stage", "patent_scope", "confidence", "enabled"]
    query_columns = ["name", "category", "code", "stage", "patent_scope", "enabled"]
    list_tabs = [
        ListTab(d.name.lower(), label, "category", tuple(c for c in DocumentCategory if c.direction is d))
        for d, label in TABS.items()
    ]
    add_title, edit_title = N_("Add document settings"), N_("Change document settings")
    opens = "form"
    after_add = after_edit = "list"
    order = "code"
    form = [
        Tab(
            N_("Basic information"),
            Section(N_("Document type"), "name", "category", "code", "stage", "patent_scope", "applies_to", "enabled"),
            Section(N_("Letters and files"), "template", "file_type"),
            Section(N_("Source"), "source", "confidence", "remark"),
        ),
        Tab(N_("Legal data items"), Grid("legal_items", "name", "position")),
        Tab(N_("Follow-up tasks"), Grid("follow_ups", "action", "task_type", "deadline_rule", "position")),
    ]
    pick_columns = ["code"]
    pick_only = {"enabled": True}
    search_columns = ["code", "name"]
    import_key = ("code",)


class LetterTemplateView(Console, model=LetterTemplate):
    title = N_("Letter template definition")
    icon = "mail"
    list_columns = ["name", "category", "subject", "enabled"]
    query_columns = ["name", "category", "enabled"]
    order = "name"
    form = [
        Section(N_("Letter template"), "name", "category", "subject", "enabled"),
        Section(N_("Text of the template"), "body", "remark"),
    ]
    pick_only = {"enabled": True}
    import_key = ("name",)

    def control(self, column: Column, name: str, raw: str) -> dict[str, Any]:
        """A letter needs room."""
        made = super().control(column, name, raw)
        return made | {"lines": 16} if name == "body" else made
