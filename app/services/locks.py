"""How often one may try to sign in: names and addresses lock for a while after failures, whether known or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.rules.system import LoginOutcome
from app.services import parameters
from models.system import LoginEvent

#: Attempts that count towards a lock.
FAILURES = (LoginOutcome.WRONG_PASSWORD, LoginOutcome.UNKNOWN_USER, LoginOutcome.INVALID_USER)


@dataclass(frozen=True)
class Policy:
    """What the administrator set (system parameters): locks and the resetting of passwords."""

    failures: int
    ip_failures: int
    lock: timedelta
    lifetime: timedelta  # of a one-time password
    manual: bool  # reset to the manual's fixed password


def policy(session: Session) -> Policy:
    """The rules as they stand; by default 5 failures of a name or 50 of an address lock for 15 minutes."""

    def number(code: str, default: int) -> int:
        text = parameters.value(session, code)
        return int(text) if text.isdecimal() and int(text) else default

    return Policy(
        failures=number("login_failures", 5),
        ip_failures=number("login_ip_failures", 50),
        lock=timedelta(minutes=number("login_lock_minutes", 15)),
        lifetime=timedelta(hours=number("one_time_password_hours", 24)),
        manual=parameters.value(session, "password_reset_mode") == "FIXED",
    )


def address_locked(session: Session, ip: str, moment: datetime) -> datetime | None:
    """Until when this address is kept out, if it is."""
    return _until(session, LoginEvent.ip == ip, policy(session).ip_failures, moment) if ip else None


def name_locked(session: Session, name: str, user: User | None, moment: datetime) -> datetime | None:
    """Until when this login name is kept out, if it is; what was before a success or a new password is forgotten."""
    own = (LoginEvent.username == name, LoginEvent.outcome == LoginOutcome.SUCCESS)
    last = select(func.coalesce(func.max(LoginEvent.id), 0)).where(*own).scalar_subquery()
    tried = (LoginEvent.username == name) & (LoginEvent.id > last)
    if user is not None and user.password_changed_at:
        tried &= LoginEvent.at > user.password_changed_at
    return _until(session, tried, policy(session).failures, moment)


def _until(session: Session, whose: ColumnElement[bool], limit: int, moment: datetime) -> datetime | None:
    """The end of the lock that `limit` failures within one lock time bring about."""
    lock = policy(session).lock
    query = select(LoginEvent.at).where(whose, LoginEvent.outcome.in_(FAILURES), LoginEvent.at > moment - 2 * lock)
    times = session.execute(query.order_by(LoginEvent.id.desc()).limit(limit)).scalars().all()
    if len(times) < limit or times[0] - times[-1] > lock or times[0] + lock <= moment:
        return None
    return times[0] + lock
