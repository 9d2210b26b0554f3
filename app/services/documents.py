"""The documents of a filing and their versions: begun, imported, restored, ordered (A-3.2.1.5.1).

Only whoever has the filing in hand changes them, and only while it is drafted or prepared; see `check_writable`.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.case import CaseType
from app.rules.choice import N_
from app.rules.documents import best_match, check_importable, count_claims, parts_of
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import WRITABLE, DocumentOrigin, DocumentPart, SpecialEdit
from app.services import document_text, files, filing, records
from app.services.unit_of_work import actor_of, unit_of_work
from app.texts import gettext as _
from models.document import DocumentType
from models.filing import DocumentVersion, Filing, FilingDocument
from models.system import Attachment

#: What marks the files of the work that are not for the Office (过程文件).
PROCESS = "process"
NAMES = 200


def check_writable(session: Session, one: Filing) -> None:
    """Raise RuleError: conflict once it is finalized, forbidden for whoever does not have it in hand.

    A filing in special edit (A-3.3.7) is open to whoever may finish that edit.
    """
    if one.special_edit is SpecialEdit.EDITING and actor_of(session).may("finish_special_edit", "filing"):
        return
    if one.status not in WRITABLE:
        raise RuleError(N_("The filing is finalized; its documents cannot be changed"), code="conflict")
    filing.check_worker(session, one, one.status)


def writable(session: Session, one: Filing) -> bool:
    """Whether who acts may change the documents now."""
    try:
        check_writable(session, one)
    except RuleError:
        return False
    return True


def _open(session: Session, filing_id: int) -> Filing:
    """The filing, locked, if who acts may change its documents."""
    one: Filing = records.find(session, Filing, filing_id, lock=True)
    check_writable(session, one)
    return one


def _document(session: Session, document_id: int) -> FilingDocument:
    """A document whose filing is open to changes by who acts; the filing is locked."""
    found: FilingDocument = records.find(session, FilingDocument, document_id)
    _open(session, found.filing_id)
    return records.find(session, FilingDocument, document_id)


def _add(session: Session, one: Filing, name: str, part: DocumentPart, **more: Any) -> FilingDocument:
    last = max((d.position for d in one.documents), default=0)
    made = FilingDocument(filing_id=one.id, name=name[:NAMES], part=part, position=last + 1, **more)
    one.documents.append(made)
    session.flush()
    return made


def begin(session: Session, filing_id: int, patent_type: PatentType, case_type: CaseType) -> list[FilingDocument]:
    """The parts of the application in their order (进入撰写); those that are there already stay.

    Raises RuleError where such a case has no parts to be written.
    """
    with unit_of_work(session):
        one = _open(session, filing_id)
        wanted = parts_of(patent_type, case_type)
        if not wanted:
            raise RuleError(N_("Nothing is written for this type of case; import its files"), field="case_type")
        present = {d.part: d for d in one.documents}
        for part in wanted:
            if part not in present:
                present[part] = _add(session, one, _(part.label), part, origin=DocumentOrigin.WRITTEN)
        rest = [d for d in one.documents if d.part not in wanted]
        ordered = [*(present[p] for p in wanted), *rest]
        for place, document in enumerate(ordered, start=1):
            document.position = place
        session.flush()
        return [present[p] for p in wanted]


def add(session: Session, filing_id: int, name: str, document_type_id: int | None = None) -> FilingDocument:
    """A further document by name or by kind: a form the Office asks for, or anything else (A-3.2.1.5.3-04).

    Raises RuleErrors: neither given, no such kind, or the name taken.
    """
    with unit_of_work(session):
        one, name = _open(session, filing_id), " ".join(name.split())
        kind = session.get(DocumentType, document_type_id) if document_type_id else None
        if document_type_id and kind is None:
            raise RuleErrors([RuleError(N_("Choose one from the list"), field="document_type")])
        name = name or (kind.name if kind else "")
        if not name:
            raise RuleErrors([RuleError(N_("This must be filled in"), field="name")])
        _check_name(one, name)
        part = DocumentPart.FORM if kind else DocumentPart.ATTACHMENT
        origin = DocumentOrigin.WRITTEN if kind else DocumentOrigin.IMPORTED
        return _add(session, one, name, part, document_type_id=kind and kind.id, origin=origin)


def _check_name(one: Filing, name: str, own: FilingDocument | None = None) -> None:
    if any(d.name == name and d is not own for d in one.documents):
        message = N_("The filing already has a document “%(name)s”")
        raise RuleErrors([RuleError(message, field="name", code="conflict", name=name)])


def import_files(
    session: Session,
    filing_id: int,
    uploads: Sequence[tuple[str, IO[bytes]]],
    *,
    document_id: int | None = None,
    note: str = "",
) -> list[DocumentVersion]:
    """Each file becomes a new version: of `document_id`, else of the document its name speaks of, else of a new one.

    All or none. Raises RuleError for a kind that cannot be imported, and as `check_writable`.
    """
    with unit_of_work(session):
        one = _open(session, filing_id)
        if not uploads:
            raise RuleError(N_("Choose a file"), field="file")
        cleaned = [(files.clean_name(name), source) for name, source in uploads]
        for name, _source in cleaned:
            check_importable(name)
        target = None
        if document_id is not None:
            target = next((d for d in one.documents if d.id == document_id), None)
            if target is None:
                raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        return [_imported(session, one, target, name, source, note) for name, source in cleaned]


def _imported(
    session: Session, one: Filing, target: FilingDocument | None, name: str, source: IO[bytes], note: str
) -> DocumentVersion:
    content = source.read(files.limit_of(session) + 1)
    stored = files.keep(session, name, BytesIO(content), limit=files.limit_of(session))
    document = target or _place_for(session, one, PurePosixPath(name).stem)
    made = add_version(session, document, name, stored.id, note)
    document.origin = DocumentOrigin.IMPORTED
    document.pages = document_text.pages_of(content, name) or document.pages
    if document.part is DocumentPart.CLAIMS and document_text.readable(name):
        document.claims = count_claims(document_text.text_in(content, name)) or document.claims
    session.flush()
    return made


def _place_for(session: Session, one: Filing, stem: str) -> FilingDocument:
    """The document a file of this name belongs to: one there is, a part of the application, or a new one."""
    present = {d.name: d for d in one.documents}
    if found := best_match(stem, present):
        return present[found]
    parts = {_(part.label): part for part in parts_of(one.case.patent_type, one.case.case_type)}
    if (label := best_match(stem, parts)) and all(d.part is not parts[label] for d in one.documents):
        return _add(session, one, label, parts[label])
    return _add(session, one, stem, DocumentPart.ATTACHMENT)


def add_version(session: Session, document: FilingDocument, name: str, file_id: int, note: str) -> DocumentVersion:
    """The next version of a document; whoever calls has seen to `check_writable`."""
    highest = select(func.max(DocumentVersion.number)).where(DocumentVersion.document_id == document.id)
    number = (session.execute(highest).scalar() or 0) + 1
    made = DocumentVersion(
        document_id=document.id, number=number, name=name, file_id=file_id, note=note.strip()[:300] or None
    )
    session.add(made)
    session.flush()
    return made


def version_of(session: Session, document: FilingDocument, number: int | None = None) -> DocumentVersion:
    """A version of a document, the newest where none is named. Raises RuleError (missing)."""
    query = select(DocumentVersion).where(DocumentVersion.document_id == document.id)
    if number is not None:
        query = query.where(DocumentVersion.number == number)
    found = session.execute(query.order_by(DocumentVersion.number.desc()).limit(1)).scalars().first()
    if found is None:
        raise RuleError(N_("There is no such version"), code="missing")
    return found


def restore(session: Session, document_id: int, number: int) -> DocumentVersion:
    """An old version again as the newest one."""
    with unit_of_work(session):
        document = _document(session, document_id)
        old = version_of(session, document, number)
        note = _("Restored from version %(number)s", number=number)
        return add_version(session, document, old.name, old.file_id, note)


def describe(session: Session, document_id: int, values: dict[str, Any]) -> FilingDocument:
    """Give a document another name, its number of pages or claims, or a remark. Raises RuleErrors by field."""
    with unit_of_work(session):
        document = _document(session, document_id)
        if "name" in values:
            _check_name(document.filing, str(values["name"] or ""), document)
        return records.save(session, FilingDocument, document.id, values)


def remove(session: Session, document_id: int) -> None:
    """Take a document off the filing with all its versions."""
    with unit_of_work(session):
        document = _document(session, document_id)
        records.delete(session, FilingDocument, [document.id])


def reorder(session: Session, filing_id: int, ids: Iterable[int]) -> None:
    """Put the documents into this order; those not named follow. Raises RuleError for a strange one."""
    with unit_of_work(session):
        one = _open(session, filing_id)
        known, wanted = {d.id: d for d in one.documents}, list(dict.fromkeys(ids))
        if not set(wanted) <= known.keys():
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        for place, key in enumerate([*wanted, *(k for k in known if k not in wanted)], start=1):
            known[key].position = place


def check_process(session: Session, one: Filing) -> None:
    """Raise RuleError unless who acts works on the filing, in whatever part, and it is still being worked on.

    In special edit it is in the hands of whoever may finish that edit.
    """
    if one.special_edit is SpecialEdit.EDITING and actor_of(session).may("finish_special_edit", "filing"):
        return
    filing.check_open(session, one)


def process_files(session: Session, filing_id: int, uploads: Sequence[tuple[str, IO[bytes]]]) -> list[Attachment]:
    """Keep files of the work that are not for the Office (过程文件, A-3.2.1.5.3-01): all or none."""
    with unit_of_work(session):
        one = records.find(session, Filing, filing_id, lock=True)
        check_process(session, one)
        if not uploads:
            raise RuleError(N_("Choose a file"), field="file")
        return [files.attach(session, "filing", one.id, name, source, category=PROCESS) for name, source in uploads]


def drop_process_file(session: Session, filing_id: int, attachment_id: int) -> None:
    """Delete such a file."""
    with unit_of_work(session):
        one = records.find(session, Filing, filing_id, lock=True)
        check_process(session, one)
        found = session.get(Attachment, attachment_id)
        if found is None or (found.table_key, found.record_id) != ("filing", one.id):
            raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
        session.delete(found)
