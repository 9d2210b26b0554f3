"""Kinds of documents that come and go, and templates of letters (A-2.1.6)."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.rules.choice import N_
from app.rules.deadline import Confidence
from app.rules.document import DocumentCategory
from app.rules.reference import PatentScope
from models.base import Record, choice, collection, flag, integer, long_text, reference, text


class LetterTemplate(Record):
    """A template of letters (信函模板, A-2.1.6.5): its text, or a Word file, with placeholders for case data."""

    __label__ = N_("Letter template")
    __pinyin__ = "name"
    __key__ = ("name",)

    name: Mapped[str] = text(N_("Template name"), length=120, required=True, unique=True)
    category: Mapped[DocumentCategory] = choice(
        N_("Document category"), DocumentCategory, nullable=False, default=DocumentCategory.CLIENT_OUT
    )
    subject: Mapped[str | None] = text(N_("Subject"), length=300)
    body: Mapped[str | None] = long_text(N_("Text of the template"))
    file_id: Mapped[int | None] = reference("StoredFile", N_("Stored file"))
    enabled: Mapped[bool] = flag(N_("Enabled"), default=True)
    remark: Mapped[str | None] = text(N_("Remark"), length=500)


class DocumentType(Record):
    """A kind of document (文件配置): notices with the data to take from them and the tasks that follow."""

    __label__ = N_("Document type")
    __pinyin__ = "name"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Document code"), length=20, required=True, unique=True)
    name: Mapped[str] = text(N_("Document name"), length=200, required=True, index=True)
    category: Mapped[DocumentCategory] = choice(N_("Document category"), DocumentCategory, required=True)
    stage: Mapped[str | None] = text(N_("Procedure"), length=60)
    patent_scope: Mapped[PatentScope] = choice(
        N_("For patent type"), PatentScope, nullable=False, default=PatentScope.ALL
    )
    applies_to: Mapped[str | None] = text(N_("Applies to"), length=100)
    template_id: Mapped[int | None] = reference("LetterTemplate", N_("Letter template"))
    file_type: Mapped[str | None] = text(N_("Electronic file type"), length=40)
    enabled: Mapped[bool] = flag(N_("Enabled"), default=True)
    source: Mapped[str | None] = text(N_("Source"), length=300)
    confidence: Mapped[Confidence] = choice(N_("Confidence"), Confidence, nullable=False, default=Confidence.HIGH)
    remark: Mapped[str | None] = long_text(N_("Remark"))
    legal_items = collection("LegalItem", "document_type", order="position, LegalItem.id")
    follow_ups = collection("FollowUp", "document_type", order="position, FollowUp.id")


class LegalItem(Record):
    """One thing to take from a notice when it is registered (法律采集项)."""

    __label__ = N_("Legal data item")
    __key__ = ("document_type_id", "name")
    __table_args__ = (UniqueConstraint("document_type_id", "name"),)

    document_type_id: Mapped[int] = reference("DocumentType", N_("Document type"), required=True, owner=True)
    name: Mapped[str] = text(N_("Item name"), length=120, required=True)
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)


class FollowUp(Record):
    """One thing to do when such a document was registered (后续任务), with the time limit it has."""

    __label__ = N_("Follow-up task")
    __title__ = "action"
    __key__ = ("document_type_id", "action", "deadline_rule_id")

    document_type_id: Mapped[int] = reference("DocumentType", N_("Document type"), required=True, owner=True)
    action: Mapped[str] = text(N_("What to do"), length=300, required=True)
    task_type_id: Mapped[int | None] = reference("TaskType", N_("Task type"))
    deadline_rule_id: Mapped[int | None] = reference("DeadlineRule", N_("Official time limit"))
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)
