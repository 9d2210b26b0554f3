"""Pages: the list in its uses, detail, form and picker, beside the same pages of the peers."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connections
from django.test.utils import CaptureQueriesContext
from flask import Flask
from sqlalchemy import Engine, select, update

from app.extensions import db
from app.rules.system import FirmNature
from app.services import parameters, setup
from app.services.unit_of_work import unit_of_work
from benchmarks import data
from benchmarks.measure import OURS, Budget, Result, medians, statements_of
from benchmarks.peers import django_admin, flask_admin_app, handwritten
from models.organization import User
from models.system import SystemParameter

HAND, DJANGO, FLASK_ADMIN = "hand-written", "Django admin", "Flask-Admin"
LIST = (Budget(1.5, HAND), Budget(1 / 5, DJANGO))
TASKS = (Budget(1.5, HAND),)
PICK = (Budget(50),)
SIZE = 50
TITLE = "燃料电池"
DJANGO_CASES, FLASK_CASES = "/admin/agency/case/", "/admin/cases/"
#: The page by which machines are compared.
YARDSTICK = "list, first page, rows"
#: The ids of the rows on a page, as each of them writes them.
ROWS = re.compile(r'data-id="(\d+)"|name="_selected_action" value="(\d+)"|name="rowid" value="(\d+)"')


class Asked(NamedTuple):
    """One address at everyone; "" where there is no such page. part: we are asked for the rows only, as in browsing."""

    ours: str
    hand: str = ""
    django: str = ""
    flask_admin: str = ""
    part: bool = False
    budgets: tuple[Budget, ...] = ()
    user: str = "admin"
    same: bool = True  # all show the same rows
    scoped: bool = True  # the staff see their own rows only


def asked(cases: int) -> dict[str, Asked]:
    """What is measured, on a database of so many cases."""
    last = cases // SIZE
    some = cases // 2
    rows = f"/app/case/?size={SIZE}"
    return {
        "list, first page, whole": Asked(rows, "/cases", DJANGO_CASES, f"{FLASK_CASES}?page_size=50", budgets=LIST),
        YARDSTICK: Asked(rows, "/cases", DJANGO_CASES, f"{FLASK_CASES}?page_size=50", True, LIST),
        f"list, page {last:,}": paged(rows, last),
        f"list, page {last // 2:,}": paged(rows, last // 2),
        "list, title contains": Asked(
            f"{rows}&q.title={TITLE}", f"/cases?title={TITLE}", f"{DJANGO_CASES}?q={TITLE}",
            f"{FLASK_CASES}?search={TITLE}", True, LIST,
        ),
        "list, one status": Asked(
            f"{rows}&q.status=GRANTED", "/cases?status=GRANTED", f"{DJANGO_CASES}?status__exact=GRANTED",
            f"{FLASK_CASES}?flt0_status_equals=GRANTED", True, LIST,
        ),
        "list, by filing date": Asked(
            f"{rows}&sort=-filing_date", "/cases?sort=-filing_date", f"{DJANGO_CASES}?o=-6",
            f"{FLASK_CASES}?sort=5&desc=1", True, LIST, same=False,
        ),
        "task monitoring": Asked(f"/app/task/?size={SIZE}", "/tasks", part=True, budgets=TASKS),
        "my tasks": Asked(f"/app/my_task/?size={SIZE}", part=True, user="staff", scoped=False),
        "workbench": Asked("/app/", user="staff", scoped=False),
        "list of a partner": Asked(rows, part=True, user="staff"),
        "detail": Asked(f"/app/case/{some}", "", "", f"{FLASK_CASES}details/?id={some}"),
        "form": Asked(f"/app/case/{some}/edit", "", f"{DJANGO_CASES}{some}/change/", f"{FLASK_CASES}edit/?id={some}"),
        "picker, clients": Asked(
            "/app/client/pick?q=北京", "",
            "/admin/autocomplete/?app_label=agency&model_name=case&field_name=client&term=北京",
            f"{FLASK_CASES}ajax/lookup/?name=client&query=北京", budgets=PICK, same=False,
        ),
        "picker, clients, initials": Asked("/app/client/pick?q=bjh", budgets=PICK),
        "picker, cases": Asked("/app/case/pick?q=000012", budgets=PICK),
        "picker, cases, none such": Asked("/app/case/pick?q=查无此词", budgets=PICK),
        "picker, clients, none such": Asked("/app/client/pick?q=zqxyw", budgets=PICK),
        "picker, nothing typed": Asked("/app/case/pick", budgets=PICK),
    }  # fmt: skip


def paged(rows: str, number: int) -> Asked:
    """A page far down the list (Flask-Admin counts from 0)."""
    return Asked(
        f"{rows}&page={number}", f"/cases?page={number}", f"{DJANGO_CASES}?p={number}",
        f"{FLASK_CASES}?page={number - 1}", True, LIST,
    )  # fmt: skip


@dataclass
class Side:
    """Someone who answers: how to ask for an address, and how to count the statements that takes."""

    get: Callable[..., Any]
    counted: Callable[[], Any]


def run(folder: Path, cases: int, rounds: int) -> Iterator[Result]:
    """Measure every page beside the peers'."""
    place = data.build(folder, cases)
    app = data.application(place)
    with app.app_context():
        engine = db.engine
    counted = partial(statements_of, engine)
    browsers = {name: Side(data.signed_in(app, name).get, counted) for name in ("admin", "staff")}
    peers = {HAND: flask_side(handwritten.make(data.database(place))),
             DJANGO: django_side(data.database(place)),
             FLASK_ADMIN: flask_side(flask_admin_app.make(data.database(place)))}  # fmt: skip
    for name, page in asked(cases).items():
        with partnership(app, page.user == "staff" and page.scoped):
            yield one(name, page, browsers[page.user], peers, rounds)


def one(name: str, page: Asked, ours: Side, peers: dict[str, Side], rounds: int) -> Result:
    """One page: everyone's rows compared, statements counted, time taken."""
    headers = data.PART if page.part else {}
    calls: dict[str, Callable[[], Any]] = {OURS: partial(ours.get, page.ours, headers=headers)}
    for peer, address in zip(peers, (page.hand, page.django, page.flask_admin), strict=True):
        if address:
            calls[peer] = partial(peers[peer].get, address)
    answers, statements = {}, {}
    for who, call in calls.items():
        call()  # whatever is kept after the first time
        with (ours if who == OURS else peers[who]).counted() as seen:
            answers[who] = call()
        statements[who] = len(seen)
        if answers[who].status_code != 200:
            raise RuntimeError(f"{name}: {who} answers {answers[who].status_code}")
    shown = {who: rows_of(answer) for who, answer in answers.items()}
    others = [who for who, rows in shown.items() if page.same and rows and rows != shown[OURS]]
    if others:
        raise RuntimeError(f"{name}: {', '.join(others)} shows other rows than we do")
    return Result(name, medians(calls, rounds), page.budgets, statements, len(body(answers[OURS])))


def body(answer: Any) -> bytes:
    """The bytes of an answer, Flask's or Django's."""
    return answer.content if hasattr(answer, "content") else answer.data


def rows_of(answer: Any) -> set[str]:
    """The ids of the rows an answer shows."""
    return {"".join(found) for found in ROWS.findall(body(answer).decode())}


@contextmanager
def partnership(app: Flask, wanted: bool) -> Iterator[None]:
    """Within, the firm is a partnership whose members see their own cases only, where that is wanted."""
    if wanted:
        firm_is(app, FirmNature.PARTNERSHIP)
    try:
        yield
    finally:
        if wanted:
            firm_is(app, FirmNature.COMPANY)


def firm_is(app: Flask, nature: FirmNature) -> None:
    """Set the nature of the firm, as after a restart."""
    with app.app_context():
        session = setup.acting()
        change = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value=nature.name)
        with unit_of_work(session):
            session.execute(change, execution_options={"audited": True})
        parameters.freeze(session)


def flask_side(made: tuple[Flask, Engine]) -> Side:
    """A Flask peer with a signed-in browser."""
    app, engine = made
    browser = app.test_client()
    with engine.connect() as connection:
        table = User.__table__
        wanted = select(table.c.id, table.c.session_counter).where(table.c.username == "admin")
        user = connection.execute(wanted).one()
    with browser.session_transaction() as cookie:
        cookie["user_id"], cookie["counter"] = user
    return Side(browser.get, partial(statements_of, engine))


def django_side(database: Path) -> Side:
    """Django with a signed-in browser."""
    browser = django_admin.make(database)
    return Side(browser.get, counted_in_django)


@contextmanager
def counted_in_django() -> Iterator[list[Any]]:
    """The SQL statements Django runs within, on both of its databases."""
    seen: list[Any] = []
    captured = [CaptureQueriesContext(connections[name]) for name in ("default", django_admin.SHARED)]
    with captured[0], captured[1]:
        yield seen
    seen += [query for context in captured for query in context.captured_queries]
