"""Parties as they are saved: numbers, names and signatures of clients, referrers and associates (A-3.1)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.party import check_fee_terms
from app.rules.party_name import short_name
from app.rules.reference import DivisionLevel
from app.services import numbering
from app.services.records import before_delete, before_save
from app.services.today import today
from app.services.unit_of_work import actor_of, unscoped
from models.case import Case
from models.party import Client, ForeignAssociate, Referrer
from models.reference import Division

#: Levels of divisions whose names may stand in front of a company's name: provinces and cities.
PLACES = (DivisionLevel.PROVINCE, DivisionLevel.CITY)


def propose_short_name(session: Session, full: str) -> str:
    """The short name proposed of a client's full name (客户简称, A-3.1.1.2.2-07)."""
    with session.no_autoflush:
        places = session.scalars(select(Division.name).where(Division.level.in_(PLACES))).all()
    return short_name(full, places)[: Client.__table__.c.short_name.type.length]


@before_save(Client)
def _complete_client(session: Session, client: Client) -> None:
    """Number, short name, registrar (A-3.1.1.2.2): what the clerk left empty."""
    if not client.short_name and client.name:
        client.short_name = propose_short_name(session, client.name)
    if client.id is None:
        client.registered_by_id = client.registered_by_id or actor_of(session).id
        client.registered_on = client.registered_on or today()
    if not client.client_no:
        client.client_no = numbering.number(session, "client.client_no", "C", today(), column=Client.client_no)
    check_fee_terms(client)


@before_delete(Client)
def _used_client(session: Session, client: Client) -> None:
    """A client with cases stays (A-3.1.1.3-04)."""
    with unscoped(session):
        used = session.execute(select(Case.id).where(Case.client_id == client.id).limit(1)).first()
    if used:
        raise RuleError(N_("This client is used by cases; delete the cases first"), code="conflict")


@before_save(Referrer)
def _complete_referrer(session: Session, referrer: Referrer) -> None:
    """Its number, where the clerk left it empty (A-3.1.6)."""
    if not referrer.referrer_no:
        code, column = "referrer.referrer_no", Referrer.referrer_no
        referrer.referrer_no = numbering.number(session, code, "R", today(), column=column)


@before_save(ForeignAssociate)
def _complete_associate(session: Session, associate: ForeignAssociate) -> None:
    """Its code, where the clerk left it empty (A-3.1.9)."""
    if not associate.code:
        code, column = "foreign_associate.code", ForeignAssociate.code
        associate.code = numbering.number(session, code, "W", today(), column=column)
