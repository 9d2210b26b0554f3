"""Accounts: signing in and out, passwords, and who may change whose account (A-2.2.1.2.2, A-2.2.4.1)."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from flask_appbuilder.security.sqla.models import Role, User, assoc_user_role
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.rules import password as rule
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import LoginOutcome
from app.services import clock, locks, records
from app.services.access import ADMIN
from app.services.unit_of_work import actor_of, unit_of_work
from app.texts import gettext as _
from models.organization import first_counter
from models.system import LoginEvent

#: The session's setting (in `Session.info`) of how passwords are hashed, and the method without it.
HASH_METHOD = "password_hash_method"
SCRYPT = "scrypt"
USERNAME = re.compile(r"[\w.@-]{2,64}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
#: Letters and digits nobody mistakes for others when a one-time password is read out.
ALPHABET = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!#%+-=?@")


def sign_in(session: Session, username: str, password: str, ip: str, moment: datetime) -> User:
    """The user of this name and password, noted in the sign-in log. Raises RuleError.

    Refusals are the same, and take as long, whether the account exists or not. Names lock after some failures, known
    or not, and addresses after many (parameters).
    """
    key = username.strip().lower()[:128]
    user = by_name(session, username)
    known = user.password if user is not None and user.password else _decoy(_method(session))
    right = check_password_hash(known, password[: rule.MOST]) and user is not None and len(password) <= rule.MOST
    with unit_of_work(session):
        user = session.get(User, user.id, with_for_update=True) if user else None
        outcome, until = _judge(session, user, key, ip, right, moment)
        session.add(LoginEvent(username=key, user_id=user.id if user else None, ip=ip, at=moment, outcome=outcome))
        session.flush()
        if user is not None:
            _count(session, user, outcome, moment)
    if until is not None:
        wait = -int((moment - until).total_seconds() // 60)
        sentence = N_("Too many failed attempts; try again in %(minutes)s minutes")
        raise RuleError(sentence, code="forbidden", minutes=wait)
    if outcome is LoginOutcome.EXPIRED:
        raise RuleError(N_("This one-time password has expired; ask the administrator for a new one"), code="forbidden")
    if user is None or outcome is not LoginOutcome.SUCCESS:
        raise RuleError(N_("The login name or the password is wrong"), code="forbidden")
    return user


def _judge(
    session: Session, user: User | None, name: str, ip: str, right: bool, moment: datetime
) -> tuple[LoginOutcome, datetime | None]:
    """What becomes of an attempt, and until when a lock holds."""
    if until := locks.name_locked(session, name, user, moment):
        return LoginOutcome.LOCKED, until
    until = locks.address_locked(session, ip, moment)
    if until and not (right and locks.at_home(session, name, ip, moment)):
        return LoginOutcome.LIMITED, until
    if user is None:
        return LoginOutcome.UNKNOWN_USER, None
    if not right:
        return LoginOutcome.WRONG_PASSWORD, None
    if not user.active:
        return LoginOutcome.INVALID_USER, None
    expired = user.password_expires_at is not None and user.password_expires_at <= moment
    return (LoginOutcome.EXPIRED if expired else LoginOutcome.SUCCESS), None


def _count(session: Session, user: User, outcome: LoginOutcome, moment: datetime) -> None:
    """Keep what the user list shows of attempts."""
    if outcome is LoginOutcome.SUCCESS:
        _quietly(session, user, failed_count=0, locked_until=None, last_login=moment.replace(tzinfo=None),
                 login_count=(user.login_count or 0) + 1)  # fmt: skip
    elif outcome in locks.FAILURES_OF_NAME:
        until = locks.name_locked(session, user.username.lower(), user, moment)
        _quietly(session, user, failed_count=(user.failed_count or 0) + 1, locked_until=until)


def _quietly(session: Session, user: User, **values: object) -> None:
    """Change what is no news: neither the account's version nor its history."""
    session.execute(update(User).where(User.id == user.id).values(values), execution_options={"audited": True})


def sign_out(session: Session, user: User, ip: str = "") -> None:
    """End every session of the user: cookies given before are worth nothing."""
    with unit_of_work(session):
        session.add(LoginEvent(username=user.username.lower(), user_id=user.id, ip=ip, outcome=LoginOutcome.SIGNED_OUT))
        _quietly(session, user, session_counter=(user.session_counter or 0) + 1)


def by_name(session: Session, username: str) -> User | None:
    """The user of a login name, whatever its capitals."""
    name = username.strip()
    query = select(User).where((User.username == name) | (func.lower(User.username) == name.lower()))
    with session.no_autoflush:
        return session.execute(query).scalars().first()


def _method(session: Session) -> str:
    return str(session.info.get(HASH_METHOD) or SCRYPT)


@lru_cache(maxsize=4)
def _decoy(method: str) -> str:
    """A hash nobody knows the password of: checking it costs what checking a real one does."""
    return generate_password_hash(secrets.token_urlsafe(16), method)


def generate(length: int = 12) -> str:
    """A random password that fulfils the rule and can be read out."""
    chars = [secrets.choice(group) for group in ALPHABET]
    chars += [secrets.choice("".join(ALPHABET[:3])) for _n in range(length - len(chars))]
    secrets.SystemRandom().shuffle(chars)
    return "".join(chars)


def set_password(session: Session, user: User, password: str, *, field: str = "password") -> None:
    """Give a user a password of his own; all his sessions end. Raises RuleErrors (`field`) where the rule is broken."""
    rule.check(password, user.username, field=field)
    with unit_of_work(session, reason=_("New password")):
        _keep(session, user, password)


def change_own_password(session: Session, user: User, old: str, new: str, repeat: str) -> None:
    """The user's own change (A-2.2.4.1-02). Raises RuleError with field old_password, new_password or repeat."""
    if not check_password_hash(user.password or "", old[: rule.MOST]):
        raise RuleError(N_("The old password is wrong"), field="old_password")
    if new != repeat:
        raise RuleError(N_("The new passwords are not the same"), field="repeat")
    if new == old:
        raise RuleError(N_("The new password must differ from the old one"), field="new_password")
    set_password(session, user, new, field="new_password")


def _keep(
    session: Session, user: User, password: str, *, lifetime: timedelta | None = None, must_change: bool = False
) -> None:
    """Store a password. lifetime: how long one may sign in with it; None: until it is changed."""
    now = clock.moment()
    user.password = generate_password_hash(password, _method(session))
    user.must_change_password, user.password_changed_at = must_change, now
    user.password_expires_at = now + lifetime if lifetime else None
    user.failed_count, user.locked_until = 0, None
    user.session_counter = (user.session_counter or first_counter()) + 1


def _one_time(session: Session, user: User) -> str:
    """Give a password that must be changed at the next sign-in: random, or the manual's where so configured."""
    rules = locks.policy(session)
    made = rules.fixed or generate()
    _keep(session, user, made, lifetime=rules.lifetime, must_change=True)
    return made


def reset_passwords(session: Session, ids: Iterable[int]) -> list[tuple[User, str]]:
    """New one-time passwords (A-2.2.1.2.2-07), to be shown once. Raises RuleError."""
    with unit_of_work(session, reason=_("Reset password")):
        users = _find(session, ids)
        return [(user, _one_time(session, user)) for user in users]


def _find(session: Session, ids: Iterable[int]) -> list[User]:
    users = [records.find(session, User, i, lock=True) for i in ids]
    protect(session, {u.id for u in users})
    return users


def create_user(session: Session, values: dict[str, object]) -> tuple[User, str]:
    """A new account with its one-time password. Raises RuleErrors by field."""
    user = records.save(session, User, None, values)
    return user, user.one_time_password


def valid(session: Session, ids: Iterable[int]) -> int:
    """Let accounts sign in and be chosen again (置为有效); how many."""
    users = list(ids)
    records.bulk_update(session, User, users, {"active": True})
    return len(users)


def invalid(session: Session, ids: Iterable[int]) -> int:
    """Take accounts out of use (置为无效, A-2.2.1.2.2-10): no sign-in, in no picker; how many. Raises RuleError."""
    with unit_of_work(session):
        users = _find(session, ids)
        _spare_self(session, {u.id for u in users})
        keep_an_administrator(session, leaving={u.id for u in users})
        records.bulk_update(session, User, [u.id for u in users], {"active": False})
        for user in users:
            _quietly(session, user, session_counter=(user.session_counter or 0) + 1)
        return len(users)


def move_department(session: Session, ids: Iterable[int], department_id: int) -> int:
    """Move people to another department (转部门); how many."""
    users = list(ids)
    records.bulk_update(session, User, users, {"department_id": department_id})
    return len(users)


def create_admin(
    session: Session, password: str | None = None, *, username: str = "admin", renew: bool = False
) -> str | None:
    """See that there is an administrator; the one-time password if one was made.

    renew: also where there is one: `username` becomes an administrator and gets a new password. A given password must
    fulfil the rule, and is changed at the first sign-in like a made one. Raises RuleErrors.
    """
    if not renew and administrators(session):
        return None
    if password:
        rule.check(password, username)
    with unit_of_work(session, reason=_("Administrator")):
        user = by_name(session, username)
        if user is None:
            user = User(username=username, first_name=_("Administrator"), email=None)
            session.add(user)
        position = session.execute(select(Role).where(Role.name == ADMIN)).scalar_one()
        if position not in user.roles:
            user.roles.append(position)
        user.active = True
        if not password:
            made = generate()
            _keep(session, user, made, lifetime=locks.policy(session).lifetime, must_change=True)
            return made
        _keep(session, user, password, must_change=True)
        return None


def administrators(session: Session, *, only_valid: bool = True) -> set[int]:
    """The ids of the users who hold the Admin position."""
    query = select(User.id).join(assoc_user_role, assoc_user_role.c.user_id == User.id)
    query = query.join(Role, Role.id == assoc_user_role.c.role_id).where(Role.name == ADMIN)
    return set(session.execute(query.where(User.active.is_(True)) if only_valid else query).scalars())


def keep_an_administrator(session: Session, leaving: set[int]) -> None:
    """Raise RuleError (conflict) where no valid administrator would be left without these users."""
    present = administrators(session)
    if present & leaving and not present - leaving:
        raise RuleError(N_("At least one valid administrator must remain"), code="conflict")


def protect(session: Session, ids: set[int]) -> None:
    """Raise RuleError (forbidden) where somebody else than an administrator would change an administrator's account."""
    if not actor_of(session).is_admin and ids & administrators(session, only_valid=False):
        raise RuleError(N_("Only an administrator may change an administrator's account"), code="forbidden")


def _spare_self(session: Session, ids: set[int]) -> None:
    if actor_of(session).id in ids:
        raise RuleError(N_("You cannot do this to your own account"), code="conflict")


@records.before_save(User)
def _check_account(session: Session, user: User) -> None:
    """Login names and addresses that can be used; a new account gets its one-time password."""
    user.username, user.email = (user.username or "").strip(), (user.email or "").strip() or None
    if not USERNAME.fullmatch(user.username):
        raise RuleError(N_("A login name has 2 to 64 letters, digits or . _ @ -"), field="username")
    if user.email and not EMAIL.fullmatch(user.email):
        raise RuleError(N_("This is not an e-mail address"), field="email")
    same = by_name(session, user.username)
    if same is not None and same is not user:
        raise RuleError(N_("“%(value)s” exists already"), field="username", value=user.username)
    with session.no_autoflush:
        protect(session, {user.id} - {actor_of(session).id})
        if user.password is None:
            user.one_time_password = _one_time(session, user)


@records.before_delete(User)
def _check_leaving(session: Session, user: User) -> None:
    """Neither oneself nor the last administrator; what the account did stays in the log under its name."""
    _spare_self(session, {user.id})
    protect(session, {user.id})
    keep_an_administrator(session, {user.id})
    session.execute(update(LoginEvent).where(LoginEvent.user_id == user.id).values(user_id=None))
