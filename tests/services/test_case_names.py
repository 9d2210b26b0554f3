"""The names of a case's parties stand in the case, however they were changed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules.application_number import PatentType
from app.rules.case import PartyRole
from app.services.unit_of_work import unit_of_work
from models.case import Case, CaseApplicant, CaseInventor
from models.party import Applicant, Inventor


def make(session: Session) -> tuple[Case, Applicant, Applicant]:
    """A case with two applicants, the second entered first, and an inventor."""
    with unit_of_work(session):
        first, second, inventor = Applicant(name="甲公司"), Applicant(name="乙公司"), Inventor(name="赵一")
        case = Case(our_ref="T-1", title="一种装置", patent_type=PatentType.INVENTION)
        case.applicants = [CaseApplicant(applicant=second, position=2), CaseApplicant(applicant=first, position=1)]
        case.inventors = [CaseInventor(inventor=inventor)]
        session.add(case)
    return case, first, second


def test_names_follow_the_order_of_the_parties(any_session: Session):
    case, _first, _second = make(any_session)
    assert (case.applicant_names, case.inventor_names) == ("甲公司；乙公司", "赵一")


def test_renaming_a_party_renames_it_in_its_cases(any_session: Session):
    case, first, _second = make(any_session)
    with unit_of_work(any_session):
        first.name = "丙公司"
    assert case.applicant_names == "丙公司；乙公司"


def test_a_party_that_goes_leaves_the_names(any_session: Session):
    case, _first, second = make(any_session)
    with unit_of_work(any_session):
        row = any_session.execute(select(CaseApplicant).where(CaseApplicant.applicant_id == second.id)).scalar_one()
        any_session.delete(row)
    any_session.expire_all()
    assert case.applicant_names == "甲公司"


def test_a_requester_is_no_applicant(any_session: Session):
    case, _first, _second = make(any_session)
    with unit_of_work(any_session):
        any_session.add(
            CaseApplicant(case=case, applicant=Applicant(name="请求人"), role=PartyRole.REQUESTER, position=3)
        )
    assert case.applicant_names == "甲公司；乙公司"


def test_the_names_are_no_news_to_the_version(any_session: Session):
    case, first, _second = make(any_session)
    before = case.version
    with unit_of_work(any_session):
        first.name = "丁公司"
    any_session.expire_all()
    assert case.version == before
