"""Loading the shipped data again: what the firm decided stays decided."""

import csv
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.console.view import REGISTRY
from app.rules.errors import RuleErrors
from app.services import records, seed
from app.services.unit_of_work import unit_of_work
from models.audit import AuditEntry
from models.deadline import DeadlineRule
from models.reference import Country


@pytest.mark.parametrize("key", ["task_type", "fee_item", "deadline_rule", "document_type", "country", "division",
                                 "depositary", "position", "system_parameter", "numbering_scheme"])  # fmt: skip
def test_the_first_start_brings_what_the_manual_presets(key: str, session: Session) -> None:
    """A-2-01: tasks, fees, time limits, notices, countries, divisions, positions are there to work with."""
    console = REGISTRY[key]
    with (seed.FOLDER / f"{key}.csv").open(encoding="utf-8") as file:
        shipped = len(list(csv.DictReader(file)))
    assert shipped > 3
    assert session.scalar(select(func.count(console.model.id))) >= shipped


def load_again(session: Session, model: type, key: str) -> int:
    """What another start of a newer version adds to a table."""
    with unit_of_work(session, reason=seed.SHIPPED):
        return seed.load_file(session, model, seed.FOLDER / f"{key}.csv")


def test_what_the_firm_deleted_stays_away_and_what_is_new_comes(any_session: Session, tmp_path: Path) -> None:
    rule = any_session.execute(select(DeadlineRule).order_by(DeadlineRule.id.desc())).scalars().first()
    code = rule.code
    with unit_of_work(any_session):
        any_session.delete(any_session.get(DeadlineRule, rule.id))
    assert load_again(any_session, DeadlineRule, "deadline_rule") == 0
    assert any_session.execute(select(DeadlineRule.id).where(DeadlineRule.code == code)).first() is None
    with (seed.FOLDER / "country.csv").open(encoding="utf-8", newline="") as source:
        row = next(csv.DictReader(source)) | {"code": "QQ", "name": "新国"}
    with unit_of_work(any_session, reason=seed.SHIPPED):
        assert seed.load_rows(any_session, Country, [row], "country.csv") == 1


def test_a_code_that_was_shipped_does_not_change(session: Session) -> None:
    rule = session.execute(select(DeadlineRule)).scalars().first()
    with pytest.raises(RuleErrors):
        records.save(session, DeadlineRule, rule.id, {"code": "OTHER"})


def test_a_position_emptied_of_rights_stays_empty(session: Session) -> None:
    name = session.execute(select(Role.name).join(Role.permissions).limit(1).where(Role.name != "系统管理员")).scalar()
    with unit_of_work(session):
        session.execute(select(Role).where(Role.name == name)).scalars().one().permissions = []
    with unit_of_work(session):
        seed.load_grants(session)
    assert session.execute(select(Role).where(Role.name == name)).scalars().one().permissions == []


def test_shipped_rows_have_their_first_line_of_history(any_session: Session) -> None:
    country = any_session.execute(select(Country).where(Country.code == "CN")).scalar_one()
    query = select(AuditEntry).where(AuditEntry.table == "country", AuditEntry.record_id == country.id)
    entry = any_session.execute(query).scalars().one()
    assert (entry.action, entry.changes["code"], entry.reason) == ("insert", [None, "CN"], seed.SHIPPED)
