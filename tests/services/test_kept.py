"""What is kept between requests is told anew as soon as somebody changed it, in every process, and never before."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.rules.access import FieldRightKind
from app.rules.system import CustomFieldKind, ViewScope
from app.services import custom_fields, kept, parameters, records
from app.services.access import rights_of, visitor
from app.services.kept import GRANTS, MARKS, SETUP
from app.services.preferences import saved_views
from app.services.unit_of_work import SYSTEM, unit_of_work
from models.access import FieldRight
from models.organization import Position, User
from models.system import CustomField, SavedView, SystemParameter
from models.task import TaskType


@pytest.fixture
def session(any_session: Session) -> Session:
    """Every test here runs on each database."""
    return any_session


def told(session: Session) -> dict[str, str]:
    """The marks as the next request is told them."""
    user = session.scalar(select(User.id).limit(1))
    row = visitor(session, user)
    session.rollback()
    return {mark: getattr(row, mark) for mark in MARKS}


def request(session: Session) -> None:
    """The session as a new request has it."""
    session.info.pop("read", None)
    kept.tell(session, told(session))


def parameter(session: Session) -> SystemParameter:
    return session.scalars(select(SystemParameter).where(SystemParameter.code == "agency_name")).one()


def new_view(session: Session, **values: Any) -> SavedView:
    with unit_of_work(session):
        view = SavedView(table_key="case", name="外观", scope=ViewScope.EVERYONE, state={}, **values)
        session.add(view)
    return view


CHANGES: dict[str, tuple[str, Callable[[Session], object]]] = {
    "a parameter": (SETUP, lambda s: records.save(s, SystemParameter, parameter(s).id, {"value": "衡智"})),
    "a parameter by a statement": (
        SETUP, lambda s: s.execute(update(SystemParameter).values(value="1").execution_options(audited=True)),
    ),
    "a custom field": (SETUP, lambda s: records.save(s, CustomField, None, {
        "table_key": "client", "code": "size", "label": "规模", "kind": CustomFieldKind.TEXT,
    })),
    "a view": (SETUP, new_view),
    "a deleted user, with his views": (SETUP, lambda s: _delete_user(s)),
    "a field right": (GRANTS, lambda s: records.save(s, FieldRight, None, {
        "position_id": _position(s), "table_key": "case", "column": "title", "right": FieldRightKind.HIDDEN,
    })),
    "a position": (GRANTS, lambda s: records.save(s, Position, None, {"name": "Tester"})),
}  # fmt: skip


def _position(session: Session) -> int:
    return session.scalars(select(Position.id).order_by(Position.id.desc()).limit(1)).one()


def _delete_user(session: Session) -> None:
    user = User(username="gone", first_name="离职", last_name="", email=None, active=True)
    session.add(user)
    session.flush()
    session.delete(user)


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_what_is_kept_renews_its_mark(change: str, session: Session) -> None:
    mark, make = CHANGES[change]
    before = told(session)
    with unit_of_work(session):
        make(session)
    after = told(session)
    assert after[mark] != before[mark]
    assert {m for m in MARKS if after[m] != before[m]} == {mark}


def test_what_is_not_kept_renews_nothing(session: Session) -> None:
    before = told(session)
    kind = session.scalars(select(TaskType).limit(1)).one()
    records.save(session, TaskType, kind.id, {"remark": "照旧"})
    assert told(session) == before


def test_a_change_that_is_not_committed_is_news_to_its_own_session_only(session: Session) -> None:
    request(session)
    assert parameters.value(session, "agency_name") != "衡智"
    before = told(session)
    request(session)
    session.connection(execution_options={"immediate": True})
    parameter(session).value = "衡智"
    session.flush()
    assert parameters.value(session, "agency_name") == "衡智"
    session.rollback()
    assert parameters.value(session, "agency_name") != "衡智"
    assert told(session) == before
    request(session)
    assert parameters.value(session, "agency_name") != "衡智"


def test_things_are_read_once_until_the_mark_changes(session: Session) -> None:
    asked = []

    def load(_session: Session) -> int:
        asked.append(1)
        return len(asked)

    for _request in range(3):
        request(session)
        assert kept.kept(session, SETUP, "test", load) == 1
    with unit_of_work(session):
        kept.renew(session, SETUP)
    request(session)
    assert kept.kept(session, SETUP, "test", load) == 2
    assert kept.kept(session, GRANTS, "test", load) == 3  # another mark keeps another thing


def test_a_change_in_a_savepoint_that_is_rolled_back_is_forgotten(session: Session) -> None:
    """As an import rehearses."""
    request(session)
    session.connection(execution_options={"immediate": True})
    with session.begin_nested() as rehearsal:
        parameter(session).value = "衡智"
        session.flush()
        assert parameters.value(session, "agency_name") == "衡智"
        rehearsal.rollback()
    assert parameters.value(session, "agency_name") != "衡智"
    session.rollback()


def test_whoever_waited_for_the_lock_decides_by_what_holds_then(session: Session) -> None:
    """What a request was told before its unit of work began may be old by the time it writes."""
    request(session)
    before = parameters.value(session, "agency_name")
    with Session(session.get_bind()) as other:
        row = SystemParameter.__table__.c
        other.execute(update(SystemParameter.__table__).where(row.code == "agency_name").values(value="衡智"))
        other.commit()
    assert before != "衡智"
    with unit_of_work(session):
        assert parameters.value(session, "agency_name") == "衡智"


def test_users_deleted_by_a_statement_take_their_views_with_them(session: Session) -> None:
    before = told(session)
    session.execute(delete(User).where(User.username == "nobody").execution_options(audited=True))
    session.commit()
    assert told(session)[SETUP] != before[SETUP]


def test_rows_written_past_the_session_are_seen(session: Session) -> None:
    """As seeds and imports write."""
    request(session)
    assert "area" not in custom_fields.custom_fields(session, "client")
    columns = {"version": 1, "table_key": "client", "code": "area", "label": "面积", "kind": CustomFieldKind.TEXT,
               "active": True, "required": False, "in_list": False, "in_query": False, "position": 1}  # fmt: skip
    with unit_of_work(session):
        now = parameter(session).created_at
        session.connection().execute(
            insert(CustomField.__table__).values(created_at=now, updated_at=now, **columns)
        )
        kept.renew_for(session, CustomField)
    request(session)
    assert "area" in custom_fields.custom_fields(session, "client")


def test_nobody_gets_the_views_or_rights_of_others(session: Session) -> None:
    """They are kept for all together; whose they are is asked at each use."""
    me, other = session.scalars(select(User.id).order_by(User.id).limit(2)).all()
    request(session)
    with unit_of_work(session):
        session.add(SavedView(table_key="case", name="我的", scope=ViewScope.MINE, owner_id=me, state={}))
        session.add(SavedView(
            table_key="case", name="岗位的", scope=ViewScope.POSITION, position_id=_position(session), state={}
        ))  # fmt: skip
    request(session)
    actor = SYSTEM.__class__

    def names(**who: Any) -> set[str]:
        return {v.name for v in saved_views(session, actor(**who), "case")} & {"我的", "岗位的"}

    assert names(id=me) == {"我的"}
    assert names(id=other) == set()
    assert names(id=other, role_ids=frozenset({_position(session)})) == {"岗位的"}


def test_rights_are_those_of_all_positions_together(session: Session) -> None:
    request(session)
    ids = frozenset(session.scalars(select(Position.id)).all())
    alone = [rights_of(session, frozenset({i})) for i in ids if not rights_of(session, frozenset({i})).is_admin]
    several = rights_of(session, frozenset().union(*(a.role_ids for a in alone)))
    assert several.grants == frozenset().union(*(a.grants for a in alone))
    assert rights_of(session, frozenset()).grants == frozenset()
