"""The names of a case's parties are kept with the case, for lists and searches, whoever changes them and how."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, event, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.rules.case import PartyRole
from models.base import Record, rewritten
from models.case import Case, CaseApplicant, CaseInventor
from models.party import Applicant, Inventor

LONGEST = Case.__table__.c.applicant_names.type.length
SEPARATOR = "；"
_CHUNK = 500


@event.listens_for(Session, "after_flush")
def _keep(session: Session, _context: Any) -> None:
    changed = [*session.new, *session.dirty, *session.deleted]
    _keep_names(session, changed, CaseApplicant, Applicant, "applicant_names")
    _keep_names(session, changed, CaseInventor, Inventor, "inventor_names")


def _keep_names(session: Session, changed: Iterable[Any], link: type[Record], party: type[Record], column: str) -> None:
    """Write the names anew for every case whose rows of `link` changed or whose parties were renamed."""
    links, parties = link.__table__, party.__table__
    party_id = links.c[f"{parties.name}_id"]
    cases = {row.case_id for row in changed if isinstance(row, link)}
    renamed = [
        row.id for row in session.dirty if isinstance(row, party) and inspect(row).attrs.name.history.has_changes()
    ]
    connection = session.connection()
    if renamed:
        cases |= set(connection.execute(select(links.c.case_id).where(party_id.in_(renamed))).scalars())
    waiting = sorted(case for case in cases if case is not None)
    for start in range(0, len(waiting), _CHUNK):
        names: dict[int, list[str]] = {case: [] for case in waiting[start : start + _CHUNK]}
        query = select(links.c.case_id, parties.c.name).join(parties, parties.c.id == party_id)
        query = query.where(links.c.case_id.in_(names)).order_by(links.c.case_id, links.c.position, links.c.id)
        if link is CaseApplicant:
            query = query.where(links.c.role != PartyRole.REQUESTER)
        for case, name in connection.execute(query):
            names[case].append(name)
        _write(session, column, {case: SEPARATOR.join(found)[:LONGEST] or None for case, found in names.items()})


def _write(session: Session, column: str, names: dict[int, str | None]) -> None:
    table = Case.__table__
    statement = update(table).where(table.c.id == bindparam("case")).values({column: bindparam("names")})
    session.connection().execute(statement, [{"case": case, "names": text} for case, text in names.items()])
    rewritten(session, Case, names)
    for case, text in names.items():
        loaded = session.identity_map.get(session.identity_key(Case, case))
        if loaded is not None:
            set_committed_value(loaded, column, text)
