"""An id is given once: nothing that names a deleted row ever means another; and nobody acts unnamed."""

import io

import pytest
from flask import Flask
from flask_appbuilder import Model
from sqlalchemy import Integer, create_engine, insert, select, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.rules.organization import UserType
from app.services import accounts, files, records
from app.services.bulk import reserve_ids
from app.services.unit_of_work import NOBODY, SYSTEM, act_as, actor_of, unscoped
from models.audit import AuditEntry
from models.case import Case
from models.organization import Department
from models.party import Client
from models.reference import Country
from models.system import Attachment

TABLES = [t for t in Model.metadata.sorted_tables if any(isinstance(c.type, Integer) for c in t.primary_key)]


@pytest.fixture(scope="module")
def fresh() -> Session:
    """A SQLite database as the models make it."""
    engine = create_engine("sqlite://")
    Model.metadata.create_all(engine)
    return Session(engine)


@pytest.mark.parametrize("name", sorted(t.name for t in TABLES))
def test_no_table_gives_an_id_twice(name: str, fresh: Session) -> None:
    made = fresh.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}).scalar_one()
    assert "AUTOINCREMENT" in made


def test_an_import_takes_no_id_of_a_deleted_row(fresh: Session) -> None:
    act_as(fresh, SYSTEM)
    table = Country.__table__
    fresh.execute(insert(table).values(id=7, code="XX", name="某国", version=1))
    fresh.execute(table.delete().where(table.c.id == 7))
    assert list(reserve_ids(fresh, table, 2)) == [8, 9]


def test_two_users_begin_at_different_counters(session: Session) -> None:
    department = session.execute(select(Department.id)).scalars().first()
    values = {"first_name": "新人", "department_id": department, "user_type": UserType.ATTORNEY, "active": True}
    made = [accounts.create_user(session, values | {"username": f"new{n}"})[0].session_counter for n in range(2)]
    assert abs(made[0] - made[1]) > 1


def test_a_deleted_record_takes_its_files_along(any_session: Session) -> None:
    department = records.save(any_session, Department, None, {"name": "将被撤销"})
    other = records.save(any_session, Department, None, {"name": "留下"})
    for row in (department, other):
        files.attach(any_session, "department", row.id, "说明.txt", io.BytesIO(b"text"))
    key = any_session.execute(select(Attachment.id).where(Attachment.record_id == department.id)).scalar_one()
    gone = department.id
    records.delete(any_session, Department, [gone], reason="合并")
    assert files.count(any_session, "department", gone) == 0
    assert files.count(any_session, "department", other.id) == 1
    query = select(AuditEntry.reason).where(AuditEntry.table == "attachment", AuditEntry.record_id == key)
    assert any_session.execute(query.where(AuditEntry.action == "delete")).scalars().all() == ["合并"]


def test_who_is_not_named_sees_and_may_nothing(app: Flask) -> None:
    with app.app_context():
        nobody = actor_of(db.session)
        assert nobody is NOBODY
        assert not nobody.may("read", "country")
        for model in (Case, Client):
            assert db.session.execute(select(model.id)).all() == []
            with unscoped(db.session):
                assert db.session.execute(select(model.id)).first() is not None
