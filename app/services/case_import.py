"""Completing imported cases, all at once: state, who opened them, numbers, names of parties."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.case_import import status_of
from app.rules.choice import N_
from app.services.imports import CHUNK, Creation, parts
from app.services.numbering import next_serial
from app.services.today import today
from app.services.unit_of_work import actor_of, unscoped
from models.case import Case
from models.case_names import LONGEST, SEPARATOR
from models.numbering import Serial
from models.party import Applicant, Inventor

SCOPE = "case.case_no.plain"
BY_APP_NO = N_("The list gives none: the application number stands for it")
BY_CASE_NO = N_("The list gives none: the system case number stands for it")


def complete(session: Session, creations: list[Creation]) -> None:
    """What opening a case fills in, for many: an imported case without a number of ours has that of its application."""
    opened_by, day = actor_of(session).id, today()
    serial = take_serials(session, sum(not c.values.get("case_no") for c in creations))
    taken = _taken(session, creations)
    for creation in creations:
        values = creation.values
        values["status"] = values.get("status") or status_of(values)
        values["opened_by_id"] = values.get("opened_by_id") or opened_by
        values["opened_on"] = values.get("opened_on") or day
        if not values.get("case_no"):
            values["case_no"] = f"N{serial:06d}"
            serial += 1
        if not values.get("our_ref"):
            wish = values.get("app_no")
            values["our_ref"] = wish if wish and wish not in taken else values["case_no"]
            creation.notes = (("our_ref", BY_APP_NO if values["our_ref"] == wish else BY_CASE_NO),)
            taken.add(values["our_ref"])
    _keep_names(session, creations, "applicants", Applicant, "applicant_names")
    _keep_names(session, creations, "inventors", Inventor, "inventor_names")


def take_serials(session: Session, count: int) -> int:
    """The first of `count` system case numbers taken at once."""
    if not count:
        return 0
    first = next_serial(session, SCOPE)
    session.execute(select(Serial).where(Serial.scope == SCOPE)).scalars().one().current += count - 1
    session.flush()
    return first


def _taken(session: Session, creations: Iterable[Creation]) -> set[str]:
    """References in use, by the file itself or by other cases."""
    taken = {c.values["our_ref"] for c in creations if c.values.get("our_ref")}
    wishes = sorted({c.values["app_no"] for c in creations if c.values.get("app_no") and not c.values.get("our_ref")})
    with unscoped(session):
        for part in parts(wishes, CHUNK):
            taken |= set(session.execute(select(Case.our_ref).where(Case.our_ref.in_(part))).scalars())
    return taken


def _keep_names(session: Session, creations: list[Creation], collection: str, party: type[Any], column: str) -> None:
    """The names of the parties stand with the case, for lists and searches."""
    key = f"{party.__tablename__}_id"
    used = {row[key] for c in creations for row in c.children.get(collection, ())}
    names: dict[int | Creation, str] = {made: made.values["name"] for made in used if isinstance(made, Creation)}
    with unscoped(session):
        for part in parts(sorted(used - names.keys()), CHUNK):
            names |= dict(session.execute(select(party.id, party.name).where(party.id.in_(part))).all())
    for creation in creations:
        rows = creation.children.get(collection)
        if rows:
            creation.values[column] = SEPARATOR.join([names[row[key]] for row in rows])[:LONGEST]
