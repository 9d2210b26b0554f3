"""Grants: what a position may do is exactly what was ticked, at once, with its history; nobody lifts himself."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.errors import RuleError, RuleErrors
from app.rules.organization import PositionType
from app.services import grants, records
from app.services.access import ADMIN, PUBLIC, actor_for
from app.services.unit_of_work import SYSTEM, Actor, act_as
from models.audit import AuditEntry
from models.organization import Position, User


@pytest.fixture
def session(any_session: Session) -> Session:
    """Every test here runs on each database."""
    return any_session


@pytest.fixture
def position(session: Session) -> Position:
    """A position that may do nothing yet."""
    return records.save(session, Position, None, {"name": "Tester"})


@pytest.fixture
def user(session: Session, position: Position) -> User:
    """Somebody who holds that position and no other."""
    found = session.execute(select(User).where(User.username == "linyichen")).scalar_one()
    found.roles = [position]
    session.commit()
    return found


def admin_position(session: Session) -> Position:
    return session.execute(select(Position).where(Position.name == ADMIN)).scalar_one()


def actor(session: Session, user: User) -> Actor:
    return actor_for(session, user)


def history(session: Session, table: str, record_id: int, action: str) -> list[dict]:
    query = select(AuditEntry.changes).where(AuditEntry.table == table, AuditEntry.record_id == record_id)
    return list(session.execute(query.where(AuditEntry.action == action).order_by(AuditEntry.id)).scalars())


def test_what_people_may_do_by_another_position_is_known(session: Session, position: Position, user: User) -> None:
    grants.grant(session, position.id, {"client": {"read", "edit"}, "case": {"read"}})
    assert grants.elsewhere(session, position.id) == {}
    second = records.save(session, Position, None, {"name": "Second"})
    grants.grant(session, second.id, {"client": {"read"}, "task": {"read"}})
    grants.assign(session, [user.id], add=[second.id])
    assert grants.elsewhere(session, position.id) == {("read", "client"): {"Second": 1}}
    grants.assign(session, [user.id], add=[admin_position(session).id])
    assert grants.elsewhere(session, position.id)[("edit", "client")] == {ADMIN: 1}
    user.active = False
    session.commit()
    assert grants.elsewhere(session, position.id) == {}


def test_a_grant_holds_at_once_and_is_taken_back(session: Session, position: Position, user: User) -> None:
    assert not actor(session, user).may("read", "client")
    grants.grant(session, position.id, {"client": {"read", "edit"}, "case": {"read"}})
    assert actor(session, user).grants == {("read", "client"), ("edit", "client"), ("read", "case")}
    grants.grant(session, position.id, {"client": {"read"}})
    assert actor(session, user).grants == {("read", "client")}


def test_a_grant_leaves_before_and_after(session: Session, position: Position) -> None:
    grants.grant(session, position.id, {"client": {"read", "edit"}})
    added, removed = grants.grant(session, position.id, {"client": {"read"}, "case": {"read"}})
    assert (added, removed) == ({("read", "case")}, {("edit", "client")})
    assert history(session, "ab_role", position.id, "grants") == [
        {"grants": [[], ["client.edit", "client.read"]]},
        {"grants": [["client.edit"], ["case.read"]]},
    ]


def test_nothing_changed_leaves_nothing(session: Session, position: Position) -> None:
    grants.grant(session, position.id, {"client": {"read"}})
    version = position.version
    assert grants.grant(session, position.id, {"client": {"read"}}) == (set(), set())
    assert position.version == version
    assert len(history(session, "ab_role", position.id, "grants")) == 1


CODES = st.sets(st.sampled_from(["read", "add", "edit", "delete", "export", "import"]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.dictionaries(st.sampled_from(["client", "case", "country"]), CODES), min_size=1, max_size=4))
def test_what_is_granted_is_what_was_wanted_and_whoever_acts_sees(
    session: Session, position: Position, steps: list[dict[str, set[str]]]
) -> None:
    for wanted in steps:
        grants.grant(session, position.id, wanted)
    expected = {table: codes | {"read"} for table, codes in steps[-1].items() if codes}
    assert grants.granted(session, position.id) == expected


def test_an_unknown_function_changes_nothing(session: Session, position: Position) -> None:
    with pytest.raises(RuleError) as refused:
        grants.grant(session, position.id, {"client": {"read", "fly"}})
    assert refused.value.code == "missing"
    assert grants.granted(session, position.id) == {}


def test_an_old_version_is_refused(session: Session, position: Position) -> None:
    version = position.version
    grants.grant(session, position.id, {"client": {"read"}}, version=version)
    with pytest.raises(RuleError) as refused:
        grants.grant(session, position.id, {"case": {"read"}}, version=version)
    assert refused.value.code == "conflict"
    assert grants.granted(session, position.id) == {"client": {"read"}}


def test_the_administrators_position_keeps_rights_name_and_life(session: Session) -> None:
    key = admin_position(session).id
    deeds = [
        lambda: grants.grant(session, key, {}),
        lambda: grants.restrict(session, key, {("client", "name"): FieldRightKind.HIDDEN}),
        lambda: grants.copy_position(session, key, "Admin 2"),
        lambda: records.save(session, Position, key, {"name": "Boss"}),
        lambda: records.delete(session, Position, [key]),
        lambda: records.save(session, Position, None, {"name": PUBLIC}),
    ]
    for deed in deeds:
        with pytest.raises((RuleError, RuleErrors)):
            deed()
    assert admin_position(session).id == key


def test_nobody_gives_more_than_he_has(session: Session, position: Position, user: User) -> None:
    other = records.save(session, Position, None, {"name": "Other"})
    grants.grant(session, position.id, {"client": {"read"}})
    act_as(session, actor(session, user))
    grants.grant(session, other.id, {"client": {"read"}})
    for wanted in ({"client": {"read", "edit"}}, {"case": {"read"}}):
        with pytest.raises(RuleError, match="Nobody gives"):
            grants.grant(session, other.id, wanted)
    for deed in (
        lambda: grants.grant(session, position.id, {}),
        lambda: grants.restrict(session, position.id, {}),
        lambda: records.save(session, Position, position.id, {"remark": "x"}),
        lambda: records.delete(session, Position, [position.id]),
    ):
        with pytest.raises(RuleError, match="holds himself"):
            deed()


def test_a_confined_user_makes_no_managers(session: Session, position: Position, user: User) -> None:
    act_as(session, replace(actor(session, user), sees_all=False))
    with pytest.raises(RuleError):
        records.save(session, Position, None, {"name": "Boss", "position_type": PositionType.MANAGEMENT})
    assert records.save(session, Position, None, {"name": "Clerk"}).id


def test_fields_are_taken_and_given_back(session: Session, position: Position, user: User) -> None:
    rights = {("client", "tax_no"): FieldRightKind.HIDDEN, ("client", "name"): FieldRightKind.READ_ONLY}
    grants.restrict(session, position.id, rights)
    assert actor(session, user).hidden == {("client", "tax_no")}
    assert actor(session, user).read_only == {("client", "name")}
    grants.restrict(session, position.id, {("client", "name"): FieldRightKind.HIDDEN})
    assert actor(session, user).hidden == {("client", "name")}
    assert actor(session, user).read_only == frozenset()
    last = history(session, "ab_role", position.id, "field_rights")[-1]["field_rights"]
    assert last == [["client.name=READ_ONLY", "client.tax_no=HIDDEN"], ["client.name=HIDDEN"]]


def test_nobody_opens_fields_that_are_closed_to_himself(session: Session, position: Position, user: User) -> None:
    other = records.save(session, Position, None, {"name": "Other"})
    closed = {("client", "name"): FieldRightKind.HIDDEN}
    for one in (position, other):
        grants.restrict(session, one.id, closed)
    act_as(session, actor(session, user))
    with pytest.raises(RuleError, match="closed to himself"):
        grants.restrict(session, other.id, {})
    assert grants.field_rights_of(session, other.id) == closed


def test_a_copy_may_do_the_same(session: Session, position: Position) -> None:
    wanted = {"client": {"read", "edit"}, "case": {"read", "export"}}
    grants.grant(session, position.id, wanted)
    grants.restrict(session, position.id, {("client", "name"): FieldRightKind.READ_ONLY})
    made = grants.copy_position(session, position.id, "Tester 2")
    assert grants.granted(session, made.id) == wanted
    assert grants.field_rights_of(session, made.id) == {("client", "name"): FieldRightKind.READ_ONLY}
    with pytest.raises(RuleErrors):
        grants.copy_position(session, position.id, "Tester 2")


def test_a_deleted_position_takes_its_rights_along(session: Session, position: Position, user: User) -> None:
    grants.grant(session, position.id, {"client": {"read"}})
    assert actor(session, user).may("read", "client")
    records.delete(session, Position, [position.id])
    assert not actor(session, user).may("read", "client")


def test_positions_are_given_and_taken(session: Session, position: Position, user: User) -> None:
    other = records.save(session, Position, None, {"name": "Other"})
    second = session.execute(select(User).where(User.username == "zhoumuyao")).scalar_one()
    before = grants.held(session, [second.id])[second.id]
    assert grants.assign(session, [user.id, second.id], add=[other.id]) == 2
    assert grants.held(session, [user.id])[user.id] == {position.id, other.id}
    assert grants.held(session, [second.id])[second.id] == before | {other.id}
    assert grants.assign(session, [user.id, second.id], add=[other.id], remove=[position.id]) == 1
    assert grants.held(session, [user.id])[user.id] == {other.id}
    assert grants.assign(session, [user.id], remove=[other.id]) == 1
    assert history(session, "ab_user", user.id, "assign") == [
        {"position_names": ["Tester", "Other、Tester"]},
        {"position_names": ["Other、Tester", "Other"]},
        {"position_names": ["Other", ""]},
    ]


def test_holders_counts_valid_users(session: Session, position: Position, user: User) -> None:
    assert grants.holders(session)[position.id] == 1
    user.active = False
    session.commit()
    assert position.id not in grants.holders(session)


def test_the_last_administrator_keeps_his_position(session: Session, user: User) -> None:
    key = admin_position(session).id
    admin = session.execute(select(User).where(User.username == "admin")).scalar_one()
    with pytest.raises(RuleError, match="At least one"):
        grants.assign(session, [admin.id], remove=[key])
    grants.assign(session, [user.id], add=[key])
    grants.assign(session, [admin.id], remove=[key])
    with pytest.raises(RuleError, match="At least one"):
        grants.assign(session, [user.id], remove=[key])


def test_nobody_assigns_himself_or_more_than_he_has(session: Session, position: Position, user: User) -> None:
    other = records.save(session, Position, None, {"name": "Other"})
    second = session.execute(select(User).where(User.username == "zhoumuyao")).scalar_one()
    admin = session.execute(select(User).where(User.username == "admin")).scalar_one()
    grants.grant(session, other.id, {"case": {"read"}})
    act_as(session, actor(session, user))
    for users, add, remove in [
        ([user.id], [position.id], []),
        ([second.id], [other.id], []),
        ([second.id], [admin_position(session).id], []),
        ([admin.id], [position.id], []),
        ([admin.id], [], [admin_position(session).id]),
    ]:
        with pytest.raises(RuleError) as refused:
            grants.assign(session, users, add=add, remove=remove)
        assert refused.value.code == "forbidden"
    assert grants.assign(session, [second.id], add=[position.id]) == 1
    act_as(session, SYSTEM)
