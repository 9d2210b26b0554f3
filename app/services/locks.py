"""How often one may try to sign in: names and addresses lock for a while after failures, whether known or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.rules.system import LoginOutcome
from app.services import parameters
from models.system import LoginEvent

#: Attempts that count towards a lock: of an address, and of a name (where those count too that its address kept out).
FAILURES = (LoginOutcome.WRONG_PASSWORD, LoginOutcome.UNKNOWN_USER, LoginOutcome.INVALID_USER)
FAILURES_OF_NAME = (*FAILURES, LoginOutcome.LIMITED)
#: An address a name signed in from within this time is one of its own.
HOME = timedelta(days=30)
MANUAL_PASSWORD = "111111"


@dataclass(frozen=True)
class Policy:
    """What the administrator set (system parameters): locks and the resetting of passwords."""

    failures: int
    ip_failures: int
    lock: timedelta
    lifetime: timedelta  # of a one-time password
    fixed: str  # the manual's password, where resets give it; else empty


def policy(session: Session) -> Policy:
    """The rules as they stand; by default 5 failures of a name or 50 of an address lock for 15 minutes."""

    def number(code: str, default: int) -> int:
        text = parameters.value(session, code)
        return int(text) if text.isdecimal() and int(text) else default

    by_manual = parameters.value(session, "password_reset_mode") == "FIXED"
    return Policy(
        failures=number("login_attempts", 5),
        ip_failures=number("login_attempts_of_address", 50),
        lock=timedelta(minutes=number("lock_minutes", 15)),
        lifetime=timedelta(hours=number("password_reset_hours", 24)),
        fixed=parameters.value(session, "password_reset_value", MANUAL_PASSWORD) if by_manual else "",
    )


def address_locked(session: Session, ip: str, moment: datetime) -> datetime | None:
    """Until when this address is kept out, if it is."""
    mine = (LoginEvent.ip == ip) & LoginEvent.outcome.in_(FAILURES)
    return _until(session, mine, policy(session).ip_failures, moment) if ip else None


def at_home(session: Session, name: str, ip: str, moment: datetime) -> bool:
    """Whether this name signed in from this address lately: a locked address keeps its regular users in."""
    query = select(LoginEvent.id).where(LoginEvent.username == name, LoginEvent.ip == ip, LoginEvent.at > moment - HOME)
    return session.execute(query.where(LoginEvent.outcome == LoginOutcome.SUCCESS).limit(1)).first() is not None


def name_locked(session: Session, name: str, user: User | None, moment: datetime) -> datetime | None:
    """Until when this login name is kept out, if it is; what was before a success or a new password is forgotten."""
    own = (LoginEvent.username == name, LoginEvent.outcome == LoginOutcome.SUCCESS)
    last = select(func.coalesce(func.max(LoginEvent.id), 0)).where(*own).scalar_subquery()
    tried = (LoginEvent.username == name) & (LoginEvent.id > last) & LoginEvent.outcome.in_(FAILURES_OF_NAME)
    if user is not None and user.password_changed_at:
        tried &= LoginEvent.at > user.password_changed_at
    return _until(session, tried, policy(session).failures, moment)


def _until(session: Session, whose: ColumnElement[bool], limit: int, moment: datetime) -> datetime | None:
    """The end of the lock that `limit` failures within one lock time bring about."""
    lock = policy(session).lock
    query = select(LoginEvent.at).where(whose, LoginEvent.at > moment - 2 * lock)
    times = session.execute(query.order_by(LoginEvent.id.desc()).limit(limit)).scalars().all()
    if len(times) < limit or times[0] - times[-1] > lock or times[0] + lock <= moment:
        return None
    return times[0] + lock
