"""Bad input of every kind is told in a sentence, never a failure of the server, and nothing of it is saved."""

from typing import Any

import pytest
from flask.testing import FlaskClient

HALF = b"\\ud800"
DEEP = b"[" * 200_000


@pytest.mark.parametrize("query", ["page=--5", "page=5-", "size=--5", "size=-", "page=٣", "page=" + "9" * 5_000])
@pytest.mark.parametrize("path", ["/app/case/", "/api/v1/case"])
def test_a_page_that_is_no_number_is_the_first(path: str, query: str, admin: FlaskClient) -> None:
    assert admin.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/app/country/bulk", b'{"ids": [1], "values": {"name": "%s"}}' % HALF),
        ("/app/country/bulk", b'{"ids": [1], "values": {"name": "\xed\xa0\x80"}}'),
        ("/app/case/views", b'{"name": "%s", "state": {"query": ""}}' % HALF),
        ("/app/prefs", b'{"key": "theme", "value": "%s"}' % HALF),
        ("/api/v1/country", b'{"code": "Q1", "name": "%s"}' % HALF),
        ("/api/v1/country", DEEP),
        ("/app/country/bulk", DEEP),
    ],
)
def test_a_body_no_database_can_keep_says_nothing(path: str, body: bytes, admin: FlaskClient) -> None:
    answer = admin.post(path, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.get_json()["message"]


def test_a_whole_pair_is_a_character(admin: FlaskClient) -> None:
    body = b'{"code": "Q1", "name": "\\ud83d\\ude00"}'
    made = admin.post("/api/v1/country", data=body, content_type="application/json")
    assert (made.status_code, made.get_json()["name"]) == (201, "😀")


PATENT = {"route": "国内", "patent_type": "发明", "filing_date": "2015-01-01", "grant_date": "2018-01-01"}


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("annuity", PATENT | {"annuity_year": "9" * 5_000}),
        ("annuity", PATENT | {"annuity_year": "6", "payment_date": "2020-03-01", "already_paid": "1" * 40}),
        ("deadline", {"base_kind": "申请日", "doc_date": "2020-01-01", "period": "9" * 5_000, "unit": "月"}),
    ],
)
def test_numbers_beyond_all_reckoning_are_refused(kind: str, row: dict[str, Any], admin: FlaskClient) -> None:
    answer = admin.post(f"/api/v1/calculator/{kind}", json=row)
    assert answer.status_code == 422
    assert answer.get_json()["message"] == "数值过大"


def test_an_amount_beyond_all_reckoning_is_refused(admin: FlaskClient) -> None:
    answer = admin.post("/app/fee_item/bulk", json={"ids": [1], "values": {"amount": "9" * 40}})
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "amount")
    tried = admin.get("/app/fee_item/1/try?on=2025-01-01&copies=" + "9" * 40 + "&claims=" + "9" * 40)
    assert tried.status_code == 200


def test_a_year_that_is_no_whole_number_announces_nothing(admin: FlaskClient) -> None:
    days = [{"date": "2031-01-01", "kind": "STATUTORY_OFF", "source": "x"}]
    assert admin.post("/app/holiday/days", json={"changes": days, "announces": [2031.0]}).status_code == 200
    assert admin.get("/app/holiday/").status_code == 200
