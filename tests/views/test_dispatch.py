"""The pages of the dispatch: lists, verbs, acknowledgements, the special edit, and who may use them."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.rules import efiling
from app.rules.errors import RuleError
from app.rules.filing import FilingStatus, SpecialEdit
from app.services import dispatch, grants
from app.services.today import today
from app.services.unit_of_work import SYSTEM, act_as
from models.filing import Filing
from tests.kit import visible_english
from tests.services.test_dispatch import PARTS, acknowledgement_of, named, with_documents

URL = "/app/dispatch/"


@pytest.fixture
def ready(session: Session) -> int:
    """An electronic application that has all it needs."""
    return with_documents(session, "S000008", list(PARTS)).id


@pytest.fixture
def paper(session: Session) -> int:
    """A paper filing that is not sent yet."""
    return with_documents(session, "S000009", ["补正书", "修改替换页"]).id


@pytest.fixture
def clerk(sign_in_as: Callable[[str], FlaskClient]) -> FlaskClient:
    """The dispatcher (送案员)."""
    return sign_in_as("caoshengnan")


def page(browser: FlaskClient, url: str, status: int = 200) -> str:
    answer = browser.get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def state(session: Session, key: int) -> tuple[FilingStatus, SpecialEdit]:
    session.rollback()
    return session.execute(select(Filing.status, Filing.special_edit).where(Filing.id == key)).one()


def refs(html: str) -> list[str]:
    return re.findall(r'class="id" href="[^"]*">([^<]*)<', html)


def test_the_work_of_the_day_comes_first(clerk: FlaskClient, session: Session, ready: int, paper: int) -> None:
    electronic, on_paper = page(clerk, URL), page(clerk, URL + "?tab=paper")
    assert refs(electronic) == [named(session, "S000008").case.our_ref]
    assert refs(on_paper) == [named(session, "S000009").case.our_ref]
    for html in (electronic, on_paper):
        assert visible_english(html) == []
    for verb in ("导出送案包", "导入电子回执", "手动核销", "转入特殊修改", "查看明细", "导出文件", "打印送案清单"):
        assert verb in electronic
    for verb in ("发文登记", "回执登记", "转入特殊修改", "查看明细", "导出文件", "打印送案清单"):
        assert verb in on_paper
    for label in ("我方卷号", "申请号", "专利名称", "专利类型", "案卷类型", "类型", "发文状态", "主办人", "提交日",
                  "导出日", "局收文日", "客户简称"):  # fmt: skip
        assert re.search(f'<label for="q[^"]*" title="{label}">', electronic), label


def test_states_and_offices_are_counted(clerk: FlaskClient, session: Session) -> None:
    every = page(clerk, URL + "?tab=paper&view=all")
    assert re.search(r"未发送\s*1\s*<", every)
    assert re.search(r"已发送\s*1\s*<", every)
    assert re.search(r"国家知识产权局北京代办处\s*1\s*<", every)
    assert re.search(r"国家知识产权局\s*1\s*<", every)
    (url,) = re.findall(r'href="([^"]*)"[^>]*>\s*国家知识产权局北京代办处', every)
    assert refs(page(clerk, url.replace("&amp;", "&"))) == [named(session, "S000009").case.our_ref]
    (url,) = re.findall(r'href="([^"]*)"[^>]*>\s*国家知识产权局 ', every)
    assert refs(page(clerk, url.replace("&amp;", "&"))) == [named(session, "S000010").case.our_ref]


def test_on_paper_from_the_list_to_the_acknowledgement(clerk: FlaskClient, session: Session, paper: int) -> None:
    lacking = clerk.post(URL + "register", json={"ids": [paper], "inputs": {"sent_on": "2020-01-01"}})
    assert (lacking.status_code, lacking.json["errors"][0]["field"]) == (422, "voucher_no")
    inputs = {"voucher_no": "KD1", "sent_on": today().isoformat(), "courier": "顺丰"}
    assert "已发送" in clerk.post(URL + "register", json={"ids": [paper], "inputs": inputs}).json["message"]
    form = page(clerk, f"{URL}acknowledgement?ids={paper}")
    assert visible_english(form) == []
    boxes = re.findall(rf'name="({paper}-d\d+)"', form)
    assert len(boxes) == 2
    typed = {f"{paper}-outcome": "in", f"{paper}-received_on": today().isoformat(), boxes[0]: "1"}
    refused = clerk.post(f"{URL}acknowledgement?ids={paper}", data=typed)
    assert refused.status_code == 422
    assert re.search(rf'id="e-f-{paper}-not_filed_reason"[^§]*?必填', refused.get_data(as_text=True))
    done = clerk.post(f"{URL}acknowledgement?ids={paper}", data=typed | {f"{paper}-not_filed_reason": "漏带"})
    assert done.status_code == 303
    assert state(session, paper)[0] is FilingStatus.ACKNOWLEDGED
    details = page(clerk, f"{URL}{paper}")
    assert "已递交但回执未列：修改替换页" in details
    assert visible_english(details) == []


def test_documents_are_for_who_may_read_documents(
    session: Session, sign_in_as: Callable[[str], FlaskClient], ready: int
) -> None:
    document = session.get(Filing, ready).documents[0].id
    urls = [f"/app/dispatch/files?ids={ready}", f"/app/dispatch/file/{document}", f"/app/dispatch/{ready}/package"]
    assert [sign_in_as("caoshengnan").get(url).status_code for url in urls] == [200, 200, 404]  # no package as yet
    position = session.scalars(select(Role.id).where(Role.name == "送案员")).one()
    grants.grant(session, position, grants.granted(session, position) | {"filing_document": ()})
    browser = sign_in_as("caoshengnan")
    assert browser.get("/app/dispatch/").status_code == 200
    assert [browser.get(url).status_code for url in urls] == [403] * 3


def test_a_package_is_downloaded_and_its_acknowledgement_imported(
    clerk: FlaskClient, session: Session, ready: int
) -> None:
    answer = clerk.post(URL + "package", json={"ids": [ready]}).json
    assert answer["message"] == "已导出 1 件案卷的送案包"
    data = clerk.get(answer["download"]).data
    assert [d.name for d in efiling.read_packages(data)[0].documents] == list(PARTS)
    assert "重新导出" in clerk.post(URL + "package", json={"ids": [ready]}).json["message"]
    upload = (io.BytesIO(acknowledgement_of(named(session, "S000008"))), "200105.XML")
    shown = clerk.post(URL + "acknowledgements", data={"file": upload}, content_type="multipart/form-data")
    assert shown.status_code == 303
    preview = page(clerk, shown.location)
    assert visible_english(preview) == []
    assert "匹配依据：我方卷号" in preview
    assert "已递交但回执未列：说明书、说明书摘要" in preview
    assert clerk.post(shown.location, data={"shown": "0"}).status_code == 422, "nothing ticked"
    done = clerk.post(shown.location, data={"shown": "0", "take": "0"}, follow_redirects=True)
    assert "导入成功" in done.get_data(as_text=True)
    assert state(session, ready)[0] is FilingStatus.ACKNOWLEDGED
    again = clerk.post(shown.location, data={}, follow_redirects=True).get_data(as_text=True)
    assert "1 份回执此前已导入" in again


def test_what_is_missing_is_listed(clerk: FlaskClient, session: Session) -> None:
    key = with_documents(session, "S000008", ["权利要求书"]).id
    answer = clerk.post(URL + "package", json={"ids": [key]}).json
    assert (answer["ok"], answer["errors"][0]["id"]) == (False, key)
    assert answer["errors"][0]["message"].splitlines() == ["缺少：请求书", "缺少：说明书", "缺少：说明书摘要"]
    assert "缺少：请求书" in page(clerk, f"{URL}{key}")


@pytest.mark.parametrize(("data", "said"), [
    (b"PK\x03\x04 broken", "压缩包已损坏"), (b"<a/>", "没有专利局的电子申请回执"),
    (b"no xml", "不是可以读取的 XML 文件"),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "声明了实体"),
])  # fmt: skip
def test_wrong_acknowledgements_are_refused_in_words(data: bytes, said: str, clerk: FlaskClient) -> None:
    upload = {"file": (io.BytesIO(data), "x.zip")}
    answer = clerk.post(URL + "acknowledgements", data=upload, content_type="multipart/form-data")
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)


def test_no_acknowledgement_chosen(clerk: FlaskClient) -> None:
    assert clerk.post(URL + "acknowledgements", data={}).status_code == 422
    assert clerk.get(URL + "acknowledgements/" + "0" * 64).status_code == 404


def test_a_acknowledgement_is_matched_by_hand(clerk: FlaskClient, session: Session, ready: int) -> None:
    clerk.post(URL + "package", json={"ids": [ready]})
    filing = named(session, "S000008")
    upload = {"file": (io.BytesIO(acknowledgement_of(filing, mark="别人的")), "200105.XML")}
    shown = clerk.post(URL + "acknowledgements", data=upload, content_type="multipart/form-data")
    assert "未匹配" in page(clerk, shown.location)
    found = clerk.get(URL + "waiting?q=" + filing.case.our_ref).json["results"]
    assert [one["id"] for one in found] == [ready]
    assert clerk.post(shown.location, data={"filing-0": str(ready)}).status_code == 303
    assert state(session, ready)[0] is FilingStatus.ACKNOWLEDGED


def test_the_list_is_printed_with_its_counts(clerk: FlaskClient, ready: int, paper: int) -> None:
    html = page(clerk, f"{URL}print?ids=all&query=tab%3Dpaper%26view%3Dall")
    assert visible_english(html) == []
    assert "国家知识产权局北京代办处" in html
    assert "补正书（2 页）、修改替换页（2 页）" in html
    assert re.search(r"2 件</span><span>文件 2 份</span><span>4 页", html)
    assert clerk.get(URL + "print").status_code == 422
    files = clerk.get(f"{URL}files?ids={ready},{paper}")
    assert (files.status_code, files.data[:2]) == (200, b"PK")


def test_the_special_edit_saves_or_changes_nothing(
    clerk: FlaskClient, sign_in_as: Callable, session: Session, ready: int
) -> None:
    clerk.post(URL + "package", json={"ids": [ready]})
    assert clerk.post("/app/filing/action/to_special_edit", json={"ids": [ready]}).json["done"] == 1
    assert clerk.get("/app/special_edit/").status_code == 403, "only with that right (A-3.3.7-02)"
    assert clerk.post(f"/app/special_edit/{ready}/finish").status_code == 403
    assert refs(page(clerk, URL + "?view=all")).count(named(session, "S000008").case.our_ref) == 0
    docketer = sign_in_as("hejingzhou")
    assert named(session, "S000008").case.our_ref in refs(page(docketer, "/app/special_edit/?q.method=ELECTRONIC"))
    assert refs(page(docketer, "/app/special_edit/?q.method=PAPER")) == []
    form = page(docketer, f"/app/special_edit/{ready}")
    assert visible_english(form) == []
    version = re.search(r'name="version" value="(\d+)"', form)[1]
    first, second, *_rest = re.findall(r'name="(\d+)-name"', form)
    data = {"version": version, f"{first}-name": "权利要求书"}
    refused = docketer.post(f"/app/special_edit/{ready}/finish", data=data)
    assert (refused.status_code, "已存在" in refused.get_data(as_text=True)) == (422, True)
    new = {"version": version, f"{first}-out": "1", f"{second}-file": (io.BytesIO(b"%PDF-1.7 x"), "改.pdf")}
    done = docketer.post(f"/app/special_edit/{ready}/finish", data=new, content_type="multipart/form-data")
    assert done.status_code == 303
    assert state(session, ready) == (FilingStatus.DISPATCHED, SpecialEdit.NONE)
    assert [d.name for d in named(session, "S000008").documents] == list(PARTS)[1:]
    assert docketer.get(f"/app/special_edit/{ready}").status_code == 404


def test_the_case_folder_is_one_click_away(admin: FlaskClient, session: Session, ready: int) -> None:
    admin.post(URL + "package", json={"ids": [ready]})
    admin.post("/app/filing/action/to_special_edit", json={"ids": [ready]})
    folder = f"/app/case_folder/{named(session, 'S000008').case_id}"
    assert admin.get(f"/app/special_edit/{ready}/folder").location == folder
    assert folder in page(admin, f"/app/special_edit/{ready}")
    assert "电子案卷夹" in page(admin, "/app/special_edit/")


@pytest.mark.parametrize("user", ["fangyike", "wuyinuo"])
def test_others_have_no_part_in_it(user: str, sign_in_as: Callable, session: Session, ready: int) -> None:
    browser = sign_in_as(user)
    for url in (URL, f"{URL}{ready}", f"{URL}print?ids={ready}", URL + "acknowledgements", "/app/special_edit/"):
        assert browser.get(url).status_code == 403
    for verb in ("register", "package", "clear", "acknowledgement"):
        assert browser.post(URL + verb, json={"ids": [ready]}).status_code == 403
    assert state(session, ready)[0] is FilingStatus.AWAITING_DISPATCH


def test_two_at_once_one_wins(any_session: Session, any_app: Flask) -> None:
    """Two export the same filing, then two clear it, at the same time."""
    key = with_documents(any_session, "S000008", list(PARTS)).id
    any_session.rollback()

    def both(deed: Callable[[Session], object]) -> list[str]:
        ready = Barrier(2)

        def run(_n: int) -> str:
            with any_app.app_context():
                act_as(db.session, SYSTEM)
                ready.wait(10)
                try:
                    deed(db.session)
                except RuleError as error:
                    return error.code
                return "done"

        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(run, range(2)))

    cleared = {"received_on": today().isoformat()}
    assert both(lambda s: dispatch.export(s, [key])) in (["conflict", "done"], ["done", "done"])
    assert both(lambda s: dispatch.clear_by_hand(s, [key], cleared)) == ["conflict", "done"]
    any_session.expire_all()
    assert named(any_session, "S000008").status is FilingStatus.ACKNOWLEDGED
