"""Accounts: who gets in, who is kept out and for how long, passwords on every path, the last administrator."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.errors import RuleError, RuleErrors
from app.rules.organization import UserType
from app.rules.password import problems
from app.rules.system import LoginOutcome, ParameterKind
from app.services import accounts, clock, records
from app.services.access import ADMIN as ADMIN_POSITION
from app.services.unit_of_work import Actor, act_as
from models.audit import AuditEntry
from models.organization import Department, Position, User
from models.system import LoginEvent, SystemParameter

PASSWORD = "Right-one-1"
IP = "10.1.2.3"
Make = Callable[..., User]


@pytest.fixture
def session(any_session: Session) -> Session:
    """Every test here runs on each database."""
    return any_session


@pytest.fixture
def department(session: Session) -> Department:
    return records.save(session, Department, None, {"name": "Testing department"})


@pytest.fixture
def make(session: Session, department: Department) -> Make:
    """A user with a password of his own."""

    def made(username: str = "zhang.san", password: str | None = PASSWORD, **values: object) -> User:
        values = {"username": username, "first_name": "张三", "user_type": UserType.ATTORNEY,
                  "department_id": department.id} | values  # fmt: skip
        user, _password = accounts.create_user(session, values)
        if password:
            accounts.set_password(session, user, password)
        return user

    return made


def later(minutes: float = 0) -> datetime:
    return clock.moment() + timedelta(minutes=minutes)


def attempt(session: Session, username: str, password: str, minutes: float = 0, ip: str = IP) -> str:
    """The outcome as the log has it, checked against what the visitor is told."""
    try:
        accounts.sign_in(session, username, password, ip, later(minutes))
        told = "in"
    except RuleError as error:
        told = error.message
    outcome = session.execute(select(LoginEvent.outcome).order_by(LoginEvent.id.desc()).limit(1)).scalar_one()
    assert (told == "in") == (outcome is LoginOutcome.SUCCESS)
    return outcome.name


def refusal(session: Session, username: str, password: str, minutes: float = 0) -> str:
    with pytest.raises(RuleError) as refused:
        accounts.sign_in(session, username, password, IP, later(minutes))
    return str(refused.value)


def fail(session: Session, username: str, times: int, minutes: float = 0, ip: str = IP) -> None:
    for _time in range(times):
        attempt(session, username, "wrong", minutes, ip)


def set_parameter(session: Session, code: str, value: str) -> None:
    row = session.execute(select(SystemParameter).where(SystemParameter.code == code)).scalars().first()
    if row is None:
        values = {"code": code, "label": code, "kind": ParameterKind.TEXT, "value": value}
        records.save(session, SystemParameter, None, values)
    else:
        records.save(session, SystemParameter, row.id, {"value": value})


def test_the_right_password_opens_whatever_the_capitals_of_the_name(session: Session, make: Make) -> None:
    user = make()
    found = accounts.sign_in(session, " Zhang.SAN ", PASSWORD, IP, later())
    assert found.id == user.id
    assert (found.login_count, found.failed_count) == (1, 0)


def test_refusals_do_not_tell_whether_an_account_exists(session: Session, make: Make) -> None:
    make()
    accounts.invalid(session, [make("li.si").id])
    tries = [("zhang.san", "wrong"), ("nobody", PASSWORD), ("li.si", PASSWORD)]
    assert len({refusal(session, name, password) for name, password in tries}) == 1


@pytest.mark.parametrize("name", ["zhang.san", "nobody"])
def test_five_failures_lock_a_name_for_a_while_known_or_not(session: Session, make: Make, name: str) -> None:
    make()
    fail(session, name, 4)
    assert attempt(session, name, "wrong") in ("WRONG_PASSWORD", "UNKNOWN_USER")
    assert attempt(session, name, PASSWORD, minutes=14) == "LOCKED"
    assert refusal(session, name, PASSWORD, minutes=5) == "Too many failed attempts; try again in 10 minutes"
    assert attempt(session, name, PASSWORD, minutes=16) == ("SUCCESS" if name == "zhang.san" else "UNKNOWN_USER")


def test_a_lock_is_not_made_longer_by_knocking(session: Session, make: Make) -> None:
    make()
    fail(session, "zhang.san", 5)
    fail(session, "zhang.san", 10, minutes=10)
    assert attempt(session, "zhang.san", PASSWORD, minutes=16) == "SUCCESS"


def test_after_a_lock_one_slip_does_not_lock_again(session: Session, make: Make) -> None:
    make()
    fail(session, "zhang.san", 5)
    fail(session, "zhang.san", 1, minutes=16)
    assert attempt(session, "zhang.san", PASSWORD, minutes=17) == "SUCCESS"


def test_success_and_a_new_password_forget_failures(session: Session, make: Make) -> None:
    user = make()
    fail(session, "zhang.san", 4)
    assert attempt(session, "zhang.san", PASSWORD) == "SUCCESS"
    fail(session, "zhang.san", 5)
    assert user.locked_until is not None
    [(_user, made)] = accounts.reset_passwords(session, [user.id])
    assert attempt(session, "zhang.san", made) == "SUCCESS"
    assert user.locked_until is None


def test_failures_spread_over_a_day_do_not_lock(session: Session, make: Make) -> None:
    make()
    for hour in range(12):
        fail(session, "zhang.san", 1, minutes=60 * hour)
    assert attempt(session, "zhang.san", PASSWORD, minutes=60 * 11) == "SUCCESS"


def test_an_address_that_tries_many_names_is_kept_out(session: Session, make: Make) -> None:
    make()
    set_parameter(session, "login_attempts_of_address", "6")
    for number in range(6):
        fail(session, f"name{number}", 1)
    assert attempt(session, "zhang.san", PASSWORD) == "LIMITED"
    assert attempt(session, "zhang.san", PASSWORD, ip="10.9.9.9") == "SUCCESS"
    assert attempt(session, "zhang.san", PASSWORD, minutes=16) == "SUCCESS"


def test_a_locked_address_lets_its_regular_users_in_and_counts_their_slips(session: Session, make: Make) -> None:
    make()
    assert attempt(session, "zhang.san", PASSWORD) == "SUCCESS"
    set_parameter(session, "login_attempts_of_address", "6")
    for number in range(6):
        fail(session, f"name{number}", 1)
    assert attempt(session, "zhang.san", PASSWORD) == "SUCCESS"
    assert {refusal(session, name, "wrong") for name in ("zhang.san", "nobody")} == {
        "Too many failed attempts; try again in 15 minutes"
    }
    fail(session, "zhang.san", 4)
    assert attempt(session, "zhang.san", PASSWORD) == "LOCKED"


def test_parameters_set_the_limits(session: Session, make: Make) -> None:
    make()
    set_parameter(session, "login_attempts", "2")
    set_parameter(session, "lock_minutes", "60")
    fail(session, "zhang.san", 2)
    assert attempt(session, "zhang.san", PASSWORD, minutes=59) == "LOCKED"
    assert attempt(session, "zhang.san", PASSWORD, minutes=61) == "SUCCESS"


def test_attempts_leave_the_account_as_it_is_for_its_history_and_open_forms(session: Session, make: Make) -> None:
    user = make()
    version = user.version
    fail(session, "zhang.san", 2)
    attempt(session, "zhang.san", PASSWORD)
    accounts.sign_out(session, user)
    session.refresh(user)
    assert user.version == version


def test_signing_out_ends_all_sessions(session: Session, make: Make) -> None:
    user = make()
    before = user.session_counter
    accounts.sign_out(session, user, IP)
    session.refresh(user)
    assert user.session_counter == before + 1


def test_a_new_user_gets_a_one_time_password_for_a_day(session: Session, department: Department) -> None:
    values = {"username": "new", "first_name": "新人", "user_type": UserType.TRANSLATOR, "department_id": department.id}
    user, made = accounts.create_user(session, values)
    assert user.must_change_password
    assert problems(made, user.username) == []
    assert attempt(session, "new", made, minutes=23 * 60) == "SUCCESS"
    assert attempt(session, "new", made, minutes=25 * 60) == "EXPIRED"


def test_reset_gives_each_his_own_password(session: Session, make: Make) -> None:
    users = [make("a1"), make("b2")]
    made = accounts.reset_passwords(session, [u.id for u in users])
    assert [u.id for u, _p in made] == [u.id for u in users]
    assert len({p for _u, p in made}) == 2
    assert attempt(session, "a1", PASSWORD) == "WRONG_PASSWORD"
    assert attempt(session, "a1", made[0][1]) == "SUCCESS"
    assert users[0].must_change_password


def test_reset_to_the_manuals_password_forces_a_change_too(session: Session, make: Make) -> None:
    set_parameter(session, "password_reset_mode", "FIXED")
    user = make()
    assert [p for _u, p in accounts.reset_passwords(session, [user.id])] == ["111111"]
    assert user.must_change_password
    with pytest.raises(RuleErrors):
        accounts.change_own_password(session, user, "111111", "111111x", "111111x")


@pytest.mark.parametrize(
    ("old", "new", "repeat", "field"),
    [
        ("wrong", "Another-1", "Another-1", "old_password"),
        (PASSWORD, "Another-1", "Another-2", "repeat"),
        (PASSWORD, PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "weak", "weak", "new_password"),
    ],
)
def test_own_change_refused(session: Session, make: Make, old: str, new: str, repeat: str, field: str) -> None:
    user = make()
    with pytest.raises(RuleError) as refused:
        accounts.change_own_password(session, user, old, new, repeat)
    assert refused.value.field == field
    assert attempt(session, "zhang.san", PASSWORD) == "SUCCESS"


def test_own_change_lifts_the_duty_and_ends_other_sessions(session: Session, make: Make) -> None:
    user = make()
    [(_user, made)] = accounts.reset_passwords(session, [user.id])
    before = user.session_counter
    accounts.change_own_password(session, user, made, "Another-1", "Another-1")
    assert not user.must_change_password
    assert user.session_counter > before
    assert attempt(session, "zhang.san", "Another-1", minutes=48 * 60) == "SUCCESS"


def test_no_password_and_no_hash_in_the_history(session: Session, make: Make) -> None:
    user = make()
    [(_user, made)] = accounts.reset_passwords(session, [user.id])
    entries = session.execute(select(AuditEntry).where(AuditEntry.table == "ab_user", AuditEntry.record_id == user.id))
    told = "".join(f"{e.changes} {e.reason}" for e in entries.scalars())
    assert told
    for secret in (made, PASSWORD, user.password):
        assert secret not in told


def test_an_invalid_account_is_out_at_once_and_comes_back(session: Session, make: Make) -> None:
    user = make()
    before = user.session_counter
    accounts.invalid(session, [user.id])
    assert user.session_counter > before
    assert attempt(session, "zhang.san", PASSWORD) == "INVALID_USER"
    accounts.valid(session, [user.id])
    assert attempt(session, "zhang.san", PASSWORD) == "SUCCESS"


def test_move_to_another_department(session: Session, make: Make) -> None:
    users = [make("a1"), make("b2")]
    other = records.save(session, Department, None, {"name": "Other department"})
    assert accounts.move_department(session, [u.id for u in users], other.id) == 2
    assert {u.department_id for u in users} == {other.id}
    with pytest.raises(RuleErrors):
        accounts.move_department(session, [users[0].id], 99999)


def hold_admin(session: Session, user: User) -> None:
    user.roles.append(session.execute(select(Position).where(Position.name == ADMIN_POSITION)).scalar_one())
    session.commit()


def test_the_last_administrator_stays(session: Session, make: Make) -> None:
    [admin_id] = accounts.administrators(session)
    for deed in (lambda: accounts.invalid(session, [admin_id]), lambda: records.delete(session, User, [admin_id])):
        with pytest.raises(RuleError, match="At least one valid administrator"):
            deed()
    second = make()
    hold_admin(session, second)
    with pytest.raises(RuleError, match="At least one valid administrator"):
        accounts.invalid(session, [admin_id, second.id])
    accounts.invalid(session, [admin_id])
    assert accounts.administrators(session) == {second.id}
    with pytest.raises(RuleError, match="At least one valid administrator"):
        accounts.invalid(session, [second.id])


def test_only_an_administrator_touches_an_administrators_account(session: Session, make: Make) -> None:
    [admin_id] = accounts.administrators(session)
    clerk = make()
    act_as(session, Actor(id=clerk.id, name="clerk"))
    deeds = [
        lambda: accounts.reset_passwords(session, [clerk.id, admin_id]),
        lambda: accounts.invalid(session, [admin_id]),
        lambda: accounts.move_department(session, [admin_id], clerk.department_id),
        lambda: records.save(session, User, admin_id, {"email": "mine@example.com"}),
        lambda: records.delete(session, User, [admin_id]),
    ]
    for deed in deeds:
        with pytest.raises(RuleError, match="Only an administrator"):
            deed()


def test_nobody_deletes_or_disables_himself(session: Session, make: Make) -> None:
    user = make()
    act_as(session, Actor(id=user.id, name="me", is_admin=True))
    for deed in (lambda: accounts.invalid(session, [user.id]), lambda: records.delete(session, User, [user.id])):
        with pytest.raises(RuleError, match="your own account"):
            deed()


def test_who_signed_in_but_did_nothing_can_be_deleted_and_stays_in_the_log(session: Session, make: Make) -> None:
    user = make()
    attempt(session, "zhang.san", PASSWORD)
    records.delete(session, User, [user.id])
    events = session.execute(select(LoginEvent.username, LoginEvent.user_id).where(LoginEvent.username == "zhang.san"))
    assert events.all() == [("zhang.san", None)]


@pytest.mark.parametrize("username", ["a", "has space", "semi;colon", "x" * 65, ""])
def test_unusable_login_names_are_refused(session: Session, make: Make, username: str) -> None:
    with pytest.raises(RuleError) as refused:
        make(username)
    assert refused.value.field == "username"


def test_login_names_differ_by_more_than_capitals(session: Session, make: Make) -> None:
    make("Zhang.San")
    with pytest.raises(RuleError) as refused:
        make("zhang.san")
    assert refused.value.field == "username"


def test_two_users_without_e_mail(session: Session, make: Make) -> None:
    assert [make("a1", email=" ").email, make("b2", email="").email] == [None, None]


def test_create_admin_only_where_there_is_none(session: Session) -> None:
    assert accounts.create_admin(session) is None
    assert accounts.create_admin(session, "Given-pass-1") is None
    assert attempt(session, "admin", "Given-pass-1") == "WRONG_PASSWORD"


def test_create_admin_renews_a_lost_account(session: Session, make: Make) -> None:
    user = make()
    accounts.invalid(session, [user.id])
    made = accounts.create_admin(session, username="zhang.san", renew=True)
    assert made is not None
    assert attempt(session, "zhang.san", made) == "SUCCESS"
    assert user.must_change_password
    assert user.id in accounts.administrators(session)


def test_create_admin_keeps_the_rule_of_passwords(session: Session) -> None:
    with pytest.raises(RuleErrors):
        accounts.create_admin(session, "111111", username="root", renew=True)
    assert accounts.by_name(session, "root") is None
    assert accounts.create_admin(session, "Given-pass-1", username="root", renew=True) is None
    assert attempt(session, "root", "Given-pass-1", minutes=60 * 24 * 30) == "SUCCESS"


def test_generated_passwords_fulfil_the_rule_and_differ() -> None:
    made = [accounts.generate() for _time in range(200)]
    assert len(set(made)) == len(made)
    assert [p for p in made if problems(p) or len(p) != 12] == []
