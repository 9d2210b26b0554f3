"""The menu is the manual's, page by page; what every page and every list has around it (A-2.1, A-2.2, A-2.2.4)."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.console.view import REGISTRY
from tests.views.test_every_console import ALL

SYSTEM = {
    "系统参数配置": "system_parameter", "客户要求配置": "requirement_item", "任务配置": "task_type",
    "官方期限配置": "deadline_rule", "费用配置": "fee_item", "文件配置": "document_type",
    "微生物保藏单位配置": "depositary", "节假日配置": "holiday", "国家配置": "country", "行政区划配置": "division",
    "清理临时文件": "temp_cleanup", "历史数据导入": "import_batch", "自定义编码": "numbering_scheme",
    "信函模块定义": "letter_template",
}  # fmt: skip
PEOPLE = {"机构用户": "user/", "岗位定义": "position/define", "用户授权": "user_assignment/"}
PLAIN = [k for k in ALL if k != "system_parameter"]  # its page is a form of all parameters


def items(browser: FlaskClient, module: str) -> dict[str, str]:
    """{label: address} of a module of the tree, in order; empty where the reader has no such module."""
    tree = browser.get("/app/").get_data(as_text=True).split('id="tree"')[1].split("rail-only")[0].replace("\n", " ")
    part = re.search(rf'aria-controls="m-{module}".*?<div id="m-{module}"[^>]*>(.*?)</div>', tree)
    found = re.findall(r'href="([^"]+)"[^>]*title="([^"]+)"', part[1]) if part else []
    return {label: url for url, label in found}


def heading(html: str) -> str:
    return re.search(r"<h1>([^<]+)</h1>", html)[1].strip()


def test_system_administration_has_the_manuals_pages(admin: FlaskClient) -> None:
    """A-2.1-01: the thirteen, in the manual's order, and the templates of letters."""
    shown = items(admin, "system")
    thirteen = [name for name in shown if name in SYSTEM and name != "信函模块定义"]
    assert thirteen == [name for name in SYSTEM if name != "信函模块定义"]
    assert "信函模块定义" in shown


@pytest.mark.parametrize("name", SYSTEM)
def test_each_page_is_where_the_manual_says(name: str, admin: FlaskClient) -> None:
    """｛系统管理－…｝: the menu leads there, and the page is called as its entry."""
    url = items(admin, "system")[name]
    assert url == f"/app/{SYSTEM[name]}/"
    page = admin.get(url)
    assert page.status_code == 200
    assert heading(page.get_data(as_text=True)) == name


@pytest.mark.parametrize("name", SYSTEM)
def test_changing_the_system_is_for_administrators(name: str, sign_in_as: Callable) -> None:
    """A-2.1-02: positions that see a page of 系统管理 may at most read (and export) it."""
    console = REGISTRY.get(SYSTEM[name])
    clerk = sign_in_as("tangruolan")
    assert clerk.get(f"/app/{SYSTEM[name]}/new").status_code in (403, 404)
    if console is not None:
        assert clerk.post(f"/app/{SYSTEM[name]}/delete", json={"ids": [1]}).status_code in (403, 404)
    assert "系统参数配置" not in items(clerk, "system")


def test_organization_has_its_three_pages(admin: FlaskClient) -> None:
    """A-2.2-01, A-2.2.1-01, A-2.2.2-01, A-2.2.3-01."""
    shown = items(admin, "organization")
    assert shown == {name: f"/app/{url}" for name, url in PEOPLE.items()}
    for name, url in shown.items():
        assert heading(admin.get(url).get_data(as_text=True)) == name


@pytest.mark.parametrize("key", PLAIN)
def test_every_list_can_what_the_manual_says_of_all(key: str, admin: FlaskClient) -> None:
    """A-2.2.4-01: 选择显示列, 导出 and the pager, alike in every list."""
    html = admin.get(f"{REGISTRY[key].base_url()}?view=all").get_data(as_text=True)
    assert 'data-open="columns"' in html
    assert 'data-open="export"' in html
    if "delete" in REGISTRY[key].permissions():  # A-msg-08: no deletion without a question
        assert re.search(r'data-name="delete"[^>]*data-confirm="(是否)?确[认定]', html.replace("\n", " "))
    pager = html.split('class="pager')[1]
    assert all(word in pager for word in ("前一页", "后一页", "转到", "每页显示"))


def test_the_title_bar_has_the_manuals_buttons(admin: FlaskClient) -> None:
    """A-2.2.4.1-01, A-2.2.4.4-01: 【基本信息】 left of 【退出】; 【隐藏标题栏】 and 【隐藏菜单】."""
    html = admin.get("/app/").get_data(as_text=True)
    assert 0 < html.index(">基本信息</a>") < html.index(">退出</button>")
    assert 'data-toggle="header" title="隐藏标题栏"' in html
    assert 'data-toggle="tree" title="隐藏菜单"' in html


def test_the_choice_of_what_to_export(admin: FlaskClient) -> None:
    """A-2.2.4.3-01, -02: Excel and the page at first; selected or all records; sheets of so many rows."""
    html = admin.get("/app/case/dialogs").get_data(as_text=True)
    dialog = html.split('<dialog id="export"')[1].split("</dialog>")[0].replace("\n", " ")
    assert "请选择文件类型" in dialog
    assert re.search(r'name="format" value="xlsx"\s+checked', dialog)
    assert re.search(r'name="scope" value="page"\s+checked', dialog)
    assert [s for s in ("当前页面记录", "选中的记录", "所有记录") if s not in dialog] == []
    assert 'name="split"' in dialog
    assert 'name="per_sheet"' in dialog


@pytest.mark.parametrize("url", ["/app/login", "/app/"])
def test_where_feedback_goes_is_told(url: str, admin: FlaskClient, client: FlaskClient) -> None:
    """A-附-01."""
    html = (client if url == "/app/login" else admin).get(url).get_data(as_text=True)
    assert "问题反馈" in html
    assert 'href="mailto:eac@acpaa.cn"' in html
    assert 'href="https://www.acpaa.cn"' in html


def test_what_was_imported_begins_with_the_template(admin: FlaskClient) -> None:
    """A-2.1.12-01, A-2.1.12.2-01: 【新增】 leads to template and upload."""
    html = admin.get("/app/import_batch/").get_data(as_text=True)
    assert re.search(r'href="/app/case/import"[^>]*data-name="new"', html)
    assert re.findall(r'href="([^"]+)">', html.split('class="empty"')[1].split("</div>")[0]) == [
        "/app/case/import",
        "/app/case/import/template",
    ]
    page = admin.get("/app/case/import").get_data(as_text=True)
    assert 'type="file"' in page
    assert "/app/case/import/template" in page


@pytest.mark.parametrize(("address", "item"), [
    ("department/new", "机构用户"), ("position/new", "岗位定义"), ("serial/", "自定义编码"), ("case/new", "案卷处理"),
])  # fmt: skip
def test_every_page_says_where_it_belongs(address: str, item: str, admin: FlaskClient) -> None:
    tree = admin.get(f"/app/{address}").get_data(as_text=True).split('id="tree"')[1]
    assert re.findall(r'aria-current="page"\s+title="([^"]+)"', tree) == [item]


#: The modules of the manual that are there, each with its pages in order (A-3-01, A-3.2-01, A-3.6-01).
MODULES = {
    "task_management": ["工作台", "我的任务", "任务监控"],
    "party_management": ["客户管理", "申请人", "发明人", "联系人", "案源人", "外方代理机构"],
    "case_management": ["案卷处理", "批量分案", "批量变更主办", "电子案卷夹", "[结案]提交结案", "[结案]结案审核",
                        "[恢复]提交恢复", "[恢复]恢复审核"],
    "correspondence": ["向专利局送案", "交局官文特殊修改"],
    "fee_management": ["费单"],
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_the_modules_have_the_manuals_pages(module: str, admin: FlaskClient) -> None:
    shown = items(admin, module)
    assert [name for name in shown if name in MODULES[module]] == MODULES[module]
    for name in MODULES[module]:
        page = admin.get(shown[name])
        assert page.status_code == 200, name
        assert heading(page.get_data(as_text=True)) == name
