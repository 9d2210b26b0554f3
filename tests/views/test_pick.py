"""What a picker and the search offer: first what begins as typed, found by indexes; then what contains it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, update
from sqlalchemy.orm import Session

from app.console.registry import REGISTRY
from app.extensions import db
from app.rules.application_number import PatentType
from app.rules.validity import Validity
from app.services import records, text_index
from app.services.bulk import insert_rows
from app.services.unit_of_work import unit_of_work
from models.base import now
from models.case import Case
from models.party import Client, Inventor

NAMES = {
    "K-0101": "瀚海光电有限公司",
    "K-0102": "北方瀚海光电研究院",
    "K-0103": "瀚海光电（集团）股份公司",
    "Kx-9a": "无关公司",
}


@pytest.fixture
def clients(session: Session) -> dict[str, int]:
    """Four reviewed clients, by number."""
    made = {}
    for number, name in NAMES.items():
        values = {"client_no": number, "name": name, "short_name": name[:6]}
        made[number] = records.save(session, Client, None, values).id
    reviewed = update(Client.__table__).where(Client.id.in_(made.values())).values(review_status="REVIEWED")
    session.connection().execute(reviewed)
    session.commit()
    return made


def picked(browser: FlaskClient, typed: str, **more: object) -> list[int]:
    answer = browser.get("/app/client/pick", query_string={"q": typed} | more)
    return [row["id"] for row in answer.get_json()["results"]]


def test_what_begins_as_typed_comes_first(admin: FlaskClient, clients: dict[str, int]) -> None:
    """By title among themselves; those that contain it follow."""
    first, second, third = (clients[n] for n in ("K-0101", "K-0103", "K-0102"))
    assert picked(admin, "瀚海光电") == [first, second, third]
    assert picked(admin, "北方瀚海") == [third]
    assert picked(admin, "海光电有") == [first]


@pytest.mark.parametrize(("typed", "number"), [
    ("K-0102", "K-0102"), ("k-0102", "K-0102"), ("kx-9A", "Kx-9a"), ("KX-9", "Kx-9a"), ("bfhh", "K-0102"),
    ("BFHH", "K-0102"),
])  # fmt: skip
def test_a_number_is_found_in_any_letters_and_a_name_by_its_initials(
    typed: str, number: str, admin: FlaskClient, clients: dict[str, int]
) -> None:
    assert picked(admin, typed) == [clients[number]]


@pytest.mark.parametrize(("table", "values", "typed"), [
    ("applicant", {"name": "深圳市腾云计算机系统有限公司", "short_name": "腾云系", "address": "深圳"}, "腾云系"),
    ("contact", {"name": "孟庆联", "mobile": "13800138777"}, "138001387"),
])  # fmt: skip
def test_codes_without_an_index_are_found_too(
    table: str, values: dict[str, str], typed: str, admin: FlaskClient, session: Session
) -> None:
    model = REGISTRY[table].model
    one = records.save(session, model, None, {"client_id": 1, **values}).id
    found = admin.get(f"/app/{table}/pick", query_string={"q": typed}).get_json()["results"]
    assert [row["id"] for row in found] == [one]


def test_of_very_many_the_first_by_title_are_offered_and_searched_for_the_newest(
    admin: FlaskClient, session: Session
) -> None:
    stamp = {"version": 1, "created_at": now(), "updated_at": now(), "valid": "VALID", "pinyin": ""}
    rows = [stamp | {"name": f"众多发明人{n:04}", "client_id": 1} for n in (*range(600, 0, -1), *range(601, 1201))]
    session.connection().execute(insert(Inventor.__table__), rows)
    session.commit()
    names = [r["text"] for r in admin.get("/app/inventor/pick?q=众多发明人").get_json()["results"]]
    assert names == [f"众多发明人{n:04}" for n in range(1, 9)]
    groups = admin.get("/app/search?q=众多发明人").get_json()["groups"]
    assert [i["text"] for i in groups[-1]["items"]] == [f"众多发明人{n:04}" for n in range(1200, 1194, -1)]


def test_of_very_many_that_contain_it_the_first_by_title_are_offered(admin: FlaskClient, session: Session) -> None:
    with unit_of_work(session):
        insert_rows(session, Inventor, {
            "name": [f"发明{n:04}众多人" for n in range(600, 0, -1)], "client_id": [1] * 600,
            "valid": [Validity.VALID] * 600,
        })  # fmt: skip
    names = [r["text"] for r in admin.get("/app/inventor/pick?q=众多人").get_json()["results"]]
    assert names == [f"发明{n:04}众多人" for n in range(1, 9)]
    assert len(admin.get("/app/inventor/pick?q=09众多").get_json()["results"]) == 6


def test_a_part_of_a_title_is_found_in_lists_as_by_reading_all(
    admin: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = (
        "/api/v1/case?q.title=电池", "/api/v1/case?q.title=电&q.status=FILED", "/api/v1/task?q.case.title=电池",
        "/api/v1/case?q.our_ref=0001", "/api/v1/case?c=applicant_names~contains~公司",
    )  # fmt: skip
    by_index = [admin.get(address).get_json() for address in addresses]
    assert all(answer["count"] for answer in by_index[::2])
    monkeypatch.setattr(text_index, "pairs_asked", lambda *_typed: [])
    assert [admin.get(address).get_json() for address in addresses] == by_index


def test_pages_show_every_row_once(admin: FlaskClient, clients: dict[str, int]) -> None:
    pages = [picked(admin, "瀚海光电", size=1, page=page) for page in (1, 2, 3, 4)]
    assert [key for page in pages for key in page] == [clients[n] for n in ("K-0101", "K-0103", "K-0102")]
    answer = admin.get("/app/client/pick", query_string={"q": "瀚海光电", "size": 2}).get_json()
    assert (len(answer["results"]), answer["more"]) == (2, True)
    assert not admin.get("/app/client/pick", query_string={"q": "瀚海光电", "size": 3}).get_json()["more"]
    far = admin.get("/app/client/pick", query_string={"q": "瀚海光电", "size": 1, "page": 10_000}).get_json()
    assert (far["results"], far["more"]) == ([], False)


def test_wildcards_are_plain_letters(admin: FlaskClient, clients: dict[str, int]) -> None:
    for typed in ("%海", "瀚_光", "\\", "K%"):
        assert not set(picked(admin, typed)) & set(clients.values())


def test_the_search_offers_what_begins_so_before_what_contains_it(admin: FlaskClient, clients: dict[str, int]) -> None:
    groups = admin.get("/app/search", query_string={"q": "瀚海光电"}).get_json()["groups"]
    found = next([i["url"] for i in g["items"]] for g in groups if any("/client/" in i["url"] for i in g["items"]))
    assert found == [f"/app/client/{clients[n]}" for n in ("K-0103", "K-0101", "K-0102")]


@contextmanager
def plans(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """How the database goes about the statements within."""
    seen: list[tuple] = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        seen.append((statement, parameters))

    def told() -> list[str]:
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            return [
                row[3] for s, p in list(seen) if "FROM client" in s
                for row in cursor.execute(f"EXPLAIN QUERY PLAN {s}", p).fetchall()
            ]  # fmt: skip

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("typed", ["瀚海光电", "K-01", "hhgd"])
def test_enough_rows_that_begin_so_are_found_without_reading_the_table_through(
    typed: str, app: Flask, admin: FlaskClient, clients: dict[str, int]
) -> None:
    with plans(app) as told:
        assert picked(admin, typed, size=1)
        plan = told()
    assert any("USING INDEX ix_client" in step or "autoindex_client" in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN client")], plan


@pytest.mark.parametrize("typed", ["海光", "海光电（集", "龘龘", "x-9a", "龘"])
def test_what_contains_it_is_found_without_reading_the_table_through(
    typed: str, app: Flask, admin: FlaskClient, clients: dict[str, int]
) -> None:
    with plans(app) as told:
        assert bool(picked(admin, typed)) == ("海" in typed)
        plan = told()
    assert any("client_text VIRTUAL TABLE INDEX" in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN client") and "VIRTUAL" not in step], plan


@pytest.mark.parametrize(
    "typed",
    ["202110098765.4", "2021100987654", "CN202110098765.4", "ZL2021100987654", "8765.4", "87654", "２０２１１００９"],
)
def test_an_application_number_is_found_in_any_writing(typed: str, admin: FlaskClient, session: Session) -> None:
    values = {"title": "一种支架", "patent_type": PatentType.INVENTION, "app_no": "202110098765.4", "client_id": 1}
    case = records.save(session, Case, None, values)
    listed = admin.get("/api/v1/case", query_string={"q.app_no": typed}).get_json()["result"]
    assert [row["id"] for row in listed] == [case.id]
    picked_ids = [row["id"] for row in admin.get("/app/case/pick", query_string={"q": typed}).get_json()["results"]]
    begins = not typed.startswith("8")  # a picker looks at the beginnings of numbers
    assert (case.id in picked_ids) == begins
    found = admin.get("/app/search", query_string={"q": typed}).get_json()["groups"]
    assert f"/app/case/{case.id}" in [item["url"] for group in found for item in group["items"]]
