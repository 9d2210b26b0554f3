"""The state of a case by what lists say of it, and what is told about that."""

import pytest

from app.rules.case import CaseStatus
from app.rules.case_import import status_of
from app.rules.legal_state import read_state

CLOSED, GRANTED, FILED = CaseStatus.CLOSED, CaseStatus.GRANTED, CaseStatus.FILED


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("授权-有效", GRANTED, ""), ("有权-审定授权", GRANTED, ""), ("Granted", GRANTED, ""), ("In force", GRANTED, ""),
        ("失效", CLOSED, ""), ("专利权有效期届满", CLOSED, ""), ("审中-实审", FILED, ""), ("部分无效", GRANTED, ""),
        ("授权-失效", CLOSED, "note"), ("失效-未缴年费", CLOSED, "note"), ("失效；届满", CLOSED, "note"),
        ("无权_驳回", CLOSED, "note"), ("逾期视撤失效", CLOSED, "note"), ("驳回失效", CLOSED, "note"),
        ("驳回生效", CLOSED, ""), ("驳回决定生效", CLOSED, ""), ("视撤", CLOSED, ""),
        ("公开;驳回决定生效", CLOSED, "note"),
        ("已驳回", FILED, "doubt"), ("公布后驳回", FILED, "doubt"), ("发明专利申请公布后的驳回", FILED, "doubt"),
        ("复审维持驳回", FILED, "doubt"), ("驳回终审", FILED, "doubt"), ("Finally rejected", FILED, "doubt"),
        ("授权;驳回", GRANTED, "doubt"), ("授权;已驳回", GRANTED, "doubt"), ("尚未驳回", FILED, ""),
        ("公开；驳回；失效", CLOSED, "note"),
        ("驳回", FILED, "doubt"), ("Rejected", FILED, "doubt"), ("驳回决定", FILED, "doubt"), ("未驳回", FILED, ""),
        ("公开 实审 驳回", FILED, "doubt"), ("审中-驳回", FILED, "doubt"), ("驳回 未失效", FILED, "doubt"),
        ("授权;未缴年费专利权终止;专利权的恢复", GRANTED, "doubt"), ("公开 实审 驳回 复审 授权", GRANTED, "doubt"),
        ("驳回，复审中", FILED, "doubt"), ("授权;终止;权利恢复", GRANTED, "doubt"), ("失效-恢复", FILED, "doubt"),
        ("Lapsed; restored", FILED, "doubt"), ("Granted, lapsed, reinstated", GRANTED, "doubt"),
        ("视为撤回/行政复议", FILED, "doubt"), ("全部无效;再审", FILED, "doubt"), ("驳回等复审请求", FILED, "doubt"),
        ("全部无效 有权", GRANTED, "doubt"), ("有权-失效", GRANTED, "doubt"), ("Expired; in force", GRANTED, "doubt"),
        ("失效;授权;公开", GRANTED, "doubt"), ("审中-撤回", FILED, "doubt"),
        ("Not active", FILED, "doubt"), ("Non-active", FILED, "doubt"), ("非 有效", FILED, "doubt"),
        ("未 失效", FILED, "doubt"), ("未授权", FILED, ""), ("未失效", FILED, ""), ("并非失效", FILED, ""),
        ("即将失效", FILED, ""), ("其他", FILED, ""),
        ("未缴年费", FILED, ""), ("授权;未缴年费", GRANTED, ""),  # for half a year it can still be paid
    ],
)  # fmt: skip
def test_a_case_is_closed_only_where_nothing_speaks_against_it(text: str, status: CaseStatus, told: str) -> None:
    assert status_of({"legal_status": text, "app_no": "201410270596.7"}) is status
    reading = read_state(text)
    assert ("doubt" if reading.doubt else "note" if reading.message else "") == told
    assert not reading.message or reading.message % {"text": text, "word": reading.word}


@pytest.mark.parametrize("text", ["驳回", "授权;驳回", "复审维持驳回", "已驳回"])
def test_what_is_said_of_a_rejection_fits_whatever_stands_beside_it(text: str) -> None:
    reading = read_state(text)
    assert (reading.word, "alone" in reading.message) == ("驳回", False)
