"""General powers of attorney of an applicant and their files (申请人总委编号, A-3.1.1.2.3-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import files, records
from app.services.unit_of_work import unit_of_work
from models.party import Applicant, GeneralPower
from models.system import Attachment

TABLE = "applicant"


@dataclass(frozen=True)
class Held:
    """A general power with the file that proves it; the file lies with the applicant's, under the power's category."""

    power: GeneralPower
    file: Attachment | None


def category(power_id: int) -> str:
    """How an applicant's file says which general power it proves."""
    return f"general_power-{power_id}"


def of(session: Session, applicant: Applicant) -> list[Held]:
    """The general powers of an applicant, each with its newest file."""
    query = select(GeneralPower).where(GeneralPower.applicant_id == applicant.id).order_by(GeneralPower.id)
    found = {a.category: a for a in _files(session, applicant.id)}
    return [Held(power, found.get(category(power.id))) for power in session.scalars(query)]


def _files(session: Session, applicant_id: int) -> Sequence[Attachment]:
    query = select(Attachment).where(Attachment.table_key == TABLE, Attachment.record_id == applicant_id)
    return session.scalars(query.order_by(Attachment.id)).all()


def save(
    session: Session, applicant_id: int, power_id: int | None, number: str, remark: str, upload: tuple[str, IO] | None
) -> tuple[int, int]:
    """Add or change a general power; a file takes the place of the one before. The applicant's version before, after.

    Raises RuleErrors (field number: empty, or the applicant has it already), RuleError (field file), or (missing).
    """
    with unit_of_work(session):
        applicant = records.find(session, Applicant, applicant_id, lock=True)
        before = applicant.version
        power = _one(session, applicant, power_id) if power_id is not None else None
        others = select(GeneralPower.id).where(GeneralPower.applicant_id == applicant.id, GeneralPower.id != power_id)
        twice = others.where(GeneralPower.number == number.strip())
        if number.strip() and session.scalars(twice).first() is not None:
            raise RuleError(N_("“%(value)s” exists already"), field="number", value=number.strip())
        values = {"applicant_id": applicant.id, "number": number.strip() or None, "remark": remark.strip() or None}
        power = records.save(session, GeneralPower, power.id if power else None, values)
        if upload is not None:
            _drop_files(session, applicant.id, power.id)
            made = files.attach(session, TABLE, applicant.id, upload[0], upload[1], category=category(power.id))
            power.file_id = made.file_id
        session.flush()
        return before, applicant.version


def delete(session: Session, applicant_id: int, ids: Sequence[int]) -> tuple[int, int]:
    """Delete general powers of an applicant with their files. The applicant's version before and after."""
    with unit_of_work(session):
        applicant = records.find(session, Applicant, applicant_id, lock=True)
        before = applicant.version
        for power_id in ids:
            session.delete(_one(session, applicant, power_id))
            _drop_files(session, applicant.id, power_id)
        session.flush()
        return before, applicant.version


def _one(session: Session, applicant: Applicant, power_id: int) -> GeneralPower:
    power = records.find(session, GeneralPower, power_id, lock=True)
    if power.applicant_id != applicant.id:
        raise RuleError(N_("This record does not exist or is not open to you"), code="missing")
    return power


def _drop_files(session: Session, applicant_id: int, power_id: int) -> None:
    for attachment in _files(session, applicant_id):
        if attachment.category == category(power_id):
            session.delete(attachment)
