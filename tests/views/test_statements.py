"""No page runs more statements than a small number, however many rows there are, on it or behind it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import event, insert, select, update

from app.extensions import db
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus
from app.services import text_index
from models.base import now
from models.case import Case, CaseApplicant
from models.party import Applicant, Client, Contact
from models.task import Task, TaskType

FIRST = 100_000
FEW, MANY = 10, 200
PART = {"HX-Request": "true"}

#: Address, what is asked with it, and the statements it may take at most.
PAGES = [
    ("/app/case/?size=50", {}, 5),
    ("/app/case/?size=50", PART, 4),
    ("/app/case/?size=50&page=3&sort=client", PART, 4),
    ("/app/case/?size=50&q.title=电池&q.status=INTAKE_REVIEW", PART, 5),
    ("/app/case/?size=50&q.title=电池&q.our_ref=none&c=app_no~filled~", PART, 10),
    (f"/app/case/{FIRST}", {}, 20),
    (f"/app/case/{FIRST}/edit", {}, 18),
    ("/app/case/pick?q=电池", {}, 4),
    ("/app/client/?size=50", {}, 5),
    ("/app/client/?size=50&sort=-name", PART, 4),
    (f"/app/client/{FIRST}", {}, 13),
    (f"/app/client/{FIRST}/edit", {}, 5),
    ("/app/client/pick?q=客户", {}, 4),
    ("/app/task/?size=50", {}, 6),
    ("/app/task/?size=50&q.status=OPEN", PART, 5),
    (f"/app/task/{FIRST}", {}, 9),
    (f"/app/task/{FIRST}/edit", {}, 7),
]


@pytest.fixture
def counted(app: Flask, admin: FlaskClient) -> Iterator[Callable[[str, dict[str, str]], int]]:
    """How many statements a page takes that was shown before."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)

    def count(address: str, headers: dict[str, str]) -> int:
        admin.get(address, headers=headers)
        seen.clear()
        assert admin.get(address, headers=headers).status_code == 200
        return sum(not statement.startswith("BEGIN") for statement in seen)

    yield count
    event.remove(engine, "before_cursor_execute", note)


def fill(app: Flask, start: int, end: int) -> None:
    """Clients with a case, a task and an applicant each; contacts of the first client, applicants of the first case."""
    stamp = {"version": 1, "created_at": now(), "updated_at": now()}
    day = date(2026, 1, 5)
    with app.app_context():
        connection = db.session.connection(execution_options={"immediate": True})
        users = list(connection.execute(select(User.id).order_by(User.id)).scalars())
        rows: dict[type, list[dict[str, Any]]] = defaultdict(list)
        for i in range(FIRST + start, FIRST + end):
            user, when = users[i % len(users)], day + timedelta(days=i % 300)
            made = {
                Client: {"client_no": f"X{i}", "name": f"客户{i}公司", "short_name": f"客户{i}"},
                Applicant: {"client_id": i, "name": f"申请人{i}"},
                Contact: {"client_id": FIRST, "name": f"联系人{i}", "phone": "010-1"},
                Case: {"our_ref": f"X{i}", "case_no": f"X{i}", "title": f"一种电池{i}", "client_id": i,
                       "patent_type": PatentType.INVENTION, "handler_id": user, "first_attorney_id": user,
                       "opened_by_id": user, "filing_date": when},
                CaseApplicant: {"case_id": FIRST, "applicant_id": i, "position": i},
                Task: {"case_id": i, "name": f"任务{i}", "assignee_id": user, "hard_deadline": when},
            }  # fmt: skip
            for model, values in made.items():
                rows[model].append({"id": i} | stamp | values)
        for model, added in rows.items():
            connection.execute(insert(model.__table__), added)
        db.session.commit()
    text_index.reindex(app)


@pytest.mark.parametrize(("address", "headers", "most"), PAGES)
def test_statements_do_not_grow_with_the_rows(app, counted, address, headers, most) -> None:
    fill(app, 0, FEW)
    few = counted(address, headers)
    fill(app, FEW, MANY)
    assert counted(address, headers) == few <= most


#: Pages of those who do the work, and the statements each may take at most.
WORK_PAGES = [
    ("/app/my_task/?size=50", {}, 6),
    ("/app/my_task/?size=50", PART, 5),
    ("/app/workbench/", {}, 12),
    ("/app/workbench/?of=all", {}, 12),
    ("/app/allocation/", {}, 17),
    ("/app/allocation/?tab=all", {}, 17),
    ("/app/people_change/?size=50", {}, 5),
    ("/app/closing/?size=50", {}, 5),
    (f"/app/case_folder/{FIRST}", {}, 18),
]
CLASSES = ("H01M 10/05", "G06F 17/30", "A01B 1/00", "B60L 3/00", "C07D 2/00", "E05B 5/00", "F16H 7/00")


@pytest.mark.parametrize(("address", "headers", "most"), WORK_PAGES)
def test_the_pages_of_the_work_do_not_either(app, counted, address, headers, most) -> None:
    """Many tasks of one's own, many cases of many classes that wait for their allocation."""

    def wait(end: int) -> None:
        with app.app_context():
            connection = db.session.connection(execution_options={"immediate": True})
            me = connection.execute(select(User.id).where(User.username == "admin")).scalar_one()
            kind = connection.execute(select(TaskType.id).where(TaskType.code == "case_allocation")).scalar_one()
            for i in range(FIRST, FIRST + end):
                values = {"status": CaseStatus.REVIEWED, "main_ipc": CLASSES[i % 2 if end == FEW else i % 7]}
                connection.execute(update(Case.__table__).where(Case.id == i).values(values))
                connection.execute(
                    update(Task.__table__).where(Task.id == i).values(assignee_id=me, task_type_id=kind)
                )
            db.session.commit()

    fill(app, 0, FEW)
    wait(FEW)
    few = counted(address, headers)
    fill(app, FEW, MANY)
    wait(MANY)
    many = counted(address, headers)
    assert many == few <= most, (few, many)
