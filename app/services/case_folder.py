"""The electronic case folder: everything that belongs to one case, in the order in which it happened (A-3.2.2.4)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from app.rules.case import CASE_FLOW
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import FILING_FLOW
from app.services.today import local
from app.services.unit_of_work import Actor
from models.audit import AuditEntry
from models.case import Case
from models.fee_sheet import FeeSheet
from models.filing import DocumentVersion, Filing, FilingDocument
from models.party import Client, Referrer
from models.system import Attachment, StoredFile
from models.task import Task

#: Kinds of events, in the order of the filter, each with its icon.
KINDS = {
    "case": (N_("Case"), "folder-open"),
    "legal": (N_("Legal data"), "landmark"),
    "filing": (N_("Submissions"), "send"),
    "letter": (N_("Letters received"), "mail"),
    "task": (N_("Tasks"), "list-checks"),
    "file": (N_("Files"), "paperclip"),
    "fee": (N_("Fees"), "receipt"),
}
#: What the Office did, by the column of the case that keeps its day.
LEGAL = {
    "filing_date": "app_no",
    "pct_filing_date": "pct_app_no",
    "national_entry_date": "",
    "publication_date": "publication_no",
    "examination_date": "",
    "grant_date": "grant_no",
    "certificate_date": "certificate_no",
}
#: Attachments of a case that came from its client (客户来文).
LETTER = "client_letter"
MOST = 400


@dataclass(frozen=True)
class Event:
    """Something that happened in a case: its day, kind, what (msgid or plain text with `plain`), and one line more."""

    on: date
    kind: str
    title: str
    detail: str = ""
    who: str = ""
    file: "tuple[str, int, str] | None" = None  # (kind of file, id, name)
    plain: bool = False
    url: str = ""


def referred(actor: Actor) -> ColumnElement[bool]:
    """The cases that the actor brought himself or through a client he brought (A-3.1.7-03)."""
    mine = select(Referrer.id).where(Referrer.user_id == actor.id)
    return or_(Case.referrer_id.in_(mine), Case.client_id.in_(select(Client.id).where(Client.referrer_id.in_(mine))))


def events(
    session: Session, case: Case, *, kinds: Iterable[str], shows: Callable[[str], bool] = lambda _name: True
) -> list[Event]:
    """What happened in a case, newest first, of the kinds the reader may see; shows: whether he may see a column."""

    def legal(_session: Session, case: Case) -> list[Event]:
        return _legal(case, shows)

    makers = {"case": _steps, "legal": legal, "filing": _filings, "task": _tasks, "fee": _fees}
    found = [event for kind, make in makers.items() if kind in kinds for event in make(session, case)]
    found += [e for e in _files(session, case) if e.kind in kinds]
    return sorted(found, key=lambda event: event.on, reverse=True)[:MOST]


def _day(at: datetime) -> date:
    return local(at).date()


def _steps(session: Session, case: Case) -> list[Event]:
    """How the case moved, from its history."""
    query = select(AuditEntry).where(AuditEntry.table == Case.__tablename__, AuditEntry.record_id == case.id)
    found = []
    for entry in session.execute(query.order_by(AuditEntry.id)).scalars():
        if entry.action == "insert":
            found.append(Event(_day(entry.at), "case", N_("Case opened"), who=entry.actor))
        elif entry.action in CASE_FLOW.by_name:
            label = CASE_FLOW.by_name[entry.action].label
            found.append(Event(_day(entry.at), "case", label, entry.reason, entry.actor))
    return found


def _legal(case: Case, shows: Callable[[str], bool]) -> list[Event]:
    """The milestones before the Office."""
    columns = Case.__table__.c
    return [
        Event(day, "legal", columns[name].info["field"].label,
              getattr(case, number) or "" if number and shows(number) else "")
        for name, number in LEGAL.items()
        if shows(name) and (day := getattr(case, name))
    ]  # fmt: skip


def _filings(session: Session, case: Case) -> list[Event]:
    """What was handed in, step by step."""
    made = {f.id: f for f in session.execute(select(Filing).where(Filing.case_id == case.id)).scalars()}
    entries = select(AuditEntry).where(AuditEntry.table == Filing.__tablename__, AuditEntry.record_id.in_(made))
    found = []
    for entry in session.execute(entries.where(AuditEntry.action.in_(FILING_FLOW.by_name))).scalars():
        filing = made[entry.record_id]
        label, url = FILING_FLOW.by_name[entry.action].label, f"/app/filing/{filing.id}"
        about = "　".join(filter(None, (filing.filing_no, filing.name, entry.reason)))
        found.append(Event(_day(entry.at), "filing", label, about, entry.actor, url=url))
    return found


def _tasks(session: Session, case: Case) -> list[Event]:
    """Tasks by the day they were done or, still open, made."""
    query = select(Task).where(Task.case_id == case.id).options(joinedload(Task.assignee))
    found = []
    for task in session.execute(query).scalars():
        state = task.standing.label if task.standing.name != "LIVE" else task.status.label
        day, who = _day(task.finished_at or task.created_at), task.assignee.first_name
        found.append(Event(day, "task", task.name, state, who, plain=True, url=f"/app/task/{task.id}"))
    return found


def _fees(session: Session, case: Case) -> list[Event]:
    """Fee sheets of the case."""
    found = []
    for sheet in session.execute(select(FeeSheet).where(FeeSheet.case_id == case.id)).scalars():
        url = f"/app/fee_sheet/{sheet.id}"
        found.append(Event(_day(sheet.created_at), "fee", sheet.sheet_type.label, sheet.sheet_no, url=url))
    return found


def _files(session: Session, case: Case) -> list[Event]:
    """Files as events: what the client sent apart from the rest."""
    return [
        Event(f.on, "letter" if f.letter else "file", f.name, f.about, f.who, (f.kind, f.id, f.name), plain=True)
        for f in files_of(session, case)
    ]


@dataclass(frozen=True)
class FolderFile:
    """A file of the folder: `kind` and `id` find it again; `stored` is its bytes' row, `about` what it belongs to."""

    kind: str
    id: int
    name: str
    on: date
    who: str
    stored: int
    about: str = ""
    letter: bool = False


def files_of(session: Session, case: Case) -> list[FolderFile]:
    """Every file of a case, newest first: on the case, on its filings, and the documents of these in all versions.

    The client's own files are not among them (A-3.1.1.2.5-05).
    """
    filings = select(Filing.id).where(Filing.case_id == case.id)
    mine = or_(
        (Attachment.table_key == "case") & (Attachment.record_id == case.id),
        (Attachment.table_key == "filing") & Attachment.record_id.in_(filings),
    )
    query = select(Attachment, User.first_name).outerjoin(User, User.id == Attachment.created_by_id).where(mine)
    found = [
        FolderFile("a", a.id, a.name, _day(a.created_at), who or "", a.file_id, letter=a.category == LETTER)
        for a, who in session.execute(query)
    ]
    versions = (
        select(DocumentVersion, FilingDocument.name, User.first_name)
        .join(FilingDocument, FilingDocument.id == DocumentVersion.document_id)
        .outerjoin(User, User.id == DocumentVersion.created_by_id)
        .where(FilingDocument.filing_id.in_(filings))
    )
    found += [
        FolderFile("v", v.id, v.name, _day(v.created_at), who or "", v.file_id, f"{document} v{v.number}")
        for v, document, who in session.execute(versions)
    ]
    return sorted(found, key=lambda f: (f.on, f.id), reverse=True)


def find_file(session: Session, case: Case, kind: str, key: int) -> tuple[FolderFile, StoredFile]:
    """One file of the folder. Raises RuleError (missing) for what is not in this one."""
    found = next((f for f in files_of(session, case) if (f.kind, f.id) == (kind, key)), None)
    stored = session.get(StoredFile, found.stored) if found else None
    if found is None or stored is None:
        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
    return found, stored


def stored_of(session: Session, listed: Sequence[FolderFile]) -> dict[int, StoredFile]:
    """The rows of the bytes of some files, by id."""
    ids = {f.stored for f in listed}
    return {s.id: s for s in session.execute(select(StoredFile).where(StoredFile.id.in_(ids))).scalars()}


def open_tasks(session: Session, case: Case) -> list[Any]:
    """The open tasks of a case as the reader sees them, the nearest deadline first."""
    query = select(Task).where(Task.case_id == case.id).options(joinedload(Task.assignee), joinedload(Task.task_type))
    rows = session.execute(query.order_by(Task.hard_deadline, Task.id)).scalars()
    return [t for t in rows if t.standing.name == "LIVE" and t.status.name != "DONE"]
