"""Rows are held in one order: who changes something of a case holds the case first (PostgreSQL)."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import views
from app.extensions import db
from app.services import allocation, records
from app.services.unit_of_work import SYSTEM, act_as, unit_of_work
from models.case import Case
from models.closing import ClosingRequest
from models.filing import Filing, FilingDocument, WorkBreakdown
from models.organization import User
from models.task import Task
from tests.services.case_work import complete
from tests.services.test_filing_chain import filing_of, opened

assert views.MENU
pytestmark = pytest.mark.postgres
ON_POSTGRES = pytest.mark.parametrize("any_app", ["postgres"], indirect=True)


def case_of(model: type[Any]) -> Any:
    """A row of a table that hangs on a case, and that case: (row, case)."""
    if model in (FilingDocument, WorkBreakdown):
        return select(model.id, Filing.case_id).join(Filing, Filing.id == model.filing_id)
    return select(model.id, model.case_id).where(model.case_id.is_not(None))


@ON_POSTGRES
@pytest.mark.parametrize("model", [Filing, Task, WorkBreakdown, FilingDocument, ClosingRequest])
def test_who_holds_a_row_holds_its_case(model: type[Any], any_app: Flask, any_session: Session) -> None:
    key, case = any_session.execute(case_of(model).limit(1)).one()
    held: list[bool] = []

    def another() -> None:
        with any_app.app_context():
            act_as(db.session, SYSTEM)
            try:
                db.session.execute(select(Case.id).where(Case.id == case).with_for_update(nowait=True))
                held.append(False)
            except OperationalError:
                held.append(True)
            db.session.rollback()

    with unit_of_work(any_session):
        records.find(any_session, model, key, lock=True)
        thread = threading.Thread(target=another)
        thread.start()
        thread.join(20)
    assert held == [True]


@ON_POSTGRES
def test_a_step_and_a_change_of_the_handler_do_not_block_each_other(any_app: Flask, any_session: Session) -> None:
    """One holds the filing and wants the case, the other the case and wants the filing: whoever is later waits."""
    users = dict(any_session.execute(select(User.username, User.id)).all())
    case = opened(any_session, handler=users["tangruolan"])
    records.move(any_session, case, "complete_review")
    filing = filing_of(any_session, case)
    complete(any_session, filing)
    key, own = case.id, filing.id
    any_session.rollback()
    step_holds, change_began, told = threading.Event(), threading.Event(), []

    def change() -> None:
        with any_app.app_context():
            act_as(db.session, SYSTEM)
            step_holds.wait(20)
            change_began.set()
            try:
                allocation.change_handler(db.session, [key], users["jiangwanqing"], reason="休假")
                told.append("")
            except OperationalError as error:
                told.append(error.orig.sqlstate)

    thread = threading.Thread(target=change)
    thread.start()
    with unit_of_work(any_session):
        held = records.find(any_session, Filing, own, lock=True)
        step_holds.set()
        change_began.wait(20)
        thread.join(1)  # it holds what it can get by now
        records.move(any_session, held, "finalize")
    thread.join(30)
    assert told == [""]
    any_session.expire_all()
    assert any_session.get(Case, key).handler_id == any_session.get(Filing, own).handler_id == users["jiangwanqing"]
