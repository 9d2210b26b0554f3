"""Saved views: mine, a position's, everyone's; the default; what selections in them mean; the shipped ones."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.validity import Validity
from models.case import Case
from models.party import Client
from models.system import SavedView

DESIGNS = "q.patent_type=DESIGN"


def rows(answer: Any) -> list[int]:
    return [int(i) for i in re.findall(r'<tr data-id="(\d+)"', answer.get_data(as_text=True))]


def keep(browser: FlaskClient, key: str = "case", **wish: Any) -> int:
    answer = browser.post(
        f"/app/{key}/views", json={"name": "外观", "scope": "mine", "state": {"query": DESIGNS}} | wish
    )
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["id"]


def tabs(browser: FlaskClient, key: str = "case") -> list[str]:
    html = browser.get(f"/app/{key}/?view=all").get_data(as_text=True)
    bar = html.split('<nav class="tabs"')[1].split("</nav>")[0]
    return re.findall(r">([^<>]+)</a>", bar)


def ids(session: Session, *where: Any) -> set[int]:
    found = set(session.scalars(select(Case.id).where(*where)))
    session.rollback()
    return found


@pytest.fixture
def designs(session: Session) -> set[int]:
    """The design cases of the demo agency."""
    return ids(session, Case.patent_type == Case.__table__.c.patent_type.type.choices["DESIGN"])


def test_a_view_keeps_conditions_columns_and_order(admin: FlaskClient, designs: set[int]) -> None:
    state = {"query": f"{DESIGNS}&sort=-our_ref", "columns": ["our_ref", "title"]}
    view = keep(admin, state=state)
    page = admin.get(f"/app/case/?view={view}&size=200")
    html = page.get_data(as_text=True)
    assert set(rows(page)) == designs
    refs = re.findall(r'<a class="id" href="[^"]+">([^<]+)</a>', html)
    assert refs == sorted(refs, reverse=True)
    assert re.findall(r'<th scope="col" data-col="([^"]+)"', html) == ["our_ref", "title"]
    assert re.search(r'aria-current="page"[^>]*>外观', html)


def test_my_view_is_mine(admin: FlaskClient, sign_in_as: Callable) -> None:
    keep(admin)
    assert "外观" in tabs(admin)
    assert "外观" not in tabs(sign_in_as("linyichen"))


def test_only_administrators_share_views(admin: FlaskClient, sign_in_as: Callable, session: Session) -> None:
    position = session.scalars(select(Role.id).where(Role.name == "业务主管")).one()
    session.rollback()
    manager, clerk = sign_in_as("linyichen"), sign_in_as("tangruolan")
    for scope in ({"scope": "everyone"}, {"scope": "position", "position_id": position}):
        assert manager.post("/app/case/views", json={"name": "外观", "state": {}} | scope).status_code == 403
    keep(admin, name="全所外观", scope="everyone")
    keep(admin, name="主管外观", scope="position", position_id=position)
    assert {"全所外观", "主管外观"} <= set(tabs(manager))
    assert "全所外观" in tabs(clerk)
    assert "主管外观" not in tabs(clerk)


def test_somebody_elses_view_is_no_address(admin: FlaskClient, sign_in_as: Callable, designs: set[int]) -> None:
    view = keep(admin)
    others = rows(sign_in_as("linyichen").get(f"/app/case/?view={view}&size=200"))
    assert len(others) > len(designs)


def test_the_default_view_opens_the_list_and_stays(admin: FlaskClient, designs: set[int]) -> None:
    """Paging, sorting and another number of rows keep it; conditions of one's own and “all” leave it."""
    keep(admin, default=True)
    assert set(rows(admin.get("/app/case/"))) <= designs
    assert set(rows(admin.get("/app/case/?size=200"))) == designs
    assert set(rows(admin.get("/app/case/?size=200&sort=title"))) == designs
    both = rows(admin.get("/app/case/?size=3&page=1")) + rows(admin.get("/app/case/?size=3&page=2"))
    assert len(set(both)) == 6
    assert set(both) <= designs
    assert len(rows(admin.get("/app/case/?view=all&size=200"))) > len(designs)
    assert not set(rows(admin.get("/app/case/?q.patent_type=INVENTION&size=200"))) & designs


def test_the_narrower_default_wins(admin: FlaskClient, sign_in_as: Callable, session: Session) -> None:
    """One's own before one's position's before everyone's."""
    position = session.scalars(select(Role.id).where(Role.name == "业务主管")).one()
    session.rollback()
    manager = sign_in_as("linyichen")

    def shown() -> str:
        html = manager.get("/app/case/").get_data(as_text=True)
        return re.search(r'aria-current="page"[^>]*>([^<]+)</a>', html.split('<nav class="tabs"')[1]).group(1)

    assert shown() == "全部"
    keep(admin, name="全所", scope="everyone", default=True)
    assert shown() == "全所"
    keep(admin, name="岗位", scope="position", position_id=position, default=True)
    assert shown() == "岗位"
    keep(manager, name="自己", default=True)
    assert shown() == "自己"


def test_a_new_default_replaces_the_old_one_of_the_same_reach_only(admin: FlaskClient, session: Session) -> None:
    everyone = keep(admin, name="全所", scope="everyone", default=True)
    first, second = keep(admin, name="甲", default=True), keep(admin, name="乙", default=True)
    defaults = set(session.scalars(select(SavedView.id).where(SavedView.table_key == "case", SavedView.is_default)))
    assert defaults & {everyone, first, second} == {everyone, second}


def test_dropping_a_condition_leads_out_of_the_view(admin: FlaskClient, designs: set[int]) -> None:
    view = keep(admin, state={"query": f"{DESIGNS}&q.title=装置"})
    html = admin.get(f"/app/case/?view={view}").get_data(as_text=True)
    chips = html.split('class="chips-row"')[1].split("</div>")[0]
    drops = [h.replace("&amp;", "&") for h in re.findall(r'<a href="([^"]+)"', chips)]
    without_title = next(d for d in drops if "q.patent_type" in d)
    assert set(rows(admin.get(f"{without_title}&size=200"))) == designs
    single = keep(admin, name="一个条件")
    html = admin.get(f"/app/case/?view={single}").get_data(as_text=True)
    drop = re.search(r'<a href="([^"]+)"', html.split('class="chips-row"')[1]).group(1).replace("&amp;", "&")
    assert len(rows(admin.get(f"{drop}&size=200"))) > len(designs)


@pytest.mark.parametrize("default", [False, True], ids=["named in the address", "the default, not in the address"])
def test_all_rows_of_a_view_are_the_views_rows(
    default: bool, admin: FlaskClient, session: Session, designs: set[int]
) -> None:
    """“Select all” in a view means what it shows: for bulk edit, steps, deletion and export."""
    view = keep(admin, default=default)
    query = "" if default else f"view={view}&sort=title"
    answer = admin.post("/app/case/bulk", json={"ids": "all", "query": query, "values": {"remark": "批量"}})
    assert answer.get_json()["changed"] == len(designs)
    assert ids(session, Case.remark == "批量") == designs
    csv = admin.get(f"/app/case/export?format=csv&scope=all&{query}").get_data(as_text=True)
    assert len(csv.strip().splitlines()) == len(designs) + 1
    before = len(ids(session))
    admin.post("/app/case/delete", json={"ids": "all", "query": query})
    assert len(ids(session)) >= before - len(designs)


def test_views_are_deleted_by_their_owner_or_an_administrator(admin: FlaskClient, sign_in_as: Callable) -> None:
    manager, clerk = sign_in_as("linyichen"), sign_in_as("zhoumuyao")
    mine, shared = keep(manager), keep(admin, name="全所", scope="everyone")
    assert clerk.post(f"/app/case/views/{mine}/delete").status_code == 404
    assert clerk.post(f"/app/case/views/{shared}/delete").status_code == 404
    assert manager.post(f"/app/case/views/{mine}/delete").status_code == 200
    assert admin.post(f"/app/case/views/{shared}/delete").status_code == 200
    assert {"外观", "全所"}.isdisjoint(tabs(manager))


@pytest.mark.parametrize("wish", [
    {"name": ""}, {"name": "字" * 61}, {"scope": "world"}, {"scope": "position"}, {"scope": "position",
        "position_id": "x"},
    {"scope": "position", "position_id": 999999}, {"state": {"query": "x" * 30_000}},
])  # fmt: skip
def test_senseless_views_are_refused(wish: dict[str, Any], admin: FlaskClient, session: Session) -> None:
    count = session.scalar(select(func.count(SavedView.id)))
    session.rollback()
    answer = admin.post("/app/case/views", json={"name": "外观", "scope": "mine", "state": {}} | wish)
    assert answer.status_code in (409, 422)
    assert re.search("[\u4e00-\u9fff]", answer.get_json()["message"])
    assert session.scalar(select(func.count(SavedView.id))) == count


@pytest.mark.parametrize("state", [[], "q.title=x", 7, {"query": 7}, {"columns": "title"}])
def test_a_view_of_strange_content_breaks_nothing(state: Any, admin: FlaskClient) -> None:
    answer = admin.post("/app/case/views", json={"name": "外观", "state": state})
    if answer.status_code == 200:
        assert admin.get(f"/app/case/?view={answer.get_json()['id']}").status_code in (200, 422)
    assert admin.get("/app/case/").status_code == 200


def test_a_shared_view_shows_nobody_a_column_he_may_not_see(admin: FlaskClient, sign_in_as: Callable) -> None:
    """The discount rate is for holders of the fee right; a shared view neither shows nor asks it for others."""
    view = keep(
        admin, "client", scope="everyone", name="折扣", state={"columns": ["name", "discount_rate"], "query": ""}
    )
    asks = keep(admin, "client", scope="everyone", name="打折", state={"query": "q.discount_rate.to=0.9"})
    clerk = sign_in_as("tangruolan")
    html = clerk.get(f"/app/client/?view={view}").get_data(as_text=True)
    assert re.findall(r'<th scope="col" data-col="([^"]+)"', html) == ["name"]
    assert clerk.get(f"/app/client/?view={asks}").status_code == 422
    assert admin.get(f"/app/client/?view={asks}").status_code == 200


def test_valid_clients_are_shown_first(admin: FlaskClient, session: Session) -> None:
    """The list of clients opens with the valid ones (A-3.1.1.2.1-02); the invalid ones are a click away."""
    valid = set(session.scalars(select(Client.id).where(Client.valid == Validity.VALID)))
    every = set(session.scalars(select(Client.id)))
    session.rollback()
    assert valid < every
    assert set(rows(admin.get("/app/client/?size=200"))) == valid
    assert set(rows(admin.get("/app/client/?view=all&size=200"))) == every


def test_unowned_cases_are_found_and_given_to_a_client(admin: FlaskClient, session: Session) -> None:
    """The shipped view 未归属案卷, and one bulk edit for all of them."""
    view = session.scalars(select(SavedView.id).where(SavedView.name == "未归属案卷")).one()
    unowned = ids(session, Case.client_id.is_(None))
    assert unowned
    assert "未归属案卷" in tabs(admin)
    assert set(rows(admin.get(f"/app/case/?view={view}&size=200"))) == unowned
    total = len(ids(session, Case.client_id == 1))
    answer = admin.post("/app/case/bulk", json={"ids": "all", "query": f"view={view}", "values": {"client": "1"}})
    assert answer.get_json()["changed"] == len(unowned)
    assert rows(admin.get(f"/app/case/?view={view}")) == []
    assert len(ids(session, Case.client_id == 1)) == total + len(unowned)
    admin.post(answer.get_json()["undo_url"], json={})
    assert ids(session, Case.client_id.is_(None)) == unowned


def test_a_view_saved_from_another_keeps_what_is_shown(
    admin: FlaskClient, sign_in_as: Callable, session: Session, designs: set[int]
) -> None:
    """The conditions and the order of the view it stands in, of whoever's; conditions of one's own replace them."""
    position = session.scalars(select(Role.id).where(Role.name == "业务主管")).one()
    session.rollback()
    state = {"query": f"{DESIGNS}&sort=-our_ref"}
    shared = keep(admin, name="主管外观", scope="position", position_id=position, state=state)
    manager = sign_in_as("linyichen")
    queries = (f"view={shared}", f"view={shared}&sort=title", f"view={shared}&q.patent_type=INVENTION", "view=all")
    for query in queries:
        shown = rows(manager.get(f"/app/case/?{query}&size=200&page=1"))
        copy = keep(manager, state={"query": query})
        assert rows(manager.get(f"/app/case/?view={copy}&size=200")) == shown
        assert bool(set(shown) - designs) is ("view=all" in query or "q." in query)
