"""Pages of parties beyond the generated ones: the client's tabs, the library, many inventors, doubles, merging."""

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.rules.party import CasePhase, RequirementType
from app.services import records
from app.services.unit_of_work import unit_of_work
from models.case import Case, CaseRequirement
from models.party import Applicant, Client, ClientRequirement, Contact, Inventor, PartyMerge
from models.system import Attachment, SystemParameter
from models.task import RequirementItem
from tests.kit import visible_english
from views.party_client import ClientView

WISH = {"phase": CasePhase.ALL, "requirement_type": RequirementType.CONTACT, "content": "先打电话"}
FROM = "/app/client/1/edit"


def text(browser: FlaskClient, url: str, **options: Any) -> str:
    answer = browser.get(url, **options)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def made(session: Session, model: Any, **values: Any) -> int:
    key = records.save(session, model, None, values).id
    session.rollback()
    return key


def buttons(html: str) -> list[str]:
    bar = html.split('role="toolbar"')[1].split("panel-box")[0]
    return re.findall(r">\s*([\u4e00-\u9fff]+)</(?:a|button)>", bar)


def options(form: str, name: str) -> list[str]:
    return re.findall(r">([^<]+)</option>", form.split(f'name="{name}"')[1].split("</select>")[0])


def fresh(session: Session, model: Any, key: int) -> Any:
    session.rollback()
    session.expire_all()
    return session.get(model, key)


@pytest.mark.parametrize(
    ("key", "heads", "asked"),
    [
        ("client", "客户编号 客户简称 客户全称(中) 客户类型 客户性质 案源人 登记人 登记日期 登记状态 有效标记",
         "客户编号 客户简称 客户全称(中) 客户类型 客户性质 案源人 登记人 登记状态 有效标记"),
        ("applicant", "客户简称 姓名/名称 申请人简称 申请人类型 证件号码 国籍 地址 费减备案标记 有效标记",
         "姓名/名称 申请人简称 有效标记"),
        ("inventor", "客户简称 姓名 国籍 身份证号 不公布姓名 电话 邮箱 有效标记", "客户简称 姓名 有效标记"),
        ("contact", "客户简称 姓名 称谓 部门/职务 电话 手机 邮箱 有效标记", "客户简称 姓名 有效标记"),
        ("referrer", "案源人编号 姓名/名称 案源人类型 关联机构用户 电话 邮箱 提成比例 有效标记",
         "案源人编号 姓名/名称"),
        ("foreign_associate", "机构编码(外方) 机构名称 国家 联系人姓名 电话 邮箱 网址", "机构名称 国家 联系人姓名"),
    ],
)  # fmt: skip
def test_columns_and_queries_are_the_manuals(key: str, heads: str, asked: str, admin: FlaskClient) -> None:
    """A-3.1.1.2.1-01, -06, A-3.1.2.2-01, -03, A-3.1.3-02, A-3.1.4-01, A-3.1.7-02, A-3.1.9.1-01."""
    html = text(admin, f"/app/{key}/?view=all")
    shown = re.findall(r'<th scope="col" data-col[^>]*title="([^"]+)"', html)
    assert [h for h in heads.split() if h not in shown] == []
    query = html.split('id="query"')[1].split('id="list-body"')[0]
    labels = re.findall(r"<label[^>]*>\s*([^<]+?)\s*</label>", query)
    assert [w for w in asked.split() if w not in labels] == []


def test_fees_are_hidden_in_files_and_from_programs_too(admin: FlaskClient, sign_in_as: Callable) -> None:
    """A-3.1.1.2.6-01, -02."""
    without, owner = sign_in_as("fangyike"), sign_in_as("linyichen")
    asked = "收费方式 折扣率 账单周期 官费缴费方式 年费缴费方式 结算币种 官费发票 年费代理费调整金额(发明) 费用备注"
    form = text(owner, "/app/client/1/edit")
    assert [w for w in asked.split() if w not in form] == []
    assert "discount_rate" in owner.get("/api/v1/client/1").get_json()
    assert "discount_rate" not in without.get("/api/v1/client/1").get_json()
    version = owner.get("/api/v1/client/1").get_json()["version"]
    sent = {"version": version, "discount_rate": "0.1", "reason": "x"}
    assert without.patch("/api/v1/client/1", json=sent).status_code == 403
    for browser, shown in ((owner, True), (without, False)):
        browser.post("/app/client/columns", json={"columns": ["client_no", "discount_rate"]})
        file = browser.get("/app/client/export?format=csv&scope=all").get_data(as_text=True)
        assert ("折扣率" in file) is shown


def test_finance_is_the_invoice(admin: FlaskClient) -> None:
    """A-3.1.1.2.7-01."""
    form = text(admin, "/app/client/1/edit").split('id="p-t5"')[1]
    asked = "发票抬头 纳税人识别号 开户行 银行账号 开票地址 开票电话 发票类型 寄送地址"
    assert [w for w in asked.split() if w not in form] == []


class TestContactData:
    """〈联系资料〉."""

    def test_one_list_of_everybody_with_the_manuals_buttons(self, admin: FlaskClient) -> None:
        """A-3.1.1.2.3-01, -02, -12."""
        html = text(admin, "/app/client/1/panel/people")
        assert buttons(html) == ["新增客户联系人", "新增申请人", "新增发明人", "批量新增发明人", "设置无效", "设置有效",
                                 "修改", "导出"]  # fmt: skip
        heads = re.findall(r'<th scope="col">([^<]+)</th>', html)
        assert heads == ["类别", "姓名/名称", "电话", "邮箱", "地址", "有效标记"]
        assert {"联系人", "申请人", "发明人"} <= set(re.findall(r"<td>([^<]+)</td>", html))
        assert re.search(r'<tr data-id="contact-\d+" data-url="/app/contact/\d+/edit\?from=/app/client/1/edit"', html)
        assert visible_english(html) == []

    def test_a_new_one_begins_with_the_client_and_leads_back(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.3-03: 【保存】 adds it, 【返回】 does not; both lead to the client's tab."""
        url = f"/app/contact/new?client=1&from={FROM}"
        form = text(admin, url)
        assert re.search(r'name="client" value="1"', form)
        assert f'href="{FROM}#t1" data-back' in form.replace("\n", " ")
        answer = admin.post(url, data={"client": "1", "name": "阮听雨"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{FROM}#t1")
        assert session.scalars(select(Contact.client_id).where(Contact.name == "阮听雨")).all() == [1]

    def test_a_new_applicant_is_told_saved_and_stays_for_powers_and_requirements(self, admin: FlaskClient) -> None:
        """A-3.1.1.2.3-09, -10, A-msg-03."""
        url = f"/app/applicant/new?client=1&from={FROM}"
        answer = admin.post(url, data={"client": "1", "name": "江汀研究院", "address": "北京"})
        assert re.fullmatch(r"/app/applicant/\d+/edit\?from=/app/client/1/edit", answer.headers["Location"])
        form = text(admin, answer.headers["Location"])
        assert "保存成功" in form
        assert f"{FROM}#t1" in form

    @pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/app/logout", "/app/client/1#x\n"])
    def test_it_leads_nowhere_else(self, url: str, admin: FlaskClient) -> None:
        form = admin.get("/app/contact/new", query_string={"client": "1", "from": url}).get_data(as_text=True)
        assert 'href="/app/contact/" data-back' in form.replace("\n", " ")

    def test_people_are_set_invalid_and_valid_again(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.3-11: marked, not deleted; the wrong direction is refused; the version of the client is told."""
        contact = made(session, Contact, name="阮听雨", client_id=1)
        inventor = made(session, Inventor, name="司马临风", client_id=1)
        ids = [f"contact-{contact}", f"inventor-{inventor}"]
        answer = admin.post("/app/client/1/people/set_invalid", json={"ids": ids}).get_json()
        assert answer["ok"]
        assert answer["owner"][1] == fresh(session, Client, 1).version == answer["owner"][0] + 1
        assert {fresh(session, Contact, contact).valid.name, fresh(session, Inventor, inventor).valid.name} == {
            "INVALID"
        }
        session.rollback()
        again = admin.post("/app/client/1/people/set_invalid", json={"ids": ids}).get_json()
        assert [e["message"] for e in again["errors"]] == ["当前状态下不能进行这个操作"] * 2
        assert admin.post("/app/client/2/people/set_valid", json={"ids": ids}).get_json()["errors"]
        assert admin.post("/app/client/1/people/set_valid", json={"ids": ["user-1"]}).status_code == 422

    def test_only_what_one_may_read_is_listed_and_exported(self, sign_in_as: Callable, admin: FlaskClient) -> None:
        clerk = sign_in_as("xiaboyuan")  # 案源人: cases only
        assert clerk.get("/app/client/1/panel/people").status_code == 403
        book = openpyxl.load_workbook(io.BytesIO(admin.get("/app/client/1/people/export").data))
        rows = list(book.active.values)
        assert rows[0] == ("类别", "姓名/名称", "电话", "邮箱", "地址", "有效标记")
        assert {r[0] for r in rows[1:]} == {"联系人", "申请人", "发明人"}
        reader = sign_in_as("hejingzhou")
        assert "新增客户联系人" not in text(reader, "/app/client/1/panel/people")

    @pytest.mark.parametrize(
        ("key", "first"), [("applicant", "applicant"), ("contact", "client"), ("inventor", "client")]
    )
    def test_copies(self, key: str, first: str, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.3-05, A-3.1.2.3-01: name, address, telephone of another party; of applicants by default."""
        form = text(admin, f"/app/{key}/new")
        assert re.search(r'id="copy-kind".*?<option value="(\w+)"', form, re.S)[1] == first
        client = made(session, Client, name="江汀重工有限公司", phone="0510-1", address="无锡", postcode="214000")
        values = admin.get(f"/app/{key}/copy?kind=client&id={client}").get_json()["values"]
        assert values["name"]["value"] == "江汀重工有限公司"
        assert values["address"]["value"] == "无锡"
        assert values["phone"]["value"] == "0510-1"
        assert "client" not in values
        assert admin.get(f"/app/{key}/copy?kind=user&id=1").status_code == 404


class TestRequirements:
    """〈客户要求〉 and 〈申请人要求〉."""

    @pytest.mark.parametrize("owner", ["client", "applicant"])
    def test_the_buttons_and_columns_are_the_manuals(self, owner: str, admin: FlaskClient) -> None:
        """A-3.1.1.2.4-01."""
        html = text(admin, f"/app/{owner}/1/panel/requirements")
        assert buttons(html) == ["新增", "资料库", "同步要求", "作废", "恢复", "修改", "导出"]
        assert visible_english(html) == []

    def test_one_is_added_and_leads_back(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.4-02 to -05."""
        url = f"/app/client_requirement/new?client=1&from={FROM}"
        form = text(admin, url)
        assert "添加客户要求" in form
        assert options(form, "phase") == ["全程", "新申请阶段", "中间文件阶段", "授权后保护阶段"]
        assert options(form, "requirement_type") == ["账单结算", "联系方式", "文件提交", "账单寄送", "公文转达"]
        data = {"client": "1", "phase": "ALL", "requirement_type": "CONTACT", "instructed_on": "2026-01-02"}
        assert admin.post(url, data=data | {"content": ""}).status_code == 422
        answer = admin.post(url, data=data | {"content": "先打电话", "detail": "工作日"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{FROM}#t2")
        assert "先打电话" in text(admin, "/app/client/1/panel/requirements")

    def test_the_library_is_queried_and_taken_from(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.4-06."""
        item = session.scalars(select(RequirementItem).where(RequirementItem.phase == CasePhase.PROTECTION)).first()
        key, content = item.id, item.content
        session.rollback()
        url = f"/app/client_requirement/library?client=1&from={FROM}"
        page = text(admin, f"{url}&phase=PROTECTION")
        assert "客户要求配置" in page
        assert content in page
        assert "新申请阶段</td>" not in page
        answer = admin.post(url, data={"item": [str(key)]})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{FROM}#t2")
        assert content in text(admin, "/app/client/1/panel/requirements")
        assert "已加入" in text(admin, url)
        assert "请选择尚未加入的要求" in admin.post(url, data={}, follow_redirects=True).get_data(as_text=True)

    def test_one_from_the_library_cannot_be_changed_anywhere(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.4-07: form, bulk edit, API; it can be voided."""
        item = session.scalars(select(RequirementItem.id)).first()
        session.rollback()
        admin.post("/app/client_requirement/library?client=1", data={"item": [str(item)]})
        row = session.scalars(select(ClientRequirement).where(ClientRequirement.item_id == item)).one()
        key, version = row.id, row.version
        session.rollback()
        assert admin.get(f"/app/client_requirement/{key}/edit").status_code == 409
        sent = {"version": version, "content": "改了"}
        assert admin.post(f"/app/client_requirement/{key}/edit", data=sent).status_code == 409
        assert admin.patch(f"/api/v1/client_requirement/{key}", json=sent).status_code == 409
        bulk = admin.post("/app/client_requirement/bulk", json={"ids": [key], "values": {"content": "改了"}})
        assert bulk.status_code == 409
        assert "系统管理－客户要求配置" in bulk.get_json()["message"]
        assert fresh(session, ClientRequirement, key).content != "改了"
        session.rollback()
        html = text(admin, "/app/client/1/panel/requirements")
        assert f'<tr data-id="{key}" data-steps="void">' in html
        answer = admin.post("/app/client_requirement/of/1/void", json={"ids": [key]}).get_json()
        assert answer["ok"]
        assert answer["owner"][1] == fresh(session, Client, 1).version
        assert fresh(session, ClientRequirement, key).valid.name == "INVALID"

    def test_synchronizing_shows_first_and_says_how_many(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.4-10."""
        case = session.scalars(select(Case).where(Case.client_id == 1)).first()
        key, our_ref = case.id, case.our_ref
        own = made(session, ClientRequirement, client_id=1, **WISH)
        source = CaseRequirement.__table__.c.source.type.choices["CLIENT"]
        cited = made(
            session, CaseRequirement, case_id=key, source=source, client_requirement_id=own, content="先打电话"
        )
        url = f"/app/client_requirement/sync?client=1&from={FROM}"
        assert "无需同步" in text(admin, url)
        row = fresh(session, ClientRequirement, own)
        sent = {"version": row.version, "content": "先发邮件"}
        session.rollback()
        assert admin.patch(f"/api/v1/client_requirement/{own}", json=sent).status_code == 200
        page = text(admin, url)
        assert our_ref in page
        assert "先发邮件" in page
        assert fresh(session, CaseRequirement, cited).content == "先打电话"
        session.rollback()
        answer = admin.post(url, data={})
        assert answer.headers["Location"] == f"{FROM}#t2"
        assert "已同步 1 处要求" in text(admin, FROM)
        assert fresh(session, CaseRequirement, cited).content == "先发邮件"

    def test_synchronizing_is_a_right_of_its_own(self, sign_in_as: Callable) -> None:
        collector, reviewer = sign_in_as("fangyike"), sign_in_as("linyichen")
        assert reviewer.get("/app/client_requirement/sync?client=1").status_code == 200
        assert collector.get("/app/applicant_requirement/sync?applicant=1").status_code == 403


class TestPapers:
    """〈客户文件〉."""

    def test_files_come_and_go(self, admin: FlaskClient, session: Session, sign_in_as: Callable) -> None:
        """A-3.1.1.2.5-01 to -05."""
        sent = {"file": [(io.BytesIO(b"%PDF-1.4 x"), "委托合同.pdf"), (io.BytesIO(b"%PDF-1.4 y"), "咨询.pdf")]}
        answer = admin.post("/app/client/1/files", data=sent)
        html = answer.get_data(as_text=True)
        assert "点击上传" in html
        assert 'data-drop="/app/client/1/files"' in html
        assert re.search(r'data-download="/app/file/\d+" data-name="委托合同.pdf"', html)
        ids = session.scalars(select(Attachment.id).where(Attachment.table_key == "client")).all()
        session.rollback()
        assert admin.get(f"/app/file/{ids[0]}").status_code == 200
        assert sign_in_as("xiaboyuan").get(f"/app/file/{ids[0]}").status_code == 403
        reader = text(sign_in_as("hejingzhou"), "/app/client/1/panel/papers")
        assert "委托合同.pdf" in reader
        assert "点击上传" not in reader
        assert admin.post("/app/client/1/papers/delete", json={"ids": [ids[0]]}).status_code == 200
        assert session.scalars(select(Attachment.id).where(Attachment.table_key == "client")).all() == ids[1:]

    def test_general_powers_have_number_and_file(self, admin: FlaskClient, session: Session) -> None:
        """A-3.1.1.2.3-09, A-3.1.2.3-03."""
        url = "/app/applicant/1/powers"
        sent = {"number": "ZW-77", "remark": "国内", "file": (io.BytesIO(b"%PDF-1.4 x"), "总委.pdf")}
        answer = admin.post(url, data=sent)
        assert answer.get_json()["owner"][1] == fresh(session, Applicant, 1).version
        session.rollback()
        html = text(admin, "/app/applicant/1/panel/powers")
        assert "ZW-77" in html
        assert "总委.pdf" in html
        assert admin.post(url, data={"number": "ZW-77"}).status_code == 422
        assert admin.post(url, data={"number": " "}).status_code == 422
        key = int(re.search(r'data-power="(\d+)"\s+data-number="ZW-77"', html)[1])
        changed = {"id": str(key), "number": "ZW-78", "file": (io.BytesIO(b"%PDF-1.4 z"), "新总委.pdf")}
        assert admin.post(url, data=changed).status_code == 200
        html = text(admin, "/app/applicant/1/panel/powers")
        assert "ZW-78" in html
        assert ("新总委.pdf" in html) is True
        assert "/总委.pdf" not in html
        assert admin.post(f"{url}/delete", json={"ids": [key]}).status_code == 200
        assert "ZW-78" not in text(admin, "/app/applicant/1/panel/powers")
        assert session.scalars(select(Attachment).where(Attachment.table_key == "applicant")).all() == []


class TestManyInventors:
    """批量新增发明人, A-3.1.1.2.3-06, A-3.1.3-03."""

    URL = f"/app/inventor/batch?client=1&from={FROM}"

    def rows(self, *rows: dict[str, str]) -> dict[str, str]:
        return {"client": "1"} | {f"rows-{i}-{n}": v for i, row in enumerate(rows) for n, v in row.items()}

    def test_rows_are_added_together(self, admin: FlaskClient, session: Session) -> None:
        sent = self.rows(
            {"name": "司马临风", "id_no": "1234"}, {"name": ""}, {"name": "欧阳听雪", "name_withheld": "1"}
        )
        answer = admin.post(self.URL, data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{FROM}#t1")
        found = session.scalars(select(Inventor).where(Inventor.name.in_(["司马临风", "欧阳听雪"]))).all()
        assert [(i.client_id, i.name_withheld) for i in found] == [(1, False), (1, True)]

    def test_errors_stand_beside_their_cells_and_nothing_is_added(self, admin: FlaskClient, session: Session) -> None:
        made(session, Inventor, name="司马临风", client_id=1)
        sent = self.rows({"name": "欧阳听雪"}, {"name": "司马临风"}, {"name": "", "phone": "1"})
        answer = admin.post(self.URL, data=sent)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert re.findall(r"第 ?(\d) ?行", html.split('class="row-errors"')[1]) == ["2", "3"]
        assert "该客户已有同名的发明人" in html
        assert 'value="欧阳听雪"' in html
        assert session.scalars(select(Inventor).where(Inventor.name == "欧阳听雪")).first() is None

    def test_a_workbook_by_the_template_fills_the_rows(self, admin: FlaskClient) -> None:
        book = openpyxl.load_workbook(io.BytesIO(admin.get("/app/inventor/batch/template").data))
        sheet = book.worksheets[0]
        heads = [c.value for c in sheet[1]]
        for line, name in enumerate(["司马临风", "欧阳听雪"], 3):
            sheet.cell(line, heads.index("姓名") + 1, name)
            sheet.cell(line, heads.index("国籍") + 1, "中国")
            sheet.cell(line, heads.index("不公布姓名") + 1, "是")
        file = io.BytesIO()
        book.save(file)
        file.seek(0)
        answer = admin.post(self.URL, data={"client": "1", "_fill": "1", "file": (file, "发明人.xlsx")})
        html = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert re.findall(r'name="rows-\d-name"[^>]*value="([^"]+)"', html) == ["司马临风", "欧阳听雪"]
        assert html.count('value="中国"') == 2
        assert len(re.findall(r'name="rows-\d-name_withheld"[^>]*checked', html)) == 2

    @pytest.mark.parametrize("content", ["甲,乙\n1,2", ""])
    def test_a_file_that_is_none_of_ours(self, content: str, admin: FlaskClient) -> None:
        sent = {"client": "1", "_fill": "1", "file": (io.BytesIO(content.encode()), "x.csv")}
        assert admin.post(self.URL, data=sent).status_code == 422


class TestDoubles:
    """The same party entered again."""

    def test_it_is_shown_while_typing_with_a_short_name(self, admin: FlaskClient, session: Session) -> None:
        key = made(session, Client, name="江汀重工装备（无锡）有限公司")
        found = admin.get("/app/client/similar?name=江汀重工装备(无锡)有限责任公司").get_json()
        assert found["short_name"] == "江汀重工装备"
        assert found["matches"] == [
            {"id": key, "name": "江汀重工装备（无锡）有限公司", "note": "名称相同", "url": f"/app/client/{key}"}
        ]
        assert admin.get(f"/app/client/similar?name=江汀重工装备(无锡)&but={key}").get_json()["matches"] == []

    @pytest.mark.parametrize("key", ["client", "applicant", "inventor"])
    def test_saving_asks_once(self, key: str, admin: FlaskClient, session: Session) -> None:
        model = {"client": Client, "applicant": Applicant, "inventor": Inventor}[key]
        data = {"name": "江汀重工", "client": "1", "address": "北京", "client_type": "APPLICANT_ORGANIZATION"}
        first = admin.post(f"/app/{key}/new", data=data)
        assert first.status_code == 303
        asked = admin.post(f"/app/{key}/new", data=data)
        assert asked.status_code == 422
        assert 'id="doubt"' in asked.get_data(as_text=True)
        assert 'class="banner"' not in asked.get_data(as_text=True)
        assert len(session.scalars(select(model.id).where(model.name == "江汀重工")).all()) == 1
        session.rollback()
        assert admin.post(f"/app/{key}/new", data=data | {"_anyway": "1"}).status_code == 303
        assert len(session.scalars(select(model.id).where(model.name == "江汀重工")).all()) == 2

    def test_a_change_of_something_else_is_not_asked_about(self, admin: FlaskClient, session: Session) -> None:
        one, _other = (made(session, Client, name="江汀重工有限公司") for _twice in range(2))
        version = fresh(session, Client, one).version
        session.rollback()
        data = {"version": version, "fax": "1", "_reason": "更正", "name": "江汀重工有限公司"}
        assert admin.post(f"/app/client/{one}/edit", data=data).status_code == 303

    def test_a_hidden_party_does_not_leak(self, sign_in_as: Callable, session: Session) -> None:
        """In a partnership others' clients are in no warning, neither while typing nor on saving."""
        made(session, Client, name="江汀重工装备有限公司", certificate_no="91320500MA1X", registered_by_id=1)
        with unit_of_work(session):
            statement = update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP")
            session.execute(statement, execution_options={"audited": True})
        session.rollback()
        clerk = sign_in_as("fangyike")
        url = "/app/client/similar?name=江汀重工装备有限公司&number=91320500MA1X"
        assert clerk.get(url).get_json()["matches"] == []
        collector = sign_in_as("mengqiaoyun")
        sent = {
            "name": "江汀重工装备有限公司",
            "client_type": "APPLICANT_ORGANIZATION",
            "certificate_no": "91320500MA1X",
        }
        assert collector.post("/app/client/new", data=sent).status_code == 303


class TestMerging:
    """合并."""

    def pair(self, session: Session) -> tuple[Client, Client]:
        keys = [made(session, Client, name=n, phone=p) for n, p in (("江汀重工", "1"), ("江汀重工有限公司", "2"))]
        return tuple(fresh(session, Client, k) for k in keys)

    def test_side_by_side_then_one(self, admin: FlaskClient, session: Session) -> None:
        kept, other = self.pair(session)
        contact = made(session, Contact, name="阮听雨", client_id=other.id)
        kept, other = fresh(session, Client, kept.id), fresh(session, Client, other.id)
        a, b, versions = kept.id, other.id, {f"version-{r.id}": r.version for r in (kept, other)}
        session.rollback()
        page = text(admin, f"/app/client/merge?ids={a},{b}")
        assert visible_english(page) == []
        assert "联系人 1" in page
        assert re.findall(r'name="take-phone" value="(\d+)"', page) == [str(a), str(b)]
        sent = {"ids": f"{a},{b}", "kept": str(a), "take-phone": str(b), "take-name": str(a)} | versions
        assert admin.post("/app/client/merge", data=sent).status_code == 422
        answer = admin.post("/app/client/merge", data=sent | {"reason": "重复登记"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/app/client/{a}")
        kept = fresh(session, Client, a)
        assert (kept.name, kept.phone) == ("江汀重工", "2")
        assert fresh(session, Client, b).valid.name == "INVALID"
        assert fresh(session, Contact, contact).client_id == a
        assert session.scalars(select(PartyMerge.reason)).all() == ["重复登记"]
        session.rollback()
        assert "重复登记" in text(admin, f"/app/client/{a}/history")
        assert "江汀重工有限公司" in text(admin, "/app/party_merge/")
        session.rollback()
        assert admin.post("/app/client/merge", data=sent | {"reason": "又一次"}).status_code == 422

    def test_it_is_a_right_of_its_own(self, sign_in_as: Callable, session: Session) -> None:
        kept, other = self.pair(session)
        url = f"/app/client/merge?ids={kept.id},{other.id}"
        session.rollback()
        assert sign_in_as("fangyike").get(url).status_code == 403
        assert sign_in_as("linyichen").get(url).status_code == 200
        assert 'data-name="merge"' not in text(sign_in_as("fangyike"), "/app/client/")

    @pytest.mark.parametrize("ids", ["", "1", "1,1", "1,2,3", "1,999999", "x,y"])
    def test_two_that_are_there(self, ids: str, admin: FlaskClient) -> None:
        assert admin.get(f"/app/client/merge?ids={ids}").status_code in (404, 422)


def test_the_history_says_who_when_why_and_what(admin: FlaskClient, session: Session) -> None:
    """A-3.1.1.3-02."""
    version = fresh(session, Client, 1).version
    session.rollback()
    admin.post("/app/client/1/edit", data={"version": version, "phone": "010-新", "_reason": "客户来函更正"})
    history = text(admin, "/app/client/1/history")
    entry = history.split("<li")[1]
    assert "客户来函更正" in entry
    assert "系统管理员" in entry
    assert "010-55560017" in entry
    assert "010-新" in entry
    assert re.search(r"\d{4}-\d\d-\d\d", entry)


def test_the_list_shows_valid_clients_first_and_others_on_demand(admin: FlaskClient, session: Session) -> None:
    """A-3.1.1.2.1-02, A-3.1.1.3-06."""
    key = made(session, Client, name="江汀重工")
    admin.post("/app/client/action/set_invalid", json={"ids": [key]})
    assert "江汀重工" not in text(admin, "/app/client/")
    assert "江汀重工" in text(admin, "/app/client/?q.valid=INVALID")


@pytest.mark.parametrize(("may_edit", "end"), [(True, "/edit"), (False, "")])
def test_who_may_not_edit_is_led_to_the_page_of_what_he_added(
    may_edit: bool, end: str, admin: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ClientView, "can", lambda _self, permission: may_edit or permission != "edit")
    data = {"name": "新来的有限公司", "client_type": "APPLICANT_ORGANIZATION"}
    answer = admin.post("/app/client/new", data=data)
    key = session.scalars(select(Client.id).where(Client.name == data["name"])).one()
    assert (answer.status_code, answer.location) == (303, f"/app/client/{key}{end}")
