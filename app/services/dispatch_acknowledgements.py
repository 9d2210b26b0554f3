"""Electronic acknowledgements of the Office: matched with what was sent, shown, imported once (A-3.3.6.2-04)."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.rules import application_number, efiling
from app.rules.choice import N_, Choice
from app.rules.efiling_acknowledgement import Acknowledgement, Difference, compare, read_acknowledgements
from app.rules.errors import RuleError
from app.rules.filing import FilingKind, FilingStatus
from app.rules.office_files import read_archive
from app.services import dispatch, files
from app.services.request_form import form_known
from app.services.today import today
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.filing import Filing
from models.system import Attachment, StoredFile

#: Bytes of an upload of acknowledgements.
UPLOAD = 64 << 20


class MatchState(Choice):
    """What an import would do with an acknowledgement."""

    READY = N_("Will be acknowledged"), "info"
    DONE = N_("Imported already"), "muted"
    UNMATCHED = N_("Not matched"), "warning"
    REFUSED = N_("Cannot be imported"), "danger"


@dataclass(frozen=True)
class Match:
    """An acknowledgement with the filing it is for. by: how it was found; problem: why it cannot be imported."""

    acknowledgement: Acknowledgement
    state: MatchState
    filing: Filing | None = None
    by: str = ""
    difference: Difference = Difference((), (), ())
    problem: RuleError | None = None


def keep(session: Session, uploads: Sequence[tuple[str, IO[bytes]]]) -> StoredFile:
    """Keep uploaded acknowledgements as one file until they are imported. Raises RuleError where none is among them."""
    if len(uploads) == 1:
        name, data = uploads[0][0], uploads[0][1].read(UPLOAD + 1)
    else:
        with tempfile.SpooledTemporaryFile(max_size=UPLOAD) as target:
            efiling.write_files(target, ((files.clean_name(n), s.read(UPLOAD)) for n, s in uploads))
            target.seek(0)
            name, data = "acknowledgements.zip", target.read(UPLOAD + 1)
    if not data:
        raise RuleError(N_("The file is empty"), field="file")
    read_acknowledgements(name, data)
    return files.keep(session, name, io.BytesIO(data), limit=UPLOAD, checked=False)


def acknowledgements_of(session: Session, sha256: str) -> tuple[StoredFile, list[Acknowledgement]]:
    """The acknowledgements in a kept file. Raises RuleError (missing)."""
    stored = session.execute(select(StoredFile).where(StoredFile.sha256 == sha256)).scalars().first()
    if stored is None or stored.size > UPLOAD:
        raise RuleError(N_("This file is not kept any more"), code="missing")
    try:
        with files.store_of(session).open(stored.sha256) as source:
            return stored, read_acknowledgements("200105.xml", source.read())
    except FileNotFoundError as error:
        raise RuleError(N_("This file is not kept any more"), code="missing") from error


def match(session: Session, acknowledgements: Sequence[Acknowledgement]) -> list[Match]:
    """Each acknowledgement with the filing it is for, as far as one is certain."""
    taken: set[int] = set()
    return [_match(session, acknowledgement, taken) for acknowledgement in acknowledgements]


def _match(session: Session, acknowledgement: Acknowledgement, taken: set[int]) -> Match:
    if acknowledgement.number:
        known = _found(session, Filing.acknowledgement_no == acknowledgement.number)
        if known and known[0].status is FilingStatus.ACKNOWLEDGED:
            return Match(acknowledgement, MatchState.DONE, known[0])
    for by, condition in _marks(session, acknowledgement):
        found = _found(session, condition)
        sent = [f for f in found if f.status is FilingStatus.DISPATCHED]
        if len(sent) > 1:
            sent = [f for f in sent if not difference(f, acknowledgement)]
        if len(sent) == 1:
            if sent[0].id in taken:
                return Match(acknowledgement, MatchState.DONE, sent[0])
            taken.add(sent[0].id)
            return matched(sent[0], acknowledgement, by)
        if found:
            return Match(acknowledgement, MatchState.UNMATCHED, by=by)
    return Match(acknowledgement, MatchState.UNMATCHED)


def matched(filing: Filing, acknowledgement: Acknowledgement, by: str = "") -> Match:
    """An acknowledgement for a filing, with what stands against it."""
    try:
        values(filing, acknowledgement)
        dispatch.must_be(filing, (FilingStatus.DISPATCHED,), dispatch.ELECTRONIC)
    except RuleError as problem:
        return Match(acknowledgement, MatchState.REFUSED, filing, by, difference(filing, acknowledgement), problem)
    return Match(acknowledgement, MatchState.READY, filing, by, difference(filing, acknowledgement))


def _marks(session: Session, acknowledgement: Acknowledgement) -> list[tuple[str, ColumnElement[bool]]]:
    """By what an acknowledgement can be matched, the surest first."""
    marks = []
    if acknowledgement.package_id:
        marks.append((N_("Package no."), Filing.filing_no == _filing_no(session, acknowledgement.package_id)))
    if acknowledgement.our_ref:
        marks.append(
            (N_("Our ref."), Filing.case_id.in_(select(Case.id).where(Case.our_ref == acknowledgement.our_ref)))
        )
    if acknowledgement.app_no:
        try:
            number = application_number.parse(acknowledgement.app_no).text
            own = select(Case.id).where(or_(Case.app_no == number, Case.app_no == acknowledgement.app_no))
            marks.append((N_("Application no."), Filing.case_id.in_(own)))
        except RuleError:
            pass
    return marks


def _filing_no(session: Session, package_id: str) -> str:
    """The filing number of a package id, which is either that number or the GUID made of it."""
    try:
        wanted = str(UUID(package_id)).upper()
    except ValueError:
        return package_id
    numbers = session.execute(select(Filing.filing_no).where(Filing.status == FilingStatus.DISPATCHED)).scalars()
    return next((n for n in numbers if efiling.guid_of(n) == wanted), package_id)


def _found(session: Session, condition: ColumnElement[bool]) -> list[Filing]:
    query = select(Filing.id).where(condition, Filing.status.in_(dispatch.SEEN), Filing.method.in_(dispatch.ELECTRONIC))
    return dispatch.filings(session, list(session.execute(query).scalars()))


def difference(filing: Filing, acknowledgement: Acknowledgement) -> Difference:
    """What the Office lists against what was sent; nothing where it lists nothing."""
    if not acknowledgement.files:
        return Difference((), (), ())
    sent = [
        (d.name, d.document_type.name if d.document_type else "", form.name if (form := form_known(d)) else "")
        for d in filing.documents
    ]
    return compare(sent, [f.name for f in acknowledgement.files])


def values(filing: Filing, acknowledgement: Acknowledgement) -> dict[str, Any]:
    """What an acknowledgement tells of the case of a filing. Raises RuleError where the case says otherwise."""
    new = filing.kind is FilingKind.NEW_APPLICATION
    day = acknowledgement.received_on if new and acknowledgement.app_no and filing.case.filing_date is None else None
    return dispatch.case_values(filing, acknowledgement.app_no, day)


def import_acknowledgements(
    session: Session, sha256: str, name: str, chosen: Mapping[int, int | None]
) -> tuple[int, int]:  # fmt: skip
    """Clear the filings that acknowledgements are for, all or none; (how many, how many had been before).

    chosen: number of the acknowledgement → the filing it was matched with by hand, None: leave it out; those not named
    go to the filing they were matched with. Raises RuleError for one that cannot be imported.
    """
    done = before = 0
    with unit_of_work(session):
        stored, acknowledgements = acknowledgements_of(session, sha256)
        matches = match(session, acknowledgements)
        for index, one in enumerate(matches):
            filing_id = chosen.get(index, one.filing.id if one.filing and one.state is MatchState.READY else None)
            if one.state is MatchState.DONE:
                before += 1
            elif filing_id is not None:
                _import(session, filing_id, one.acknowledgement)
                _attach(session, filing_id, stored, name, one.acknowledgement, alone=len(acknowledgements) == 1)
                done += 1
    return done, before


def _import(session: Session, filing_id: int, acknowledgement: Acknowledgement) -> None:
    (filing,) = dispatch.filings(session, [filing_id], lock=True)
    found, told = difference(filing, acknowledgement), values(filing, acknowledgement)
    inputs = {
        "received_on": (acknowledgement.received_on or today()).isoformat(),
        "acknowledgement_no": acknowledgement.number,
        "app_no": told.get("app_no"), "filing_date": told.get("filing_date"),
    }  # fmt: skip
    kept = {
        "source": "acknowledgement", "submitter": acknowledgement.submitter, "received": list(found.received),
        "missing": list(found.missing), "extra": list(found.extra), "files": [list(f) for f in acknowledgement.files],
    }  # fmt: skip
    dispatch.acknowledge(session, filing_id, inputs, kept, methods=dispatch.ELECTRONIC)


def _attach(
    session: Session, filing_id: int, stored: StoredFile, name: str, one: Acknowledgement, *, alone: bool
) -> None:
    """Keep an acknowledgement with the filing: of an archive of many its own file, for the others are not its business.

    What is not found in the archive by the name it was read under is not kept.
    """
    name = files.clean_name(name)
    if not alone:
        with files.store_of(session).open(stored.sha256) as source:
            entries = read_archive(source.read(), endings=(".xml",))
        own = next((entry for entry in entries if entry.path == one.source), None)
        if own is None:
            return
        name = f"{PurePosixPath(name).stem[:100]}-{one.number or filing_id}.xml"
        stored = files.keep(session, name, io.BytesIO(own.data), limit=UPLOAD, checked=False)
    session.add(Attachment(table_key="filing", record_id=filing_id, name=name, file_id=stored.id, category="200105"))
