"""Forms of a filing: filled from its case, saved, made into files, applied to the case (A-3.2.1.5.1, A-3.2.1.7)."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules import efiling
from app.rules import request_form as rules
from app.rules.bibliographic_change import FEES, PARTIES, Change, ChangeClass, changes_of
from app.rules.case import FeeReduction, FilingMethod, PartyRole
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.filing import DocumentOrigin, FilingStatus
from app.rules.normalize import split_names
from app.rules.request_form import Content, Form
from app.rules.request_form_catalog import CHANGE_FORM, form_for
from app.rules.request_form_check import Level, Moment, Problem, check
from app.rules.request_form_facts import Facts
from app.rules.request_form_xml import to_xml
from app.services import documents, files, records
from app.services.calendar import calendar_of
from app.services.records import ChildRow
from app.services.request_form_facts import applicants_of, facts_of
from app.services.request_form_print import to_docx
from app.services.today import today
from app.services.unit_of_work import actor_of, unit_of_work, unscoped
from app.texts import gettext as _
from models.case import Case
from models.fee import FeeItem
from models.filing import DocumentVersion, Filing, FilingDocument
from models.party import Applicant, Inventor

#: The files that are made of a form.
ENDINGS = (".docx", ".xml")


def outdated(document: FilingDocument) -> bool:
    """Whether a form was changed after its files were made."""
    kept, newest = document.content or {}, max((v.number for v in document.versions), default=None)
    written = document.origin is DocumentOrigin.WRITTEN and "form" in kept
    return written and newest is not None and kept.get("made") != newest


def form_known(document: FilingDocument) -> Form | None:
    """The form a document is written on; None where its file is imported."""
    case, kind = document.filing.case, document.document_type
    return form_for(document.part, efiling.REQUEST_CODES.get(case.patent_type, ""), kind.code if kind else None)


def form_of(document: FilingDocument) -> Form:
    """The form a document is written on. Raises RuleError (missing) for documents that are imported as files."""
    form = form_known(document)
    if form is None:
        raise RuleError(N_("This document is not written on a form here; import its file"), code="missing")
    return form


class Opened:
    """A form as it stands: its content, what was taken from the case, what the case says now.

    saved: whether it was ever saved; until then the content is what the case says.
    """

    def __init__(self, session: Session, document: FilingDocument):
        self.document, self.form = document, form_of(document)
        self.facts: Facts = facts_of(session, document.filing, document)
        self.fresh = rules.filled_from(self.form, self.facts)
        kept = document.content or {}
        self.saved = kept.get("form") == self.form.code
        self.content: Content = rules.normalise(self.form, kept["values"]) if self.saved else self.fresh
        self.taken: Content = rules.normalise(self.form, kept["taken"]) if self.saved else self.fresh
        case = document.filing.case
        self.moment = Moment(today(), calendar_of(session), self.facts.divisional,
                             case.fee_reduction is not FeeReduction.NONE)  # fmt: skip

    def problems(self, content: Content | None = None) -> list[Problem]:
        """What is wrong with the form."""
        return check(self.form, self.content if content is None else content, self.moment)

    def differences(self) -> list[rules.Difference]:
        """Where form and case say different things."""
        return rules.differences(self.form, self.content, self.taken, self.fresh)

    def stored(self, values: Content, taken: Content | None = None, *, made: int | None = None) -> dict[str, Any]:
        """What the document keeps. made: the version that holds just this content as a file."""
        if made is None and self.saved and values == self.content:
            made = (self.document.content or {}).get("made")
        return {"form": self.form.code, "values": values, "taken": self.taken if taken is None else taken, "made": made}

    def xml(self) -> bytes:
        """The form as the Office's electronic filing takes it."""
        return to_xml(self.form, self.content)

    def docx(self) -> bytes:
        """The form on paper."""
        return to_docx(self.form, rules.submitted(self.form, self.content))


def _open(session: Session, document_id: int) -> Opened:
    """A form whose filing is open to changes by who acts; the filing is locked."""
    document: FilingDocument = records.find(session, FilingDocument, document_id)
    documents.check_writable(session, records.find(session, Filing, document.filing_id, lock=True))
    return Opened(session, document)


def _keep(session: Session, opened: Opened, content: dict[str, Any], version: int) -> FilingDocument:
    values = {"content": content, "origin": DocumentOrigin.WRITTEN}
    return records.save(session, FilingDocument, opened.document.id, values, version=version)


def save(session: Session, document_id: int, given: Mapping[str, Any], version: int) -> FilingDocument:
    """Keep what was written. Raises RuleErrors by control, Stale, and as `documents.check_writable`."""
    with unit_of_work(session):
        opened = _open(session, document_id)
        return _keep(session, opened, opened.stored(rules.normalise(opened.form, given)), version)


def take_again(session: Session, document_id: int, keys: Iterable[str], version: int) -> FilingDocument:
    """Take from the case again what stands at these keys of the form (重新取自案卷); all else stays as written.

    Raises RuleError for a place where form and case do not differ.
    """
    with unit_of_work(session):
        opened, wanted = _open(session, document_id), set(keys)
        if not wanted or not wanted <= {d.key for d in opened.differences()}:
            raise RuleError(N_("The form is incomplete; load it again"))
        values = rules.take(opened.form, opened.content, opened.fresh, wanted)
        taken = rules.take(opened.form, opened.taken, opened.fresh, wanted)
        return _keep(session, opened, opened.stored(values, taken), version)


def make_files(session: Session, document_id: int, version: int) -> list[DocumentVersion]:
    """The form as Word and XML files, each a new version of the document; the one that will be filed last.

    Raises RuleErrors while the form has errors, Stale, and as `documents.check_writable`.
    """
    with unit_of_work(session):
        opened = _open(session, document_id)
        if errors := [p.error for p in opened.problems() if p.level is Level.ERROR]:
            raise RuleErrors(errors)
        last = max((v.number for v in opened.document.versions), default=0)
        document = _keep(session, opened, opened.stored(opened.content, made=last + len(ENDINGS)), version)
        made = {".docx": opened.docx(), ".xml": opened.xml()}
        order = sorted(made, key=lambda e: (e == ".xml") == (document.filing.method is FilingMethod.ELECTRONIC))
        return [_version(session, document, opened.form.name + ending, made[ending]) for ending in order]


def _version(session: Session, document: FilingDocument, name: str, content: bytes) -> DocumentVersion:
    """A file made of the form as the next version of its document."""
    stored = files.keep(session, name, BytesIO(content))
    note = _("Made from the form (%(kind)s)", kind=PurePosixPath(name).suffix[1:].upper())
    return documents.add_version(session, document, name, stored.id, note)


def fees_of(session: Session) -> dict[ChangeClass, FeeItem]:
    """The fee item of each class of bibliographic change, as the table of fees has it (A-3.2.1.7-01)."""
    rows = session.execute(select(FeeItem).where(FeeItem.code.in_(FEES.values()))).scalars()
    found = {item.code: item for item in rows}
    return {kind: found[code] for kind, code in FEES.items() if code in found}


def pending(session: Session, document: FilingDocument) -> list[Change]:
    """What an acknowledged change of bibliographic data still has to bring to its case."""
    kept = document.content or {}
    if document.filing.status is not FilingStatus.ACKNOWLEDGED or kept.get("form") != CHANGE_FORM:
        return []
    opened = Opened(session, document)
    return changes_of(opened.content, opened.facts)


def apply_to_case(session: Session, document_id: int, reason: str, case_version: int) -> Case:
    """Write an acknowledged change into the case (应用到案卷, A-3.2.1.7-03): all of it or nothing, with its reason.

    Raises RuleError: forbidden (no right to change cases, or one of the fields), conflict (not acknowledged, nothing
    left), RuleErrors (field reason; applicants who are not registered), Stale where somebody else changed the case.
    """
    reason = reason.strip()
    with unit_of_work(session, reason=reason):
        if not actor_of(session).may("edit", "case"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        document: FilingDocument = records.find(session, FilingDocument, document_id)
        records.find(session, Filing, document.filing_id, lock=True)
        if document.filing.status is not FilingStatus.ACKNOWLEDGED:
            raise RuleError(N_("The Office has not acknowledged this change yet"), code="conflict")
        changes = pending(session, document)
        if not changes:
            raise RuleError(N_("The case says already what this form changes"), code="conflict")
        closed = actor_of(session).hidden | actor_of(session).read_only
        if any(("case", c.item.column) in closed for c in changes):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        if not reason:
            raise RuleErrors([RuleError(N_("Say why it is changed"), field="reason")])
        case: Case = records.find(session, Case, document.filing.case_id, lock=True)
        values = {c.item.column: c.after for c in changes if c.item.column not in PARTIES}
        links = {"applicants": _applicant_rows, "inventors": _inventor_rows}
        children = {c.item.column: links[c.item.column](session, case, split_names(c.after))
                    for c in changes if c.item.column in links}  # fmt: skip
        return records.save(session, Case, case.id, values, children=children, version=case_version, reason=reason)


def _party(session: Session, model: type[Any], case: Case, name: str) -> Any:
    """A party by its name, rather one of the case's own client."""
    with unscoped(session):
        found = list(session.execute(select(model).where(model.name == name).order_by(model.id)).scalars())
    return next((p for p in found if p.client_id == case.client_id), found[0] if found else None)


def _applicant_rows(session: Session, case: Case, names: list[str]) -> list[ChildRow]:
    """The applicants of the case as they shall be. Raises RuleErrors for those nobody registered."""
    parties = {name: _party(session, Applicant, case, name) for name in names}
    if missing := [name for name, party in parties.items() if party is None]:
        message = N_("“%(name)s” is not registered; add it under applicants first")
        raise RuleErrors([RuleError(message, name=name) for name in missing])
    there = {row.applicant_id: row for row in applicants_of(case)}
    role = next((row.role for row in there.values()), PartyRole.APPLICANT)
    return _rows(there, [parties[n].id for n in names], "applicant_id", {"role": role})


def _inventor_rows(session: Session, case: Case, names: list[str]) -> list[ChildRow]:
    """The inventors of the case as they shall be; those nobody registered are registered for its client."""
    ids = []
    for name in names:
        party = _party(session, Inventor, case, name)
        if party is None:
            party = records.save(session, Inventor, None, {"name": name, "client_id": case.client_id})
        ids.append(party.id)
    return _rows({row.inventor_id: row for row in case.inventors}, ids, "inventor_id", {})


def _rows(there: dict[int, Any], ids: list[int], column: str, more: dict[str, Any]) -> list[ChildRow]:
    """Child rows that leave just these parties, in this order; the first one is the first."""
    rows = []
    for place, key in enumerate(ids, start=1):
        values = {"position": place, "is_first": place == 1}
        old = there.get(key)
        rows.append(ChildRow(values if old else values | more | {column: key}, old.id if old else None))
    return rows + [ChildRow({}, row.id, delete=True) for key, row in there.items() if key not in ids]
