"""Filings on their way to the Office: handed in on paper or as packages, acknowledged or not (A-3.3.6)."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.rules import application_number, efiling
from app.rules.case import FilingMethod
from app.rules.choice import N_
from app.rules.efiling import Fact, Package, Packed
from app.rules.errors import RuleError
from app.rules.filing import FILING_FLOW, DocumentPart, FilingKind, FilingStatus, SpecialEdit
from app.rules.normalize import clean_text, parse_date
from app.rules.request_form_xml import stored_xml
from app.services import files, records, request_form
from app.services.records import effect
from app.services.refusal import say
from app.services.today import today
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from app.texts import gettext as _
from models.case import Case
from models.filing import DocumentVersion, Filing, FilingDocument
from models.system import StoredFile

#: The states a filing has from its quality check on: what the dispatch sees.
SEEN = (FilingStatus.AWAITING_DISPATCH, FilingStatus.DISPATCHED, FilingStatus.ACKNOWLEDGED)
ON_THE_WAY = (FilingStatus.AWAITING_DISPATCH, FilingStatus.DISPATCHED)
ELECTRONIC = (FilingMethod.ELECTRONIC, FilingMethod.ELECTRONIC_OTHER)
#: Bytes a package may have; what is being made stays in memory up to SPOOL.
PACKAGE_BYTES, SPOOL = 2 << 30, 16 << 20


#: Where a filing goes whose office nobody wrote down.
OFFICE = N_("China National Intellectual Property Administration")


@effect(FILING_FLOW, "finish_preparation")
def _complete(_session: Session, filing: Filing, **_inputs: Any) -> None:
    """What the Office would refuse goes no further than those who can still mend it: nobody can once it is checked."""
    if errors := lacking(filing) if filing.method in ELECTRONIC else no_files(filing):
        what = "；".join(say(e) for e in errors)
        raise RuleError(N_("Not ready for the Office: %(what)s"), code="conflict", what=what)


@effect(FILING_FLOW, "pass_check")
def _ready(session: Session, filing: Filing, **_inputs: Any) -> None:
    """What is ready to be sent is complete and says where it goes."""
    _complete(session, filing)
    filing.office = filing.office or _(OFFICE)


@dataclass(frozen=True)
class Exported:
    """A package that was made: its file, how many filings it holds, and how many of them had been sent before."""

    file: StoredFile
    count: int
    again: int


def filings(session: Session, ids: Iterable[int], *, lock: bool = False) -> list[Filing]:
    """Filings with their documents, in the order of their ids. Raises RuleError for one that is not there."""
    for key in sorted(ids) if lock else ():  # always in this order, so that two never wait for each other
        records.find(session, Filing, key, lock=True)
    wanted = list(dict.fromkeys(ids))
    query = select(Filing).where(Filing.id.in_(wanted)).order_by(Filing.id).options(
        selectinload(Filing.documents).options(
            selectinload(FilingDocument.versions), selectinload(FilingDocument.document_type)
        ),
        selectinload(Filing.case),
    )  # fmt: skip
    found = list(session.execute(query.execution_options(populate_existing=lock)).scalars())
    if len(found) != len(wanted):
        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
    return found


def version_of(document: FilingDocument) -> DocumentVersion | None:
    """The present version of a document; None where it has no file."""
    return document.versions[0] if document.versions else None


def ending_of(document: FilingDocument) -> str:
    """The ending of a document's file; forms written here are XML; "": nothing to send."""
    version = version_of(document)
    if version is not None:
        return PurePosixPath(version.name).suffix.lower()
    return ".xml" if document.content else ""


def content_of(session: Session, document: FilingDocument) -> bytes:
    """The bytes of a document. Raises RuleError where its file is not kept any more."""
    version = version_of(document)
    if version is None:
        return stored_xml(document.content or {})
    stored: Any = session.get(StoredFile, version.file_id)
    try:
        with files.store_of(session).open(stored.sha256) as source:
            return source.read()
    except FileNotFoundError as error:
        raise RuleError(N_("This file is not kept any more"), code="missing") from error


def code_of(filing: Filing, document: FilingDocument) -> str:
    """The form code of a document."""
    kind = document.document_type.code if document.document_type else None
    patent_type = filing.case.patent_type
    return efiling.form_code(document.part, patent_type, kind) if patent_type else ""


def facts(filing: Filing) -> list[Fact]:
    """What is known of the documents of a filing before they are packed."""
    return [Fact(d.part, d.name, code_of(filing, d), ending_of(d)) for d in filing.documents]


def no_files(filing: Filing) -> list[RuleError]:
    """The documents of a filing of which there is nothing to hand in."""
    return [RuleError(N_("“%(name)s” has no file"), name=f.name) for f in facts(filing) if not f.ending]


def lacking(filing: Filing) -> list[RuleError]:
    """Why the package of a filing cannot be made: sentences."""
    case = filing.case
    message = N_("“%(name)s” was changed after its files were made; make them again")
    return efiling.lacking(case.patent_type, filing.kind, filing.method, case.app_no or "", facts(filing)) + [
        RuleError(message, name=d.name) for d in filing.documents if request_form.outdated(d)
    ]


def package_of(session: Session, filing: Filing) -> Package:
    """A filing as the Office gets it."""
    case = filing.case
    documents = tuple(
        Packed(
            code_of(filing, d), clean_text(d.name), ending_of(d), content_of(session, d), d.pages,
            d.claims if d.part is DocumentPart.CLAIMS else None, d.part is DocumentPart.ATTACHMENT,
        )
        for d in filing.documents
    )  # fmt: skip
    number = application_number.parse(case.app_no).compact if case.app_no else ""
    return Package(
        filing.filing_no, case.patent_type, filing.kind, clean_text(case.title), clean_text(case.our_ref), number,
        documents,
    )  # fmt: skip


def must_be(filing: Filing, states: Sequence[FilingStatus], methods: Sequence[FilingMethod]) -> None:
    """Raise RuleError (conflict) unless a filing is in one of the states, goes that way, and nobody edits it."""
    if filing.method not in methods:
        raise RuleError(N_("%(filing)s is filed another way: %(label)s"), code="conflict", filing=filing.filing_no,
                        label=filing.method.label)  # fmt: skip
    if filing.special_edit is not SpecialEdit.NONE:
        raise RuleError(N_("%(filing)s is in special edit; complete that first"), code="conflict",
                        filing=filing.filing_no)  # fmt: skip
    if filing.status not in states:
        raise RuleError(N_("%(filing)s is “%(label)s” by now; this is not possible any more"), code="conflict",
                        filing=filing.filing_no, label=filing.status.label)  # fmt: skip


def required(inputs: dict[str, Any], field: str) -> str:
    """A text that must be given. Raises RuleError."""
    text = clean_text(inputs.get(field))
    if not text:
        raise RuleError(N_("This must be filled in"), field=field)
    return text[:80]


def past_day(inputs: dict[str, Any], field: str) -> date:
    """A day that must be given and has come. Raises RuleError."""
    day = parse_date(required(inputs, field), field=field)
    if day > today():
        raise RuleError(N_("This day is still to come"), field=field)
    return day


def check_export(session: Session, ids: Iterable[int]) -> dict[int, list[RuleError]]:
    """{filing: why its package cannot be made}; empty where all can go. Raises RuleError for those past it."""
    found = filings(session, ids)
    for filing in found:
        must_be(filing, ON_THE_WAY, ELECTRONIC)
    return {filing.id: errors for filing in found if (errors := lacking(filing))}


def export(session: Session, ids: Sequence[int]) -> Exported:
    """导出送案包: one archive of filings, kept as a file; those not sent yet are sent by it (ambiguities 42).

    The archive is made before the transaction and kept within it, after a look whether anybody changed a filing
    meanwhile: then, and where one lacks something, RuleError, and nothing is changed.
    """
    lacks = check_export(session, ids)
    if lacks:
        raise next(iter(lacks.values()))[0]
    before = filings(session, ids)
    state = _state(before)
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as target:
        efiling.write_packages(target, (package_of(session, filing) for filing in before))
        target.seek(0)
        with unit_of_work(session):
            found = filings(session, ids, lock=True)
            if _state(found) != state:
                raise RuleError(N_("Somebody else changed this meanwhile"), code="conflict")
            stored = files.keep(session, "package.zip", target, limit=PACKAGE_BYTES, checked=False)
            again = sum(filing.status is FilingStatus.DISPATCHED for filing in found)
            for filing in found:
                filing.package_id, filing.exported_on, filing.not_filed_reason = stored.id, today(), None
                if filing.status is FilingStatus.AWAITING_DISPATCH:
                    filing.sent_on = today()
                    records.move(session, filing, "dispatch")
            return Exported(stored, len(found), again)


def check_package(session: Session, stored: StoredFile) -> None:
    """Raise RuleError (forbidden) where a package holds cases that are hidden from who acts.

    The archive itself is asked: its filings may have been exported anew since, in other packages.
    """
    if actor_of(session).sees_all:
        return
    with files.store_of(session).open(stored.sha256) as source:
        refs = {package.our_ref for package in efiling.read_packages(source.read())}
    if session.execute(select(func.count(Case.id)).where(Case.our_ref.in_(refs))).scalar_one() != len(refs):
        raise RuleError(N_("This package holds filings that are not open to you; export your own anew"),
                        code="forbidden")  # fmt: skip


def _state(found: list[Filing]) -> list[tuple[Any, ...]]:
    """What a package is made of, to see whether it is still the same."""
    return [
        (f.id, f.version, f.case.version, [(d.id, d.version, [v.id for v in d.versions]) for d in f.documents])
        for f in found
    ]


def files_of(session: Session, ids: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every document of some filings, in a folder for each case (导出文件)."""
    for filing in filings(session, ids):
        for document in filing.documents:
            if ending := ending_of(document):
                name = files.clean_name(f"{filing.case.our_ref}_{filing.filing_no}")
                yield f"{name}/{files.clean_name(document.name + ending)}", content_of(session, document)


def case_values(filing: Filing, app_no: str | None, filing_date: date | None) -> dict[str, Any]:
    """What an acknowledgement tells of the case and the case does not have yet; the number is checked.

    Raises RuleError where the case has another one, or a number of another patent type.
    """
    case = filing.case
    number = application_number.parse(app_no) if clean_text(app_no) else None
    if number is not None and number.patent_type not in (None, case.patent_type):
        raise RuleError(N_("This number belongs to another patent type"), field="app_no")
    wanted = {"app_no": number.text if number else None, "filing_date": filing_date}
    values = {name: value for name, value in wanted.items() if value is not None and value != getattr(case, name)}
    for name in values:
        if getattr(case, name):
            raise RuleError(N_("The case has another one already: %(value)s"), field=name, code="conflict",
                            value=str(getattr(case, name)))  # fmt: skip
    if values and filing.kind is not FilingKind.NEW_APPLICATION:
        values.pop("filing_date", None)
    return values


def acknowledge(
    session: Session, filing_id: int, inputs: dict[str, Any], told: dict[str, Any], *,
    methods: Sequence[FilingMethod] = tuple(FilingMethod),
) -> Filing:  # fmt: skip
    """回执登记: the Office has the filing (核销); what it tells of the case is taken over.

    inputs: received_on (required), acknowledgement_no, app_no, filing_date. told: kept as it is (`Filing.
    acknowledgement`): where it comes from, what was received, is missing, came besides. Raises RuleError by field.
    """
    received = past_day(inputs, "received_on")
    with unit_of_work(session):
        (filing,) = filings(session, [filing_id], lock=True)
        must_be(filing, (FilingStatus.DISPATCHED,), methods)
        if filing.sent_on and received < filing.sent_on:
            raise RuleError(N_("The Office cannot have it before it was handed in (%(day)s)"), field="received_on",
                            day=filing.sent_on.isoformat())  # fmt: skip
        day = clean_text(inputs.get("filing_date"))
        filed = parse_date(day, field="filing_date") if day else None
        values = case_values(filing, inputs.get("app_no"), filed)
        if values:
            with unscoped(session):
                records.save(session, Case, filing.case_id, values)
        filing.received_on, filing.not_filed_reason = received, told.get("reason") or None
        filing.acknowledgement_no = clean_text(inputs.get("acknowledgement_no"))[:80] or None
        filing.acknowledgement = told
        records.move(session, filing, "acknowledge")
        return filing


def clear_by_hand(session: Session, ids: Sequence[int], inputs: dict[str, Any]) -> int:
    """手动核销: confirmed without a acknowledgement file; a number of the Office only for one filing. How many."""
    for name in ("app_no", "acknowledgement_no"):
        if len(ids) > 1 and clean_text(inputs.get(name)):
            raise RuleError(N_("Select one record to give this number"), field=name)
    with unit_of_work(session):
        for key in sorted(ids):
            acknowledge(session, key, inputs, {"source": "manual"}, methods=ELECTRONIC)
    return len(ids)
