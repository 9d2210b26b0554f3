"""费用配置 (A-2.1.5): its words, its pages, and that each firm makes its own items."""

import re
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.fee_kind import FeeKind
from app.rules.party import Currency
from models.fee import FeeItem

URL = "/app/fee_item/"
GOOD = {"code": "OWN-1", "name": "自定代理费", "kind": "AGENCY", "stage": "OTHER", "patent_scope": "INVENTION",
        "case_type": "ORDINARY", "amount": "1,280.50", "basis": "CASE", "currency": "CNY", "above": "0",
        "reducible": "1", "year_from": "1", "year_to": "3", "remark": "按件", "enabled": "1"}  # fmt: skip


def heading(answer: Any) -> str:
    return re.search(r"<h1>([^<]+)</h1>", answer.get_data(as_text=True)).group(1)


def made(session: Session) -> FeeItem:
    session.rollback()
    return session.scalars(select(FeeItem).where(FeeItem.code == "OWN-1")).one()


def test_the_page_has_the_manuals_words(admin: FlaskClient) -> None:
    """A-2.1.5-01, A-2.1.5.2-03, A-2.1.5.3-01, A-2.1.5.4-01."""
    answer = admin.get(URL)
    html = answer.get_data(as_text=True)
    assert heading(answer) == "费用配置"
    assert html.index('id="query"') < html.index('id="list-body"')
    bar = html.split('role="toolbar"')[1].split('class="chips-row"')[0]
    assert re.findall(r"</svg>\s*([\u4e00-\u9fff]+)</(?:a|button)>", bar) == ["新增", "修改", "删除"]
    assert heading(admin.get(f"{URL}new")) == "增加费用配置"
    assert heading(admin.get(f"{URL}1/edit")) == "修改费用配置信息"
    assert re.search(rf'data-url="{URL}\d+/edit"', html)
    for path in ("new", "1/edit"):
        assert f'href="{URL}" data-back>返回' in admin.get(URL + path).get_data(as_text=True)


def test_the_columns_tell_the_item(admin: FlaskClient) -> None:
    """A-2.1.5.2-02."""
    html = admin.get(URL).get_data(as_text=True)
    heads = re.findall(r'<th scope="col" data-col="[^"]+"[^>]*title="([^"]+)"', html.replace("\n", " "))
    assert heads[:6] == ["费项编号", "费项名称", "费用类型", "适用专利类型", "币种", "标准金额"]
    assert 'class="c-check"' in html


@pytest.mark.parametrize(("query", "found"), [
    ("q.name=实质审查费", "CN-"), ("q.kind=AGENCY", None), ("q.patent_scope=DESIGN", "CN-"), ("", "CN-"),
])  # fmt: skip
def test_items_are_found(query: str, found: str | None, admin: FlaskClient, session: Session) -> None:
    """A-2.1.5.2-01: by name, fee type and patent type, or all."""
    admin.post(f"{URL}new", data=GOOD)
    codes = re.findall(r'<a class="id" href="[^"]+">([^<]+)</a>', admin.get(f"{URL}?{query}&size=200").get_data(True))
    if found is None:
        agency = set(session.scalars(select(FeeItem.code).where(FeeItem.kind == FeeKind.AGENCY)))
        assert set(codes) == agency
        assert "OWN-1" in agency
    else:
        assert any(code.startswith(found) for code in codes)
    assert ("OWN-1" in codes) == (query in ("q.kind=AGENCY", ""))


def test_an_item_is_added_and_changed(admin: FlaskClient, session: Session) -> None:
    """A-2.1.5.1-01, A-2.1.5.3-02, -03, A-2.1.5.4-01: 【保存】 keeps it and leads back to the list."""
    answer = admin.post(f"{URL}new", data=GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    row = made(session)
    assert (row.amount, row.kind, row.currency, row.reducible) == (
        Decimal("1280.50"), FeeKind.AGENCY, Currency.CNY, True,
    )  # fmt: skip
    assert (row.case_type.name, row.year_from, row.year_to, row.remark) == ("ORDINARY", 1, 3, "按件")
    key, version = row.id, row.version
    session.rollback()
    answer = admin.post(f"{URL}{key}/edit", data=GOOD | {"version": version, "amount": "900"})
    assert (answer.status_code, answer.headers["Location"]) == (303, URL)
    assert made(session).amount == Decimal("900")


@pytest.mark.parametrize(
    ("name", "value"), [("name", ""), ("kind", ""), ("code", ""), ("amount", "-1"), ("amount", "x")]
)
def test_what_is_missing_or_wrong_is_told(name: str, value: str, admin: FlaskClient, session: Session) -> None:
    """A-2.1.5.3-01, -02: red fields are required, an amount is a number from 0."""
    if not value:
        assert re.search(rf'<label for="f-{name}" class="req">', admin.get(f"{URL}new").get_data(as_text=True))
    answer = admin.post(f"{URL}new", data=GOOD | {name: value})
    assert answer.status_code == 422
    assert f'data-goto="{name}"' in answer.get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(func.count()).where(FeeItem.name == "自定代理费")) == 0


def test_chosen_items_or_all_are_deleted(admin: FlaskClient, session: Session) -> None:
    """A-2.1.5.4-02, -03: those ticked; with the box in the head, all."""
    admin.post(f"{URL}new", data=GOOD)
    key = made(session).id
    session.rollback()
    assert admin.post(f"{URL}delete", json={"ids": [key]}).status_code == 200
    session.rollback()
    assert session.get(FeeItem, key) is None
    html = admin.get(URL).get_data(as_text=True)
    assert "data-all" in html
    assert "data-select-all" in html
    session.rollback()
    assert admin.post(f"{URL}delete", json={"ids": "all", "query": ""}).status_code == 200
    session.rollback()
    assert session.scalar(select(func.count(FeeItem.id))) == 0
