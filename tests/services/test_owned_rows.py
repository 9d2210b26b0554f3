"""Rows that belong to a record: they make its open forms old, leave their lines, and show in its history."""

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.rules.application_number import PatentType
from app.rules.errors import RuleError
from app.rules.party import ClientReview
from app.services import files, history, records
from app.services.files import FileStore
from app.services.records import ChildRow, Stale
from app.services.unit_of_work import Actor, act_as, unit_of, unit_of_work
from models.audit import AuditEntry
from models.case import Case, Priority
from models.party import Client
from models.system import StoredFile

CLERK = Actor(id=1, name="测试员", is_admin=True)


@pytest.fixture
def clerk(any_session: Session) -> Session:
    """A session on either database in which a clerk acts."""
    act_as(any_session, CLERK)
    return any_session


@pytest.fixture
def case(clerk: Session) -> Case:
    """A case with one priority."""
    values = {"title": "一种装置", "patent_type": PatentType.INVENTION}
    row = {"prior_app_no": "1", "prior_filing_date": date(2020, 6, 19), "prior_country_id": 1}
    return records.save(clerk, Case, None, values, children={"priorities": [ChildRow(row)]})


def anything(_name: str) -> bool:
    return True


@pytest.mark.parametrize("how", ["changed", "added", "removed"])
def test_a_form_opened_before_a_child_row_changed_is_stale(clerk: Session, case: Case, how: str) -> None:
    opened, key = case.version, case.priorities[0].id
    row = {
        "changed": ChildRow({"prior_app_no": "2"}, key),
        "added": ChildRow({"prior_app_no": "3", "prior_filing_date": date(2020, 6, 20), "prior_country_id": 1}),
        "removed": ChildRow({}, key, delete=True),
    }[how]
    records.save(clerk, Case, case.id, {}, children={"priorities": [row]}, version=opened)
    assert clerk.get(Case, case.id).version == opened + 1
    with pytest.raises(Stale) as stale:
        records.save(clerk, Case, case.id, {}, children={"priorities": [ChildRow({}, key)]}, version=opened)
    assert stale.value.who == "测试员"


def test_a_child_row_saved_by_itself_makes_the_parent_newer_too(clerk: Session, case: Case) -> None:
    opened, key = case.version, case.priorities[0].id
    records.save(clerk, Priority, key, {"prior_app_no": "7"})
    assert clerk.get(Case, case.id).version == opened + 1


def test_nothing_changed_in_a_child_row_leaves_the_version(clerk: Session, case: Case) -> None:
    opened, key = case.version, case.priorities[0].id
    records.save(clerk, Case, case.id, {}, children={"priorities": [ChildRow({"prior_app_no": "1"}, key)]})
    assert clerk.get(Case, case.id).version == opened


@pytest.mark.parametrize("how", ["row", "parent"])
def test_a_deleted_child_row_leaves_its_line(clerk: Session, case: Case, how: str) -> None:
    key = case.priorities[0].id
    if how == "parent":
        records.delete(clerk, Case, [case.id])
    else:
        records.save(clerk, Case, case.id, {}, children={"priorities": [ChildRow({}, key, delete=True)]})
    query = select(AuditEntry.action).where(AuditEntry.table == "priority", AuditEntry.record_id == key)
    assert clerk.execute(query.order_by(AuditEntry.id)).scalars().all() == ["insert", "delete"]
    assert clerk.execute(select(Priority.id).where(Priority.id == key)).first() is None


def test_the_history_of_a_record_shows_its_rows_even_deleted_ones(clerk: Session, case: Case) -> None:
    key = case.priorities[0].id
    records.save(clerk, Case, case.id, {}, children={"priorities": [ChildRow({"prior_app_no": "2"}, key)]})
    records.save(clerk, Case, case.id, {}, children={"priorities": [ChildRow({}, key, delete=True)]})
    lines = [(e.table, e.action) for e in history.of(clerk, clerk.get(Case, case.id)) if e.table == "priority"]
    assert lines == [("priority", "delete"), ("priority", "update"), ("priority", "insert")]


def review_and_go_back(session: Session, client: Client) -> None:
    """A step, and in the same transaction a state set past the life cycle."""
    with unit_of_work(session):
        records.move(session, client, "review")
        client.review_status = ClientReview.PENDING


def test_a_step_is_one_line_and_allows_one_change(clerk: Session) -> None:
    client = records.save(clerk, Client, None, {"name": "测试有限公司"})
    with pytest.raises(RuleError, match="own steps"):
        review_and_go_back(clerk, client)
    records.move(clerk, clerk.get(Client, client.id), "review")
    actions = [e.action for e in history.of(clerk, clerk.get(Client, client.id)) if e.table == "client"]
    assert actions[0] == "review"
    line = next(e for e in history.of(clerk, clerk.get(Client, client.id)) if e.action == "review")
    assert "review_status" in line.changes
    others = [e for e in history.of(clerk, clerk.get(Client, client.id)) if e.action == "update"]
    assert not any("review_status" in e.changes for e in others)


def bulk(session: Session) -> tuple[int, str]:
    client = records.save(session, Client, None, {"name": "测试有限公司"})
    return client.id, records.bulk_update(session, Client, [client.id], {"remark": "批量"})


def test_a_bulk_edit_is_taken_back_by_its_owner_only(clerk: Session) -> None:
    act_as(clerk, Actor(id=1, name="甲", sees_all=True))
    key, batch = bulk(clerk)
    act_as(clerk, Actor(id=2, name="乙", sees_all=True))
    with pytest.raises(RuleError):
        history.undo(clerk, Client, batch, writable=anything)
    act_as(clerk, Actor(id=1, name="甲", sees_all=True))
    assert history.undo(clerk, Client, batch, writable=anything) == (1, 0)
    assert clerk.get(Client, key).remark is None


def test_only_bulk_edits_are_taken_back_as_such(clerk: Session) -> None:
    client = records.save(clerk, Client, None, {"name": "测试有限公司"})
    with unit_of_work(clerk, batch="import-1"):
        records.save(clerk, Client, client.id, {"remark": "导入"})
    with pytest.raises(RuleError):
        history.undo(clerk, Client, "import-1", writable=anything)


def test_columns_closed_meanwhile_stay(clerk: Session) -> None:
    key, batch = bulk(clerk)
    assert history.undo(clerk, Client, batch, writable=lambda name: name != "remark") == (0, 1)
    assert clerk.get(Client, key).remark == "批量"


def test_several_lines_of_one_record_are_one_and_the_oldest_wins(clerk: Session) -> None:
    key = records.save(clerk, Client, None, {"name": "测试有限公司", "remark": "原"}).id
    with unit_of_work(clerk, batch="bulk-1"):
        for text in ("一", "二"):
            records.save(clerk, Client, key, {"remark": text})
    assert history.undo(clerk, Client, "bulk-1", writable=anything) == (1, 0)
    assert clerk.get(Client, key).remark == "原"


def test_a_locked_record_is_read_anew(any_app: Flask, clerk: Session, case: Case) -> None:
    if clerk.connection().dialect.name != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    clerk.rollback()
    with unit_of_work(clerk):
        assert clerk.get(Case, case.id).title == "一种装置"
        with db.engine.begin() as other:
            other.execute(update(Case.__table__).where(Case.__table__.c.id == case.id).values(title="别人改的"))
        assert records.find(clerk, Case, case.id, lock=True).title == "别人改的"
    assert unit_of(clerk) is None


def test_the_same_bytes_put_by_two_at_once_are_kept_once(session: Session, tmp_path: Any) -> None:
    store, digest = FileStore(tmp_path.as_posix()), "ab" * 32

    class Slow(io.BytesIO):
        """Bytes of which another upload is put while they are read."""

        def read(self, size: int | None = -1) -> bytes:
            store.put(io.BytesIO(b"same"), digest)
            return super().read(size)

    store.put(Slow(b"same"), digest)
    assert store.open(digest).read() == b"same"
    assert [p.name for p in (tmp_path / "ab").iterdir()] == [digest]
    first = files.keep(session, "a.txt", io.BytesIO(b"text"))
    assert files.keep(session, "b.txt", io.BytesIO(b"text")).id == first.id
    assert len(session.execute(select(StoredFile).where(StoredFile.sha256 == first.sha256)).all()) == 1
