"""Parties: found twice, merged, their requirements carried on, inventors by the dozen, on both databases."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.case import CaseType, PartyRole, RequirementSource
from app.rules.errors import RuleError, RuleErrors
from app.rules.party import CasePhase, ClientReview, RequirementType
from app.rules.party_match import Likeness
from app.rules.validity import Validity
from app.services import files, intake, party_inventor, party_match, party_merge, party_requirement, records
from app.services.unit_of_work import Actor, act_as, unit_of_work
from models.audit import AuditEntry
from models.case import Case, CaseApplicant, CaseRequirement
from models.organization import User
from models.party import Applicant, Client, ClientRequirement, Contact, Inventor, PartyMerge, Referrer
from models.system import Attachment, StoredFile, SystemParameter
from models.task import RequirementItem

CLERK = Actor(id=1, name="测试员", is_admin=True)
WISH = {"phase": CasePhase.ALL, "requirement_type": RequirementType.CONTACT, "content": "先打电话"}


@pytest.fixture
def clerk(any_session: Session) -> Session:
    """A session on either database in which a clerk acts."""
    act_as(any_session, CLERK)
    return any_session


def client(session: Session, name: str, **values: object) -> Client:
    return records.save(session, Client, None, {"name": name, **values})


def applicant(session: Session, name: str, owner: Client, **values: object) -> Applicant:
    return records.save(session, Applicant, None, {"name": name, "client_id": owner.id, "address": "北京", **values})


def case(session: Session, owner: Client, *parties: Applicant) -> Case:
    if owner.review_status is ClientReview.PENDING:
        records.move(session, owner, "review")
    values = {"title": "一种装置", "patent_type": PatentType.INVENTION, "client_id": owner.id}
    made = records.save(session, Case, None, values)
    with unit_of_work(session):
        for at, party in enumerate(parties):
            row = CaseApplicant(case_id=made.id, applicant_id=party.id, role=PartyRole.APPLICANT, position=at)
            row.is_first = at == 0
            session.add(row)
    return made


class TestSimilar:
    """Warnings before the same party is entered again."""

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("江汀重工装备（无锡）有限责任公司", Likeness.NAME),
            ("江汀 重工装备(无锡) 有限公司", Likeness.NAME),
            ("江汀重工装备无锡有限公司", Likeness.NAME),
            ("江停重工装备（无锡）有限公司", Likeness.SOUND),
            ("江汀重工装备（无为）有限公司", Likeness.SIMILAR),
            ("江汀重工装备（无锡）股份有限公司", Likeness.SIMILAR),
            ("江汀轻工设备（常州）有限公司", None),
        ],
    )
    def test_by_name(self, clerk: Session, typed: str, reason: Likeness | None) -> None:
        known = client(clerk, "江汀重工装备（无锡）有限公司")
        found = {m.id: m.likeness for m in party_match.similar(clerk, Client, typed)}
        assert found.get(known.id) is reason

    def test_by_number_whatever_the_name(self, clerk: Session) -> None:
        known = client(clerk, "江汀重工", certificate_no="9132 0500-ma1x")
        found = party_match.similar(clerk, Client, "另一个名字", "91320500MA1X")
        assert [(m.id, m.likeness) for m in found] == [(known.id, Likeness.CERTIFICATE)]
        assert party_match.similar(clerk, Client, known.name, known.certificate_no, but=known.id) == []

    def test_persons_of_one_name_are_asked_about_within_their_client(self, clerk: Session) -> None:
        one, other = client(clerk, "江汀重工"), client(clerk, "海棠医疗")
        known = records.save(clerk, Inventor, None, {"name": "司马临风", "client_id": one.id, "id_no": "320500X1"})
        assert [m.id for m in party_match.similar(clerk, Inventor, "司马 临风", client_id=one.id)] == [known.id]
        assert party_match.similar(clerk, Inventor, "司马临风", client_id=other.id) == []
        assert party_match.similar(clerk, Inventor, "甲乙", "320500x1", client_id=other.id)[0].id == known.id

    def test_what_the_actor_may_not_see_is_not_told(self, clerk: Session) -> None:
        boss, partner = clerk.scalars(select(User.id).order_by(User.id).limit(2)).all()
        hidden = client(clerk, "江汀重工装备有限公司", registered_by_id=boss, certificate_no="91320500MA1X")
        assert party_match.similar(clerk, Client, "江汀重工装备有限公司")[0].id == hidden.id
        act_as(clerk, Actor(id=partner, name="合伙人", sees_all=False))
        assert party_match.similar(clerk, Client, "江汀重工装备有限公司", "91320500MA1X") == []


class TestMerging:
    """合并."""

    def test_everything_moves_and_the_other_is_set_invalid(self, clerk: Session) -> None:
        kept, other = client(clerk, "江汀重工"), client(clerk, "江汀重工有限公司", phone="0510-1")
        number = kept.client_no
        mine = case(clerk, other)
        for owner in (kept, other):
            records.save(clerk, Contact, None, {"name": "阮向晚", "client_id": owner.id, "is_default": True})
        records.save(clerk, ClientRequirement, None, WISH | {"client_id": other.id})
        party = applicant(clerk, "江汀重工有限公司", other)
        with unit_of_work(clerk):
            stored = StoredFile(sha256="0" * 64, size=1, mime="text/plain")
            clerk.add(stored)
            clerk.flush()
            clerk.add(Attachment(table_key="client", record_id=other.id, name="合同.txt", file_id=stored.id))
        clerk.expire_all()
        seen = {kept.id: kept.version, other.id: other.version}
        line = party_merge.merge(
            clerk, Client, kept.id, other.id, versions=seen, taken=["phone", "client_no"], reason=" 重复登记 "
        )
        clerk.expire_all()
        assert (mine.client_id, party.client_id) == (kept.id, kept.id)
        assert (kept.phone, kept.client_no, kept.name) == ("0510-1", number, "江汀重工")
        assert [c.is_default for c in clerk.scalars(select(Contact).where(Contact.client_id == kept.id))].count(
            True
        ) == 1
        assert clerk.scalars(select(ClientRequirement.client_id)).all().count(kept.id) == 1
        assert files.count(clerk, "client", kept.id) == 1
        assert other.valid is Validity.INVALID
        told = {"case": 1, "contact": 1, "client_requirement": 1, "applicant": 1, "attachment": 1}
        assert (line.moved, line.reason, line.kept_id, line.merged_id) == (told, "重复登记", kept.id, other.id)
        lines = clerk.scalars(select(AuditEntry).where(AuditEntry.reason == "重复登记")).all()
        assert {e.table for e in lines} >= {"client", "patent_case", "contact", "client_requirement", "party_merge"}

    def test_a_case_that_names_both_names_one(self, clerk: Session) -> None:
        owner = client(clerk, "江汀重工")
        kept, other = applicant(clerk, "江汀重工", owner), applicant(clerk, "江汀重工有限公司", owner)
        mine = case(clerk, owner, other, kept)
        seen = {kept.id: kept.version, other.id: other.version}
        party_merge.merge(clerk, Applicant, kept.id, other.id, versions=seen, reason="重复")
        clerk.expire_all()
        assert [(a.applicant_id, a.is_first) for a in mine.applicants] == [(kept.id, True)]
        assert mine.applicant_names == "江汀重工"

    def test_whoever_changed_one_in_between_wins(self, clerk: Session) -> None:
        kept, other = client(clerk, "江汀重工"), client(clerk, "江汀重工有限公司")
        seen = {kept.id: kept.version, other.id: other.version}
        records.save(clerk, Client, other.id, {"phone": "1"})
        with pytest.raises(RuleError) as refused:
            party_merge.merge(clerk, Client, kept.id, other.id, versions=seen, reason="重复")
        assert refused.value.code == "conflict"
        clerk.rollback()
        clerk.expire_all()
        assert other.valid is Validity.VALID
        assert clerk.scalars(select(PartyMerge)).all() == []

    @pytest.mark.parametrize("wrong", ["reason", "twice", "invalid"])
    def test_refused(self, clerk: Session, wrong: str) -> None:
        kept, other = client(clerk, "江汀重工"), client(clerk, "江汀重工有限公司")
        if wrong == "invalid":
            records.move(clerk, kept, "set_invalid")
        ids = (kept.id, kept.id if wrong == "twice" else other.id)
        seen = {kept.id: kept.version, other.id: other.version}
        with pytest.raises(RuleError):
            party_merge.merge(clerk, Client, *ids, versions=seen, reason="" if wrong == "reason" else "重复")


class TestRequirements:
    """客户要求."""

    def test_one_from_the_library_says_what_the_library_says(self, clerk: Session) -> None:
        owner, item = client(clerk, "江汀重工"), clerk.scalars(select(RequirementItem)).first()
        assert party_requirement.take(clerk, owner, [item.id]) == 1
        own = clerk.scalars(select(ClientRequirement).where(ClientRequirement.client_id == owner.id)).one()
        assert (own.content, own.phase, own.item_id) == (item.content, item.phase, item.id)
        with pytest.raises(RuleError) as refused:
            records.save(clerk, ClientRequirement, own.id, {"content": "改了"})
        assert refused.value.code == "conflict"
        with pytest.raises(RuleError):
            records.save(clerk, ClientRequirement, own.id, {"item_id": None})
        with pytest.raises(RuleError):
            party_requirement.take(clerk, owner, [item.id])

    def test_what_it_says_now_goes_to_the_cases_that_cite_it(self, clerk: Session) -> None:
        """A-3.1.1.2.4-10: own requirements and those of the library, nothing that is void or of others."""
        owner, item = client(clerk, "江汀重工"), clerk.scalars(select(RequirementItem)).first()
        mine = case(clerk, owner)
        own = records.save(clerk, ClientRequirement, None, WISH | {"client_id": owner.id})
        void = records.save(clerk, ClientRequirement, None, WISH | {"client_id": owner.id, "content": "寄原件"})
        party_requirement.take(clerk, owner, [item.id])
        shared = clerk.scalars(select(ClientRequirement).where(ClientRequirement.item_id == item.id)).first()
        for source in (own, void, shared):
            values = {"case_id": mine.id, "source": RequirementSource.CLIENT, "client_requirement_id": source.id}
            records.save(clerk, CaseRequirement, None, values | {"content": source.content})
        assert party_requirement.pending(clerk, owner) == []
        records.save(clerk, ClientRequirement, own.id, {"content": "先发邮件", "instructed_on": date(2026, 1, 2)})
        records.save(clerk, ClientRequirement, void.id, {"content": "寄两份"})
        records.move(clerk, void, "void")
        records.save(clerk, RequirementItem, item.id, {"content": "资料库改过的要求"})
        changes = party_requirement.pending(clerk, owner)
        assert [(c.our_ref, c.after) for c in changes] == [
            ("", "资料库改过的要求"),
            (mine.our_ref, "先发邮件"),
            (mine.our_ref, "资料库改过的要求"),
        ]
        assert party_requirement.synchronize(clerk, owner, reason="同步要求") == 3
        clerk.expire_all()
        assert {r.content for r in mine.requirements} == {"先发邮件", "寄原件", "资料库改过的要求"}
        assert party_requirement.synchronize(clerk, owner, reason="同步要求") == 0


class TestInventors:
    """批量新增发明人."""

    def test_all_or_none(self, clerk: Session) -> None:
        owner = client(clerk, "江汀重工")
        records.save(clerk, Inventor, None, {"name": "司马临风", "client_id": owner.id, "id_no": "1234"})
        rows = [
            {"name": "欧阳听雪", "id_no": None},
            {"name": "司马 临风", "id_no": None},
            {"name": None, "id_no": "9"},
            {"name": "司马临风", "id_no": "5678"},
            {"name": "欧阳听雪", "id_no": ""},
        ]
        with pytest.raises(RuleErrors) as refused:
            party_inventor.add_inventors(clerk, owner.id, rows)
        assert {e.field for e in refused.value.errors} == {"1-name", "2-name", "4-name"}
        clerk.rollback()
        assert len(clerk.scalars(select(Inventor).where(Inventor.client_id == owner.id)).all()) == 1
        assert party_inventor.add_inventors(clerk, owner.id, [rows[0], rows[3]]) == 2


def test_a_referrers_user_sees_the_cases_of_the_client_he_brought(clerk: Session) -> None:
    """A-3.1.7-03, in a partnership, where others' cases are hidden."""
    with unit_of_work(clerk):
        statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
        clerk.execute(statement, execution_options={"audited": True})
    boss, *_others, partner = clerk.scalars(select(User.id).order_by(User.id)).all()
    referrer = records.save(clerk, Referrer, None, {"name": "介绍人", "user_id": partner})
    brought, other = (client(clerk, n, registered_by_id=boss) for n in ("江汀重工", "海棠医疗"))
    records.save(clerk, Client, brought.id, {"referrer_id": referrer.id})
    mine, hidden = case(clerk, brought).id, case(clerk, other).id
    act_as(clerk, Actor(id=partner, name="介绍人", sees_all=False))
    assert set(clerk.scalars(select(Case.id).where(Case.id.in_([mine, hidden])))) == {mine}
    assert clerk.scalar(select(exists().where(Case.id == mine)))
    assert not clerk.scalar(select(exists().where(Case.id == hidden)))  # no entity, no column of one is selected


def test_a_case_takes_over_the_first_attorney_of_its_client(clerk: Session) -> None:
    """A-3.1.1.2.2-09."""
    attorney = clerk.scalars(select(User.id).where(User.username == "qinshuyu")).one()
    owner = client(clerk, "江汀重工", first_attorney_id=attorney)
    assert intake.begin(clerk, CaseType.ORDINARY, owner.id).first_attorney_id == attorney


@pytest.mark.parametrize("rate", ["0", "1.01", "90"])
def test_a_discount_is_a_part(clerk: Session, rate: str) -> None:
    """A-3.1.1.2.6-03: 0.9 charges nine tenths."""
    with pytest.raises(RuleError) as refused:
        client(clerk, "江汀重工", discount_rate=Decimal(rate))
    assert refused.value.field == "discount_rate"
