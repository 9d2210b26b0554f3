"""One path of saving: checks, children, versions, history, life cycles, deletion, undo; on SQLite and PostgreSQL."""

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.rules.application_number import PatentType
from app.rules.errors import RuleError, RuleErrors
from app.rules.party import ClientReview
from app.rules.workflow import Workflow
from app.services import history, numbering, records, scope
from app.services.records import ChildRow, Stale
from app.services.unit_of_work import Actor, act_as, unit_of_work
from models.audit import AuditEntry
from models.base import Record, target_of
from models.case import Case, Priority
from models.organization import Department, User
from models.party import Client, Referrer
from models.reference import Country

CLERK = Actor(id=None, name="测试员", is_admin=True, request_id="r1")


@pytest.fixture
def clerk(any_session: Session) -> Session:
    """A session on either database in which a clerk acts."""
    act_as(any_session, CLERK)
    return any_session


def make_client(session: Session, name: str = "测试有限公司") -> Client:
    return records.save(session, Client, None, {"name": name})


def make_case(session: Session, **values: object) -> Case:
    return records.save(session, Case, None, {"title": "一种装置", "patent_type": PatentType.INVENTION, **values})


def trail(session: Session, record: Record) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.table == record.__tablename__, AuditEntry.record_id == record.id)
    return list(session.execute(query.order_by(AuditEntry.id)).scalars())


def test_what_the_clerk_left_empty_is_filled_in(clerk: Session) -> None:
    client = make_client(clerk, "重庆长安汽车股份有限公司")
    assert client.client_no
    assert client.short_name == "长安汽车"
    assert client.pinyin.startswith("cqca")
    assert client.version == 1


def test_a_record_knows_who_made_and_changed_it(clerk: Session) -> None:
    li = clerk.scalars(select(User).where(User.username == "admin")).one()
    act_as(clerk, Actor(id=li.id, name="李", is_admin=True))
    client = make_client(clerk)
    assert (client.created_by, client.updated_by) == (li, li)
    assert Client(created_by_id=li.id).created_by is None, "of what is in no session nothing is looked up"
    assert target_of(Client, "created_by") is target_of(Client, "updated_by_id") is User
    named = {r.key for mapper in Record.registry.mappers for r in mapper.relationships if mapper.class_ is not User}
    assert not named & {"created_by", "updated_by"}, "they would cost a twelfth of a start"
    assert User not in scope._CRITERIA, "columns join users by their id, without a scope"


@pytest.mark.parametrize("name", ["name", "cases", "nonsense", "id", "client_no", ""])
def test_what_is_no_reference_has_no_target(name: str) -> None:
    with pytest.raises(KeyError):
        target_of(Client, name)


def test_every_error_names_its_field_and_nothing_is_saved(clerk: Session) -> None:
    with pytest.raises(RuleErrors) as refused:
        records.save(clerk, Case, None, {"title": None, "patent_type": None, "client_id": 999_999})
    assert {e.field for e in refused.value.errors} >= {"client_id"}
    with pytest.raises(RuleErrors) as refused:
        records.save(clerk, Case, None, {"title": None, "patent_type": None})
    assert {e.field for e in refused.value.errors} == {"title", "patent_type"}
    assert clerk.execute(select(Case).where(Case.title.is_(None))).first() is None


def test_a_taken_number_is_refused_at_its_field(clerk: Session) -> None:
    make_case(clerk, our_ref="T-1")
    with pytest.raises(RuleErrors) as refused:
        make_case(clerk, our_ref="T-1")
    assert [e.field for e in refused.value.errors] == ["our_ref"]


def test_the_state_is_not_written_by_hand(clerk: Session) -> None:
    client = make_client(clerk)
    with pytest.raises(RuleError) as refused:
        records.save(clerk, Client, client.id, {"review_status": ClientReview.REVIEWED})
    assert refused.value.code == "forbidden"
    with pytest.raises(RuleError):
        smuggle(clerk, client.id)
    assert clerk.get(Client, client.id).review_status is ClientReview.PENDING


def smuggle(session: Session, key: int) -> None:
    """Change a state past its life cycle."""
    with unit_of_work(session):
        session.get(Client, key).review_status = ClientReview.REVIEWED


def test_a_bulk_statement_that_leaves_no_trace_is_refused(clerk: Session) -> None:
    with pytest.raises(RuntimeError, match="no trace"):
        clerk.execute(update(Client).values(remark="x"))


def test_children_come_change_and_go_with_their_parent(clerk: Session) -> None:
    country = clerk.execute(select(Country.id).where(Country.code == "CN")).scalar_one()
    row = {"prior_app_no": "202010566088.9", "prior_filing_date": date(2020, 6, 19), "prior_country_id": country}
    values = {"title": "一种装置", "patent_type": PatentType.INVENTION}
    case = records.save(
        clerk, Case, None, values, children={"priorities": [ChildRow(row), ChildRow(row | {"prior_app_no": "2"})]}
    )
    first, second = case.priorities
    rows = [ChildRow({"prior_app_no": "3"}, first.id), ChildRow({}, second.id, delete=True)]
    records.save(clerk, Case, case.id, {}, children={"priorities": rows}, version=case.version)
    clerk.expire_all()
    assert [p.prior_app_no for p in clerk.get(Case, case.id).priorities] == ["3"]
    records.delete(clerk, Case, [case.id])
    assert clerk.execute(select(Priority.id).where(Priority.case_id == case.id)).first() is None


def test_a_bad_child_row_is_named_by_grid_row_and_column(clerk: Session) -> None:
    values = {"title": "一种装置", "patent_type": PatentType.INVENTION}
    with pytest.raises(RuleErrors) as refused:
        records.save(clerk, Case, None, values, children={"priorities": [ChildRow({"prior_app_no": None})]})
    assert "priorities-0-prior_app_no" in {e.field for e in refused.value.errors}


def test_the_later_editor_learns_who_changed_what(clerk: Session) -> None:
    client = make_client(clerk)
    opened = client.version
    records.save(clerk, Client, client.id, {"remark": "甲"}, version=opened)
    with pytest.raises(Stale) as stale:
        records.save(clerk, Client, client.id, {"remark": "乙"}, version=opened)
    assert stale.value.who == "测试员"
    assert stale.value.changes["remark"] == (None, "甲")
    assert clerk.get(Client, client.id).remark == "甲"


def test_history_says_who_from_and_to(clerk: Session) -> None:
    client = make_client(clerk)
    records.save(clerk, Client, client.id, {"remark": "甲"}, version=client.version, reason="客户来电")
    entries = trail(clerk, client)
    assert [e.action for e in entries] == ["insert", "update"]
    assert entries[1].changes == {"remark": [None, "甲"]}
    assert (entries[1].actor, entries[1].reason, entries[1].request_id) == ("测试员", "客户来电", "r1")


def test_history_knows_what_was_there_before_a_column_was_read(clerk: Session) -> None:
    made = records.save(clerk, Department, None, {"name": "涉外部", "code": "SW"})
    clerk.expire(made)
    with unit_of_work(clerk):
        made.code = "WB"
    query = select(AuditEntry.changes).where(AuditEntry.table == "department").order_by(AuditEntry.id.desc())
    assert clerk.execute(query).scalars().first() == {"code": ["SW", "WB"]}


def test_what_is_referred_to_stays(clerk: Session) -> None:
    referrer = records.save(clerk, Referrer, None, {"name": "介绍人"})
    records.save(clerk, Client, make_client(clerk).id, {"referrer_id": referrer.id})
    with pytest.raises(RuleError) as refused:
        records.delete(clerk, Referrer, [referrer.id])
    assert refused.value.code == "conflict"
    assert refused.value.params["count"] == 1
    assert clerk.get(Referrer, referrer.id) is not None


def test_deletion_is_all_or_none(clerk: Session) -> None:
    free, used = make_client(clerk, "甲公司"), make_client(clerk, "乙公司")
    make_case(clerk, client_id=used.id)
    with pytest.raises(RuleError):
        records.delete(clerk, Client, [free.id, used.id])
    assert clerk.get(Client, free.id) is not None


def test_a_bulk_edit_is_undone_except_what_was_touched_since(clerk: Session) -> None:
    clients = [make_client(clerk, f"第{i}公司") for i in range(3)]
    ids = [c.id for c in clients]
    batch = records.bulk_update(clerk, Client, ids, {"remark": "批量"})
    touched = clerk.get(Client, ids[0])
    records.save(clerk, Client, ids[0], {"phone": "010"}, version=touched.version)
    assert history.undo(clerk, Client, batch, writable=lambda _name: True) == (2, 1)
    assert [clerk.get(Client, i).remark for i in ids] == ["批量", None, None]


def all_flows() -> list[tuple[type, Workflow]]:
    """Every table with a life cycle."""
    models = {m.class_ for m in Record.registry.mappers if getattr(m.class_, "workflow", None)}
    return sorted(((m, m.workflow) for m in models), key=lambda pair: pair[0].__name__)


@pytest.mark.parametrize(("model", "flow"), all_flows(), ids=lambda x: getattr(x, "__name__", ""))
def test_every_state_takes_exactly_the_declared_steps(model: type, flow: Workflow) -> None:
    for state in flow.states:
        for step in flow.transitions:
            if state in step.sources:
                assert flow.check(step.name, state) is step
            else:
                with pytest.raises(RuleError) as refused:
                    flow.check(step.name, state)
                assert refused.value.code == "conflict"
        with pytest.raises(RuleError) as refused:
            flow.check("no_such_step", state)
        assert refused.value.code == "missing"


def test_a_step_moves_notes_and_is_not_taken_twice(clerk: Session) -> None:
    client = make_client(clerk)
    records.move(clerk, client, "review")
    assert clerk.get(Client, client.id).review_status is ClientReview.REVIEWED
    assert "review" in [e.action for e in trail(clerk, client)]
    with pytest.raises(RuleError) as refused:
        records.move(clerk, client, "review")
    assert refused.value.code == "conflict"


def test_of_two_at_once_one_wins_and_one_is_told(any_app: Flask, any_session: Session) -> None:
    client = make_client(any_session)
    key, version = client.id, client.version
    any_session.rollback()
    gate, outcome = threading.Barrier(2), []

    def edit(text: str) -> None:
        with any_app.app_context():
            act_as(db.session, CLERK)
            gate.wait()
            try:
                records.save(db.session, Client, key, {"remark": text}, version=version)
                outcome.append("won")
            except Stale:
                outcome.append("told")

    threads = [threading.Thread(target=edit, args=(t,)) for t in "甲乙"]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(outcome) == ["told", "won"]


def test_numbers_have_no_gap_and_no_twin_under_concurrency(any_app: Flask, any_session: Session) -> None:
    any_session.rollback()
    given, gate = [], threading.Barrier(4)

    def draw() -> None:
        with any_app.app_context():
            gate.wait()
            for _ in range(10):
                with unit_of_work(db.session):
                    number = numbering.next_serial(db.session, "test")
                given.append(number)

    with unit_of_work(any_session):
        numbering.next_serial(any_session, "test")
    threads = [threading.Thread(target=draw) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(given) == list(range(2, 42))
