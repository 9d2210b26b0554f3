"""交局官文特殊修改 (A-3.3.7): documents of a filing that was sent already are changed, all at once, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.document import DocumentCategory
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, SpecialEdit
from app.rules.normalize import clean_text
from app.services import dispatch, documents, files, records
from app.services.unit_of_work import unit_of_work
from app.texts import gettext as _
from models.document import DocumentType
from models.filing import Filing, FilingDocument

Upload = tuple[str, IO[bytes]]
#: What a new version says of itself.
NOTE = N_("Special edit")


@dataclass(frozen=True)
class Change:
    """What becomes of one document: another name, a new file, or nothing of it."""

    name: str
    upload: Upload | None = None
    remove: bool = False


def edited(session: Session, filing_id: int) -> Filing:
    """A filing in special edit. Raises RuleError: missing, or conflict where it is not (any more)."""
    (filing,) = dispatch.filings(session, [filing_id])
    if filing.special_edit is not SpecialEdit.EDITING:
        raise RuleError(N_("%(filing)s is not in special edit"), code="conflict", filing=filing.filing_no)
    return filing


def finish(
    session: Session, filing_id: int, version: int, changes: Mapping[int, Change], added: Sequence[Upload] = ()
) -> Filing:
    """完成质检: save the changes and give the filing back to the dispatch.

    changes: by the id of the document. Raises RuleError: conflict where somebody was faster; by field `<id>-name`.
    """
    with unit_of_work(session):
        records.find(session, Filing, filing_id, lock=True)
        filing = edited(session, filing_id)
        if filing.version != version:
            raise RuleError(N_("Somebody else changed this meanwhile"), code="conflict")
        for document in list(filing.documents):
            change = changes.get(document.id)
            if change is not None:
                _apply(session, filing, document, change)
        session.flush()
        for upload in added:
            _add(session, filing, upload)
        if not filing.documents:
            raise RuleError(N_("There is no document to submit yet"), code="conflict")
        records.move(session, filing, "finish_special_edit")
        return filing


def _apply(session: Session, filing: Filing, document: FilingDocument, change: Change) -> None:
    if change.remove:
        filing.documents.remove(document)
        return
    name, field = clean_text(change.name)[:200], f"{document.id}-name"
    if not name:
        raise RuleError(N_("This must be filled in"), field=field)
    if any(d.name == name and d is not document for d in filing.documents):
        raise RuleError(N_("“%(value)s” exists already"), field=field, value=name)
    document.name = name
    if change.upload is not None:
        session.flush()
        documents.import_files(session, filing.id, [change.upload], document_id=document.id, note=_(NOTE))


def _add(session: Session, filing: Filing, upload: Upload) -> None:
    """A further document; its file's name tells what it is, where it is one of the books or of the Office's forms."""
    stem = PurePosixPath(files.clean_name(upload[0])).stem
    out = (DocumentType.name == stem, DocumentType.category == DocumentCategory.OFFICIAL_OUT)
    kind = session.execute(select(DocumentType.id).where(*out)).scalars().first()
    made = documents.add(session, filing.id, stem, kind)
    made.part = {_(part.label): part for part in DocumentPart}.get(stem, made.part)
    documents.import_files(session, filing.id, [upload], document_id=made.id, note=_(NOTE))
