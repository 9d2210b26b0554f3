"""New cases, alone and in batches, and their review: on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import views
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus, CaseType, FilingDirection, PartyRole, RequirementSource
from app.rules.errors import RuleError, RuleErrors
from app.rules.party import ChargeMode, ClientReview
from app.services import drafts, intake, records, task
from app.services.records import ChildRow
from app.services.unit_of_work import SYSTEM, Actor, act_as
from models.case import Case
from models.organization import User
from models.party import Client
from models.reference import Depositary
from models.system import FormDraft
from models.task import Task

assert views.MENU
BASIC = {"title": "一种高效电控中药煎药器", "patent_type": PatentType.UTILITY_MODEL, "client_id": 1}


@pytest.fixture
def users(any_session: Session) -> dict[str, int]:
    return dict(any_session.execute(select(User.username, User.id)).all())


@pytest.fixture
def clerk(any_session: Session, users: dict[str, int]) -> Session:
    """The session in the hands of an intake clerk."""
    any_session.rollback()
    act_as(any_session, Actor(id=users["mengqiaoyun"], name="孟巧云"))
    return any_session


def saved(session: Session, *, parties: Any = ((1, PartyRole.APPLICANT),), **values: Any) -> Case:
    rows = [ChildRow({"applicant_id": key, "role": role}) for key, role in parties]
    return records.save(session, Case, None, BASIC | values, children={"applicants": rows})


def refused(call: Callable[[], Any]) -> dict[str | None, str]:
    with pytest.raises(RuleErrors) as error:
        call()
    return {e.field: e.message for e in error.value.errors}


def test_our_reference_is_given_once(any_session: Session) -> None:
    """A-3.2.1.2.2-01, A-msg-13."""
    saved(any_session, our_ref="2015-09-25-001")
    assert refused(lambda: saved(any_session, our_ref="2015-09-25-001")) == {"our_ref": "Our reference exists already"}


@pytest.mark.parametrize(("values", "fields"), [
    ({"case_type": CaseType.INVALIDATION}, {"related_case"}),
    ({"direction": FilingDirection.OUTBOUND}, {"foreign_associate", "foreign_ref"}),
    ({"similar_designs": 3}, {"similar_designs"}),
    ({"patent_type": PatentType.DESIGN, "claims_count": 3}, {"claims_count"}),
])  # fmt: skip
def test_what_cannot_be_saved(any_session: Session, values: dict[str, Any], fields: set[str]) -> None:
    assert set(refused(lambda: saved(any_session, **values))) == fields


def test_an_old_gap_does_not_block_another_change(any_session: Session) -> None:
    case = saved(any_session)
    any_session.execute(
        Case.__table__.update().where(Case.__table__.c.id == case.id).values(direction=FilingDirection.OUTBOUND)
    )
    any_session.commit()
    assert records.save(any_session, Case, case.id, {"remark": "补记"}).remark == "补记"
    other = saved(any_session)
    outbound = {"direction": FilingDirection.OUTBOUND}
    assert "foreign_ref" in refused(lambda: records.save(any_session, Case, other.id, outbound))


def test_people_open_cases_for_reviewed_clients_only(clerk: Session) -> None:
    """A-3.2.1.2.1-05."""
    client = records.save(clerk, Client, None, {"name": "未复核的客户有限公司"})
    assert client.review_status is ClientReview.PENDING
    assert set(refused(lambda: saved(clerk, client_id=client.id))) == {"client_id"}
    records.move(clerk, client, "review")
    assert saved(clerk, client_id=client.id).client_id == client.id


def test_the_fee_terms_of_the_client_are_taken_over_and_then_the_cases_own(any_session: Session) -> None:
    """A-3.2.1.2.8-01."""
    client = any_session.get(Client, 1)
    case = saved(any_session)
    assert (case.charge_mode, case.discount_rate) == (client.charge_mode, client.discount_rate)
    assert case.charge_mode is ChargeMode.DISCOUNT
    records.save(any_session, Case, case.id, {"discount_rate": case.discount_rate / 2})
    any_session.expire_all()
    assert any_session.get(Client, 1).discount_rate == case.discount_rate * 2


def test_the_first_in_order_is_the_first_unless_somebody_else_is(any_session: Session) -> None:
    """A-3.2.1.2.3-05."""
    case = saved(any_session, parties=((1, PartyRole.APPLICANT), (2, PartyRole.APPLICANT)))
    assert [row.is_first for row in case.applicants] == [True, False]
    second = case.applicants[1].id
    both = {"applicants": [ChildRow({"is_first": True}, second)]}
    assert "applicants-1-is_first" in refused(lambda: records.save(any_session, Case, case.id, {}, children=both))


def test_deposits_only_where_a_depositary_is_in_effect(any_session: Session) -> None:
    """A-3.2.1.2.5-02."""
    place = any_session.scalars(select(Depositary).where(Depositary.code == "CGMCC")).one()
    status = type(place.status)["CANCELLED"]
    records.save(any_session, Depositary, place.id, {"status": status})
    row = ChildRow({"depositary_id": place.id, "deposit_no": "CGMCC 1", "deposited_on": place.created_at.date()})
    assert "deposits-0-depositary_id" in refused(
        lambda: records.save(any_session, Case, None, BASIC, children={"deposits": [row]})
    )


def test_parties_follow_the_type_of_the_case(any_session: Session) -> None:
    other = saved(any_session)
    case = saved(any_session)
    values = {"case_type": CaseType.INVALIDATION, "related_case_id": other.id}
    records.save(any_session, Case, case.id, values)
    assert [row.role for row in case.applicants] == [PartyRole.PATENTEE]


def test_the_review_needs_what_the_case_still_lacks(any_session: Session) -> None:
    """A-3.2.1.2.11-02, -03, -05."""
    case = saved(any_session, parties=(), client_id=None)
    assert case.status is CaseStatus.INTAKE_REVIEW
    lacking = refused(lambda: records.move(any_session, case, "complete_review"))
    assert set(lacking) == {"client", "applicants"}
    assert any_session.get(Case, case.id).status is CaseStatus.INTAKE_REVIEW
    rows = {"applicants": [ChildRow({"applicant_id": 1})]}
    records.save(any_session, Case, case.id, {"client_id": 1}, children=rows)
    records.move(any_session, case, "complete_review")
    assert case.status is CaseStatus.REVIEWED
    assert [t.name for t in task.open_tasks(any_session, Task.case_id == case.id)] == ["新案分发"]
    with pytest.raises(RuleError) as second:
        records.move(any_session, case, "complete_review")
    assert second.value.code == "conflict"


def test_what_is_foretold_happens(any_session: Session, users: dict[str, int]) -> None:
    """A-3.2.1.2.2-08."""
    people = {"handler": users["tangruolan"], "drafter": users["luozhiyu"], "translator": users["songyanqiu"]}
    told = intake.consequences(any_session, people)
    assert told == [("新案办案", "唐若岚"), ("撰写任务", "罗知予"), ("翻译任务", "宋砚秋")]
    case = saved(any_session, **{f"{k}_id": v for k, v in people.items()})
    records.move(any_session, case, "complete_review")
    made = task.open_tasks(any_session, Task.case_id == case.id)
    assert sorted((t.name, t.assignee.first_name) for t in made) == sorted(told)


def related(session: Session) -> Case:
    rows = {
        "applicants": [ChildRow({"applicant_id": 1, "is_first": True}), ChildRow({"applicant_id": 2})],
        "inventors": [ChildRow({"inventor_id": 1})],
        "requirements": [ChildRow({"source": RequirementSource.LIBRARY, "content": "先打电话"})],
    }
    values = BASIC | {"app_no": "201520754675.5", "patent_no": "ZL201520754675.5", "main_ipc": "A61J 3/00"}
    return records.save(session, Case, None, values, children=rows)


@pytest.mark.parametrize(("kind", "expected"), [
    (CaseType.ORDINARY, {"title": BASIC["title"], "app_no": None, "parent_app_no": None}),
    (CaseType.DIVISIONAL, {"parent_app_no": "201520754675.5", "app_no": None}),
    (CaseType.INVALIDATION, {"app_no": "201520754675.5", "patent_no": "ZL201520754675.5"}),
])  # fmt: skip
def test_a_new_case_begins_with_the_related_one(any_session: Session, kind: CaseType, expected: Any) -> None:
    """A-3.2.1.2.1-02."""
    source = related(any_session)
    made = intake.begin(any_session, kind, None, source.id)
    assert {name: getattr(made, name) for name in expected} == expected
    assert (made.client_id, made.related_case_id) == (1, source.id)
    owner = PartyRole.PATENTEE if kind is CaseType.INVALIDATION else PartyRole.APPLICANT
    assert [(row.applicant_id, row.role) for row in made.applicants] == [(1, owner), (2, owner)]
    assert made not in any_session


def test_a_case_begins_with_its_clients_attorney_referrer_and_fees(any_session: Session) -> None:
    """A-3.2.1.2.2-07."""
    client = any_session.scalars(select(Client).where(Client.referrer_id.is_not(None))).first()
    made = intake.begin(any_session, CaseType.ORDINARY, client.id)
    assert (made.first_attorney_id, made.referrer_id) == (client.first_attorney_id, client.referrer_id)
    assert made.discount_rate == client.discount_rate


def test_what_is_hidden_gives_nothing(clerk: Session, users: dict[str, int]) -> None:
    act_as(clerk, SYSTEM)
    source = related(clerk)
    key = source.id
    clerk.rollback()
    act_as(clerk, replace(Actor(id=users["xiaboyuan"], name="夏泊远"), sees_all=False))
    made = intake.begin(clerk, CaseType.ORDINARY, 1, key)
    assert (made.client_id, made.related_case_id, list(made.applicants)) == (None, None, [])
    with pytest.raises(RuleError) as hidden:
        intake.open_many(clerk, key, ["一种锁"])
    assert hidden.value.code == "missing"


def test_twenty_cases_at_once(any_session: Session) -> None:
    """A-3.2.1.2.9-01."""
    source = related(any_session)
    made = intake.open_many(any_session, source.id, [f"一种装置{n}" for n in range(20)])
    assert len({case.our_ref for case in made}) == 20
    assert {case.applicant_names for case in made} == {source.applicant_names}
    assert {case.inventor_names for case in made} == {source.inventor_names}
    assert {(case.related_case_id, case.client_id, case.status) for case in made} == {
        (source.id, 1, CaseStatus.INTAKE_REVIEW)
    }
    tasks = task.open_of(any_session, {"intake_review"}, Task.case_id.in_([case.id for case in made]))
    assert len(tasks) == 20


def test_a_batch_is_all_or_nothing(any_session: Session) -> None:
    source = related(any_session)
    before = any_session.execute(select(func.count(Case.id))).scalar_one()
    with pytest.raises(RuleErrors):
        intake.open_many(any_session, source.id, ["一种锁", None])
    assert any_session.execute(select(func.count(Case.id))).scalar_one() == before


def test_a_draft_is_its_users_own_and_replaced(any_session: Session, users: dict[str, int]) -> None:
    mine, other = users["mengqiaoyun"], users["fangyike"]
    drafts.keep(any_session, mine, "case", drafts.NEW, [("title", "一"), ("applicants-0-applicant", "1")], None)
    drafts.keep(any_session, mine, "case", drafts.NEW, [("title", "二")], 3)
    found = drafts.of(any_session, mine, "case", drafts.NEW)
    assert found is not None
    assert (found.pairs, found.version) == ([("title", "二")], 3)
    assert drafts.of(any_session, other, "case", drafts.NEW) is None
    drafts.drop(any_session, mine, "case", drafts.NEW)
    assert drafts.of(any_session, mine, "case", drafts.NEW) is None


def test_drafts_are_limited_in_size_and_number(any_session: Session, users: dict[str, int]) -> None:
    me = users["mengqiaoyun"]
    with pytest.raises(RuleError):
        drafts.keep(any_session, me, "case", drafts.NEW, [("title", "长" * drafts.LONGEST)], None)
    for record in range(1, drafts.MOST + 3):
        drafts.keep(any_session, me, "case", record, [("title", "一")], None)
    assert any_session.execute(select(func.count(FormDraft.id))).scalar_one() == drafts.MOST
    assert drafts.of(any_session, me, "case", 1) is None
