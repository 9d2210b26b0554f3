"""The list of any table: what may be asked and how, the pager, columns, parts, what an empty list says."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.console.columns import Columns
from app.console.listing import MOST_ALONE, alone, read_state
from app.rules.application_number import PatentType
from app.rules.document import DocumentCategory, DocumentDirection
from app.rules.party import ClientReview
from app.rules.validity import Validity
from app.services import records
from app.services.unit_of_work import Actor, act_as, unit_of_work
from models.case import Case
from models.document import DocumentType
from models.fee import FeeItem
from models.organization import User
from models.party import Client, ForeignAssociate, Inventor
from models.reference import Country
from models.system import SystemParameter


def rows(answer: Any) -> list[int]:
    """The ids of the rows a page shows, in order."""
    return [int(i) for i in re.findall(r'<tr data-id="(\d+)"', answer.get_data(as_text=True))]


def url(key: str, query: str, size: int = 200) -> str:
    return f"/app/{key}/?view=all&size={size}&{quote(query, safe='=&.~-,')}"


def expected(session: Session, model: type, test: Callable[[Any], bool]) -> set[int]:
    found = {row.id for row in session.scalars(select(model)) if test(row)}
    session.rollback()
    return found


QUESTIONS = [
    ("text", Case, "q.title=装置", lambda c: "装置" in c.title),
    ("two texts", Case, "q.title=装置&q.inventor_names=支",
     lambda c: "装置" in c.title and "支" in c.inventor_names),
    ("choice", Case, "q.patent_type=DESIGN", lambda c: c.patent_type is PatentType.DESIGN),
    ("several choices", Case, "q.patent_type=DESIGN&q.patent_type=INVENTION",
     lambda c: c.patent_type in (PatentType.DESIGN, PatentType.INVENTION)),
    ("choice by its Chinese name", Case, "q.patent_type=外观设计", lambda c: c.patent_type is PatentType.DESIGN),
    ("dates from", Case, "q.filing_date.from=2025-01-01",
     lambda c: c.filing_date and c.filing_date >= date(2025, 1, 1)),
    ("dates between", Case, "q.filing_date.from=20240101&q.filing_date.to=2024.12.31",
     lambda c: c.filing_date and c.filing_date.year == 2024),
    ("numbers between", Case, "q.claims_count.from=8&q.claims_count.to=12",
     lambda c: c.claims_count is not None and 8 <= c.claims_count <= 12),
    ("money from", FeeItem, "q.amount.from=900.00", lambda f: f.amount is not None and f.amount >= 900),
    ("yes or no", FeeItem, "q.reducible=1", lambda f: f.reducible),
    ("no", FeeItem, "q.reducible=0", lambda f: not f.reducible),
    ("state", Client, "q.review_status=PENDING", lambda c: c.review_status is ClientReview.PENDING),
    ("through a reference", Case, "q.client=2", lambda c: c.client_id == 2),
    ("begins", Case, "c=our_ref~begins~F2026", lambda c: c.our_ref.startswith("F2026")),
    ("is", Case, "c=title~is~车载抬头显示装置", lambda c: c.title == "车载抬头显示装置"),
    ("is not", Case, "c=patent_type~not~INVENTION", lambda c: c.patent_type is not PatentType.INVENTION),
    ("is empty", Case, "c=app_no~empty~", lambda c: not c.app_no),
    ("is filled", Case, "c=client~filled~", lambda c: c.client_id is not None),
    ("nobody's", Case, "c=client~empty~", lambda c: c.client_id is None),
    ("not before", Case, "c=grant_date~from~2025-06-01", lambda c: c.grant_date and c.grant_date >= date(2025, 6, 1)),
    ("all conditions hold", Case, "q.patent_type=INVENTION&c=app_no~filled~&c=title~contains~方法",
     lambda c: c.patent_type is PatentType.INVENTION and c.app_no and "方法" in c.title),
]  # fmt: skip


@pytest.mark.parametrize(("model", "query", "test"), [q[1:] for q in QUESTIONS], ids=[q[0] for q in QUESTIONS])
def test_a_query_finds_exactly_what_it_asks(
    model: type, query: str, test: Callable[[Any], bool], admin: FlaskClient, session: Session
) -> None:
    key = {Case: "case", FeeItem: "fee_item", Client: "client"}[model]
    wanted = expected(session, model, test)
    assert wanted
    assert wanted != expected(session, model, lambda row: True)
    answer = admin.get(url(key, query))
    assert answer.status_code == 200
    assert set(rows(answer)) == wanted
    sent = admin.get(f"/api/v1/{key}?size=200&{quote(query, safe='=&.~-')}").get_json()
    assert {row["id"] for row in sent["result"]} == wanted


@pytest.mark.parametrize("wild", ["%", "_", "%%", "装_", "\\"])
def test_wildcards_are_plain_characters(wild: str, admin: FlaskClient) -> None:
    assert rows(admin.get("/app/case/", query_string={"view": "all", "q.title": wild})) == []


def test_blank_conditions_ask_nothing(admin: FlaskClient) -> None:
    assert len(rows(admin.get(url("case", "q.title=&q.client= &q.filing_date.from=")))) == len(
        rows(admin.get(url("case", "")))
    )


SENSELESS = [
    ("q.filing_date.from=昨天", "filing_date"), ("q.filing_date.to=2026-02-30", "filing_date"),
    ("q.client=abc", "client"), ("q.client=99999999999999999999", "client"), ("q.patent_type=ROCKET", "patent_type"),
    ("q.claims_count.from=七", "claims_count"), ("q.claims_count.from=99999999999999", "claims_count"),
    ("c=title~from~x", "title"), ("c=patent_type~in~", "patent_type"), ("c=title~nonsense~x", "title"),
    ("c=filing_date~contains~2026", "filing_date"), ("c=our_ref", "our_ref"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "field"), SENSELESS)
def test_senseless_values_are_refused_in_chinese(query: str, field: str, admin: FlaskClient) -> None:
    answer = admin.get(url("case", query))
    assert answer.status_code == 422
    assert rows(answer) == []
    assert re.search(r'role="alert".*?<span>[^<]*[\u4e00-\u9fff]', answer.get_data(as_text=True), re.S)
    refused = admin.get(f"/api/v1/case?{quote(query, safe='=&.~-')}")
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == field
    assert re.search("[\u4e00-\u9fff]", refused.get_json()["message"])


@pytest.mark.parametrize(
    "name", ["password", "client.created_by.password", "extra", "__class__", "x.unknown", "client.name.x"]
)
def test_only_columns_of_the_page_are_asked(name: str, admin: FlaskClient) -> None:
    for query in (f"q.{name}=1", f"q.{name}.from=1", f"c={name}~is~1"):
        assert admin.get(url("case", query)).status_code == 422, query


def test_sorting_up_and_down_by_what_is_shown(admin: FlaskClient, session: Session) -> None:
    by_ref = list(session.scalars(select(Case.id).order_by(Case.our_ref)))
    session.rollback()
    assert rows(admin.get(url("case", "sort=our_ref"))) == by_ref
    assert rows(admin.get(url("case", "sort=-our_ref"))) == by_ref[::-1]
    clients = [
        c["client"]["title"]
        for c in admin.get("/api/v1/case?size=200&sort=client&c=client~filled~").get_json()["result"]
    ]
    assert clients == sorted(clients)
    head = admin.get(url("case", "sort=our_ref")).get_data(as_text=True)
    assert re.search(r'data-col="our_ref"[^>]*aria-sort="ascending"', head)
    assert "sort=-our_ref" in head


def test_a_list_is_sorted_and_asked_by_who_made_its_rows(admin: FlaskClient, session: Session) -> None:
    """Who made and changed a row are references without a relationship."""
    zhao, qian = (User(username=name, first_name=name, email=name) for name in ("zhao", "qian"))
    session.add_all([zhao, qian])
    session.flush()
    for case_id, maker in ((1, zhao), (2, qian), (3, zhao)):
        statement = update(Case).where(Case.id == case_id).values(created_by_id=maker.id)
        session.execute(statement, execution_options={"audited": True})
    session.commit()
    assert session.get_one(Case, 1).created_by is zhao
    theirs = f"q.created_by={zhao.id}&q.created_by={qian.id}"
    assert rows(admin.get(url("case", f"{theirs}&sort=created_by,-id"))) == [2, 3, 1]
    assert rows(admin.get(url("case", f"{theirs}&sort=-created_by,client,id"))) == [1, 3, 2]
    assert rows(admin.get(url("case", f"q.created_by={qian.id}"))) == [2]


def test_several_columns_sort_one_after_the_other(admin: FlaskClient, session: Session) -> None:
    wanted = sorted(session.scalars(select(Case)), key=lambda c: (c.patent_type.name, -c.id))
    found = rows(admin.get(url("case", "sort=patent_type,-id")))
    assert found == [c.id for c in wanted]


def test_ten_rows_a_page_unless_the_user_wants_otherwise(admin: FlaskClient, sign_in_as: Callable) -> None:
    """A-2.2.4.5-03; the number of rows is kept for each table and user."""
    assert len(rows(admin.get("/app/country/"))) == 10
    assert len(rows(admin.get("/app/country/?size=25"))) == 25
    assert len(rows(admin.get("/app/country/"))) == 25
    assert len(rows(admin.get("/app/case/"))) == 10
    assert len(rows(sign_in_as("linyichen").get("/app/client/"))) == 10


def test_the_firm_sets_the_rows_of_those_who_chose_none(admin: FlaskClient, session: Session) -> None:
    parameter = session.scalars(select(SystemParameter).where(SystemParameter.code == "default_page_size")).one()
    records.save(session, SystemParameter, parameter.id, {"value": "15"})
    assert len(rows(admin.get("/app/country/"))) == 15
    admin.get("/app/country/?size=12")
    assert len(rows(admin.get("/app/country/"))) == 12


@pytest.mark.parametrize(
    ("size", "shown"), [("200", 200), ("201", 200), ("99999", 200), ("0", 1), ("-3", 1), ("x", 10), ("1e3", 10)]
)
def test_the_rows_of_a_page_stay_within_bounds(size: str, shown: int, admin: FlaskClient) -> None:
    assert len(rows(admin.get(f"/app/country/?size={size}"))) == shown


def test_paging_forth_and_back_shows_every_row_once(admin: FlaskClient, session: Session) -> None:
    """A-2.2.4.5-01, -02: the first page has no 【前一页】, the last no 【后一页】; the page asked for is shown."""
    total = len(session.scalars(select(Country.id)).all())
    session.rollback()
    seen, address = [], "/app/country/?size=50"
    while address:
        page = admin.get(address)
        seen += rows(page)
        html = page.get_data(as_text=True)
        assert ('rel="prev"' in html) == (len(seen) > 50)
        found = re.search(r'rel="next" href="([^"]+)"', html)
        address = found.group(1).replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == total
    jumped = admin.get("/app/country/?size=50&page=3").get_data(as_text=True)
    assert 'value="3"' in jumped
    assert f"/ {-(-total // 50)} 页" in jumped


@pytest.mark.parametrize(("page", "first"), [("0", 1), ("-1", 1), ("x", 1), ("999999", 261), ("9" * 40, 1)])
def test_a_page_beyond_the_ends_is_the_first_or_last(page: str, first: int, admin: FlaskClient) -> None:
    html = admin.get(f"/app/country/?size=20&page={page}").get_data(as_text=True)
    assert re.search(rf"第 {first}–", html), re.search("第 [^<]*", html)


def test_deep_pages_show_the_same_rows(admin: FlaskClient) -> None:
    """Beyond a thousand rows a page is found by its ids first; the answer is the same."""
    deep = rows(admin.get("/app/division/?size=20&page=60"))
    whole = [row for page in range(6, 8) for row in rows(admin.get(f"/app/division/?size=200&page={page}"))]
    assert deep == whole[180:200]


def heads(answer: Any) -> list[str]:
    return re.findall(r'<th scope="col" data-col="([^"]+)"', answer.get_data(as_text=True))


def test_columns_are_chosen_and_kept_for_the_user(admin: FlaskClient, sign_in_as: Callable) -> None:
    """A-2.2.4.2-01: any column of the table, in the chosen order, for this user and page only."""
    before = heads(admin.get("/app/case/"))
    wanted = ["title", "our_ref", "main_ipc", "examiner"]
    assert admin.post("/app/case/columns", json={"columns": [*wanted, "password", "nonsense"]}).status_code == 200
    assert heads(admin.get("/app/case/")) == wanted
    assert heads(sign_in_as("linyichen").get("/app/case/")) == before
    csv = admin.get("/app/case/export?format=csv&scope=page").get_data(as_text=True).lstrip("\ufeff")
    assert csv.splitlines()[0] == "专利名称,我方卷号,主分类号,审查员"
    assert admin.post("/app/case/columns", json={"columns": None}).status_code == 200
    assert heads(admin.get("/app/case/")) == before


@pytest.mark.parametrize("body", [{"columns": []}, {"columns": ["nonsense"]}, {"columns": "title"}, {"columns": 7}])
def test_at_least_one_column_stays(body: dict[str, Any], admin: FlaskClient) -> None:
    before = heads(admin.get("/app/case/"))
    assert admin.post("/app/case/columns", json=body).status_code == 422
    assert heads(admin.get("/app/case/")) == before


def test_parts_of_a_table_are_tabs_that_every_way_out_respects(admin: FlaskClient, session: Session) -> None:
    """接收类文件, 发出类文件 (A-2.1.6-01): paging, querying, export and “all” stay within the part."""
    incoming = {c for c in DocumentCategory if c.direction is DocumentDirection.INCOMING}
    wanted = {d.id for d in session.scalars(select(DocumentType)) if d.category in incoming}
    every = set(session.scalars(select(DocumentType.id)))
    session.rollback()
    page = admin.get("/app/document_type/?tab=incoming&size=200")
    html = page.get_data(as_text=True)
    assert set(rows(page)) == wanted
    assert re.search(r'aria-current="page"\s*>接收类文件', html)
    assert "发出类文件" in html
    assert "chip" not in html.split('class="chips-row"')[1].split("</div>")[0]
    assert set(rows(admin.get("/app/document_type/?tab=outgoing&size=200"))) == every - wanted
    narrowed = set(rows(admin.get("/app/document_type/?tab=incoming&size=200&q.name=补正")))
    assert narrowed < wanted
    exported = admin.get("/app/document_type/export?format=csv&scope=all&tab=outgoing").get_data(as_text=True)
    assert len(exported.strip().splitlines()) - 1 == len(every - wanted)
    admin.post(
        "/app/document_type/bulk", json={"ids": "all", "query": "tab=outgoing&q.name=请求", "values": {"stage": "测试"}}
    )
    changed = set(session.scalars(select(DocumentType.id).where(DocumentType.stage == "测试")))
    assert changed
    assert changed <= every - wanted


def test_conditions_are_shown_and_dropped_one_by_one(admin: FlaskClient) -> None:
    html = admin.get("/app/case/?q.title=装置&q.patent_type=DESIGN&q.patent_type=INVENTION&c=app_no~filled~").get_data(
        as_text=True
    )
    chips = html.split('class="chips-row"')[1].split("</div>")[0]
    assert all(text in chips for text in ("装置", "外观设计、发明", "不为空"))
    drops = [h.replace("&amp;", "&") for h in re.findall(r'<a href="([^"]+)"', chips)]
    assert len(drops) == 3
    assert all("q.title" not in d or "q.patent_type" not in d or "c=" not in d for d in drops)
    assert {d.count("q.patent_type") for d in drops} == {0, 2}


def test_days_between_which_something_happened_are_shown_as_days(admin: FlaskClient) -> None:
    answer = admin.get("/app/login_event/?q.at.from=2026-11-20&q.at.to=2126-11-28")
    chips = answer.get_data(as_text=True).split('class="chips-row"')[1].split("</div>")[0]
    assert answer.status_code == 200
    assert all(day in chips for day in ("2026-11-20", "2126-11-28"))


def test_an_empty_table_says_what_to_do(admin: FlaskClient, session: Session) -> None:
    with unit_of_work(session):
        for case in session.scalars(select(Case)):
            case.foreign_associate_id = None
        session.flush()
        session.execute(delete(ForeignAssociate), execution_options={"audited": True})
    html = admin.get("/app/foreign_associate/").get_data(as_text=True)
    assert "“外方代理机构”还没有内容" in html
    assert "协助办理向外申请的外国事务所" in html
    assert 'href="/app/foreign_associate/new"' in html
    assert 'href="/app/foreign_associate/import"' in html


def test_an_empty_list_says_what_each_condition_finds(admin: FlaskClient) -> None:
    html = admin.get(url("case", "q.title=装置&q.our_ref=没有此号&c=app_no~filled~")).get_data(as_text=True)
    listed = html.split('class="ways"')[1]
    ways = [
        (re.sub(r"<[^>]+>|\s+", "", label), link.replace("&amp;", "&"))
        for label, link in re.findall(r'<li>(.*?)<a\s+href="([^"]+)">去掉此条件', listed, re.S)
    ]
    alone = [len(rows(admin.get(url("case", query)))) for query in ("q.title=装置", "c=app_no~filled~")]
    assert [words for words, _link in ways] == [
        f"专利名称包含装置单独可查到{alone[0]}条",
        "我方卷号包含没有此号单独也查不到",
        f"申请号不为空单独可查到{alone[1]}条",
    ]
    assert set(rows(admin.get(ways[1][1]))) == set(rows(admin.get(url("case", "q.title=装置&c=app_no~filled~"))))
    assert "去掉此条件" not in admin.get(url("case", "q.our_ref=没有此号")).get_data(as_text=True)
    assert admin.get(url("case", "q.our_ref=没有此号&q.filing_date.from=x")).status_code == 422


def test_what_a_condition_finds_is_what_the_reader_sees(any_session: Session) -> None:
    boss, *_others, partner = any_session.scalars(select(User.id).order_by(User.id)).all()
    for opener, title in ((boss, "单独甲"), (partner, "单独甲"), (partner, "单独乙")):
        values = {"title": title, "patent_type": PatentType.INVENTION, "opened_by_id": opener}
        records.save(any_session, Case, None, values)
    asked = MultiDict([("q.title", "单独"), ("c", "title~contains~单独甲"), ("q.our_ref", "没有此号")])
    state = read_state(asked, Columns(Case), {"title", "our_ref"}, order="", size=10)
    assert alone(any_session, Case, state) == [3, 0, 2]
    act_as(any_session, Actor(id=partner, name="合伙人", sees_all=False))
    assert alone(any_session, Case, state) == [2, 0, 1]


def test_only_the_first_conditions_are_looked_into(any_session: Session) -> None:
    asked = MultiDict([("c", f"title~contains~没有{number}") for number in range(MOST_ALONE + 1)])
    state = read_state(asked, Columns(Case), {"title"}, order="", size=10)
    assert alone(any_session, Case, state) == [0] * 5


def test_first_use_is_told_even_where_a_view_has_conditions(admin: FlaskClient, session: Session) -> None:
    """The default view asks for valid clients; of a firm without clients it says so, not “none fits”."""
    assert "没有符合条件" in admin.get("/app/client/?q.name=没有这样的客户").get_data(as_text=True)
    with unit_of_work(session):
        for model in (Case, Inventor):
            for row in session.scalars(select(model)):
                row.client_id = None
        session.flush()
        session.connection().exec_driver_sql("UPDATE applicant SET client_id = NULL")
        for table in ("contact", "client_requirement", "client"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    html = admin.get("/app/client/").get_data(as_text=True)
    assert "没有符合条件" not in html
    assert "在此登记委托本机构的客户" in html


def test_rows_say_which_steps_stand_open(admin: FlaskClient, session: Session) -> None:
    """A valid row can only be set invalid, and the other way round (A-3.1.2.3.2-01)."""
    html = admin.get("/app/client/?view=all&size=200").get_data(as_text=True)
    steps = {int(i): s.split() for i, s in re.findall(r'<tr data-id="(\d+)"[^>]*data-steps="([^"]*)"', html)}
    for client in session.scalars(select(Client)):
        valid = client.valid is Validity.VALID
        assert ("set_invalid" in steps[client.id], "set_valid" in steps[client.id]) == (valid, not valid)
        assert ("review" in steps[client.id]) == (client.review_status is ClientReview.PENDING)


def test_steps_of_others_are_not_offered(sign_in_as: Callable) -> None:
    html = sign_in_as("tangruolan").get("/app/client/?view=all").get_data(as_text=True)
    assert 'data-name="set_invalid"' not in html
    assert not re.search(r'data-steps="[^"]+"', html)


@pytest.mark.parametrize(
    ("key", "where"), [("client", ""), ("case", ""), ("depositary", "/edit"), ("applicant", "/edit")]
)
def test_a_double_click_opens_the_record_or_its_form(key: str, where: str, admin: FlaskClient) -> None:
    html = admin.get(f"/app/{key}/?view=all").get_data(as_text=True)
    first = rows(admin.get(f"/app/{key}/?view=all"))[0]
    assert f'data-url="/app/{key}/{first}{where}"' in html
