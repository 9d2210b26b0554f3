"""交局官文特殊修改 (A-3.3.7): documents of a filing that was sent already are changed, all at once, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.document import DocumentCategory
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, SpecialEdit
from app.rules.normalize import clean_text
from app.services import dispatch, files, records
from app.services.unit_of_work import unit_of_work
from models.document import DocumentType
from models.filing import DocumentVersion, Filing, FilingDocument

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
        _new_version(session, document, change.upload)


def _new_version(session: Session, document: FilingDocument, upload: Upload) -> None:
    name = files.clean_name(upload[0])
    stored = files.keep(session, name, upload[1], limit=files.limit_of(session))
    number = max((v.number for v in document.versions), default=0) + 1
    document.versions.insert(
        0, DocumentVersion(number=number, name=name, file_id=stored.id, note=_(NOTE))
    )  # fmt: skip


def _add(session: Session, filing: Filing, upload: Upload) -> None:
    """A further document; its file's name tells what it is, where it can."""
    stem = PurePosixPath(files.clean_name(upload[0])).stem
    if any(d.name == stem for d in filing.documents):
        raise RuleError(N_("“%(value)s” exists already"), field="added", value=stem)
    out = (DocumentType.name == stem, DocumentType.category == DocumentCategory.OFFICIAL_OUT)
    kind = session.execute(select(DocumentType.id).where(*out)).scalars().first()
    books = {_(part.label): part for part in DocumentPart}
    part = books.get(stem, DocumentPart.FORM if kind else DocumentPart.ATTACHMENT)
    position = max((d.position for d in filing.documents), default=0) + 1
    made = FilingDocument(name=stem, part=part, document_type_id=kind, position=position)
    filing.documents.append(made)
    session.flush()
    _new_version(session, made, upload)
