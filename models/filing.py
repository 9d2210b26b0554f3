"""What goes to the Office: filings, their documents in all versions, the work for them (A-3.2.1.4–6, A-3.3.6)."""

from datetime import date
from decimal import Decimal

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.case import FilingMethod
from app.rules.choice import N_
from app.rules.filing import (
    FILING_FLOW,
    SPECIAL_EDIT_FLOW,
    WORK_FLOW,
    DocumentOrigin,
    DocumentPart,
    FilingKind,
    FilingStatus,
    SpecialEdit,
    WorkMode,
    WorkStatus,
    WorkType,
)
from models.base import Field, Record, choice, collection, day, decimal, integer, long_text, money, reference, text


class Filing(Record):
    """One package of documents for the Office (递交文件), from its drafting to the acknowledgement of the Office.

    name: what an intermediate document is about; a new application needs none.
    handler, reviewer, preparer, checker: who does the task of each state. exported_on: the package was exported;
    sent_on: it was handed in (提交日); received_on: as the Office acknowledged it (局收文日). acknowledgement: what the
    Office listed as received, compared with what was sent.
    """

    __label__ = N_("Filing")
    __title__ = "filing_no"
    __scope_parent__ = "case"
    __key__ = ("filing_no",)
    __table_args__ = (Index("ix_filing_status", "status", "id"),)
    workflow = FILING_FLOW
    more_workflows = (SPECIAL_EDIT_FLOW,)

    filing_no: Mapped[str] = text(N_("Filing no."), length=40, nullable=False, unique=True)
    case_id: Mapped[int] = reference("Case", N_("Case"), required=True)
    kind: Mapped[FilingKind] = choice(N_("Kind of filing"), FilingKind, required=True)
    name: Mapped[str | None] = text(N_("Filing name"), length=200)
    status: Mapped[FilingStatus] = choice(
        N_("Dispatch status"), FilingStatus, nullable=False, default=FilingStatus.DRAFTING
    )
    special_edit: Mapped[SpecialEdit] = choice(
        N_("Special edit"), SpecialEdit, nullable=False, default=SpecialEdit.NONE
    )
    method: Mapped[FilingMethod] = choice(
        N_("Way of submission"), FilingMethod, nullable=False, default=FilingMethod.ELECTRONIC
    )
    office: Mapped[str | None] = text(N_("Receiving office"), length=120)
    handler_id: Mapped[int] = reference("User", N_("Handler"), required=True)
    reviewer_id: Mapped[int | None] = reference("User", N_("Reviewer"), index=False)
    preparer_id: Mapped[int | None] = reference("User", N_("Document preparer"), index=False)
    checker_id: Mapped[int | None] = reference("User", N_("Quality checker"), index=False)
    finalized_on: Mapped[date | None] = day(N_("Finalized on"))
    exported_on: Mapped[date | None] = day(N_("Exported on"))
    sent_on: Mapped[date | None] = day(N_("Submitted on"), index=True)
    voucher_no: Mapped[str | None] = text(N_("Voucher no."), length=80)
    courier: Mapped[str | None] = text(N_("Courier or way"), length=80)
    not_filed_reason: Mapped[str | None] = text(N_("Reason why not handed in"), length=300)
    received_on: Mapped[date | None] = day(N_("Received by the Office on"))
    acknowledgement_no: Mapped[str | None] = text(N_("Acknowledgement no."), length=80)
    acknowledgement: Mapped[dict | None] = mapped_column(
        JSON(none_as_null=True), info={"field": Field("json", N_("Acknowledgement"), hidden=True)}
    )
    package_id: Mapped[int | None] = reference("StoredFile", N_("Exported package"), index=False)
    remark: Mapped[str | None] = long_text(N_("Remark"))

    documents = collection("FilingDocument", "filing", order="position, FilingDocument.id")
    works = collection("WorkBreakdown", "filing")


class FilingDocument(Record):
    """One document of a filing (请求书、说明书 …) with its versions.

    content: what the structured page of a form holds, where the document is written here; empty for imported ones.
    """

    __label__ = N_("Document of the filing")
    __scope_parent__ = "filing"
    __key__ = ("filing_id", "name")
    __table_args__ = (UniqueConstraint("filing_id", "name"),)

    filing_id: Mapped[int] = reference("Filing", N_("Filing"), required=True, owner=True)
    document_type_id: Mapped[int | None] = reference("DocumentType", N_("Document type"))
    part: Mapped[DocumentPart] = choice(
        N_("Part of the application"), DocumentPart, nullable=False, default=DocumentPart.ATTACHMENT
    )
    name: Mapped[str] = text(N_("Document name"), length=200, required=True)
    origin: Mapped[DocumentOrigin] = choice(
        N_("Document origin"), DocumentOrigin, nullable=False, default=DocumentOrigin.IMPORTED
    )
    content: Mapped[dict | None] = mapped_column(
        JSON(none_as_null=True), info={"field": Field("json", N_("Content of the form"), hidden=True)}
    )
    pages: Mapped[int | None] = integer(N_("Number of pages"))
    claims: Mapped[int | None] = integer(N_("Number of claims"))
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)
    remark: Mapped[str | None] = text(N_("Remark"), length=500)

    versions = collection("DocumentVersion", "document", order="number.desc(), DocumentVersion.id")


class DocumentVersion(Record):
    """One version of a document: its file as it was at that time; the highest number is the present one."""

    __label__ = N_("Document version")
    __title__ = "number"
    __scope_parent__ = "document"
    __key__ = ("document_id", "number")
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    document_id: Mapped[int] = reference("FilingDocument", N_("Document of the filing"), required=True, owner=True)
    number: Mapped[int] = integer(N_("Version no."), required=True, minimum=1)
    name: Mapped[str] = text(N_("File name"), length=200, required=True)
    file_id: Mapped[int] = reference("StoredFile", N_("Stored file"), required=True)
    note: Mapped[str | None] = text(N_("Note on the version"), length=300)


class WorkBreakdown(Record):
    """One line of the work breakdown (任务分解单, A-3.2.1.4): who does which part until when, and what it took.

    workload: declared by whoever did it, confirmed by the handler (hours). outsourcing_fee: CNY.
    """

    __label__ = N_("Line of the work breakdown")
    __title__ = "work_type"
    __scope_parent__ = "filing"
    __key__ = ("filing_id", "work_type", "assignee_id")
    workflow = WORK_FLOW

    filing_id: Mapped[int] = reference("Filing", N_("Filing"), required=True, owner=True)
    work_type: Mapped[WorkType] = choice(N_("Work type"), WorkType, required=True)
    mode: Mapped[WorkMode] = choice(N_("Mode of work"), WorkMode, nullable=False, default=WorkMode.INTERNAL)
    assignee_id: Mapped[int | None] = reference("User", N_("Assignee"))
    contractor: Mapped[str | None] = text(N_("Contractor"), length=120)
    due_on: Mapped[date | None] = day(N_("To be done by"))
    workload: Mapped[Decimal | None] = decimal(N_("Workload (hours)"), places=2)
    outsourcing_fee: Mapped[Decimal | None] = money(N_("Outsourcing fee"))
    status: Mapped[WorkStatus] = choice(N_("Status"), WorkStatus, nullable=False, default=WorkStatus.UNDISTRIBUTED)
    remark: Mapped[str | None] = long_text(N_("Explanation"))
