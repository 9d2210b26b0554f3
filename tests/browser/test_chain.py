"""From the client's call to the acknowledged application, each person in a browser of his own, by clicks alone.

The case is one of a bank's: CN201710027729.1, as the published data have it.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.rules import efiling
from app.rules.case import CaseStatus
from app.rules.filing import FilingStatus
from app.rules.task import TaskStatus
from app.services.today import today
from models.case import Case
from models.filing import Filing
from models.organization import User
from models.task import Task
from tests.browser.conftest import context_of, opened
from tests.browser.test_intake import take
from tests.rules.test_efiling_acknowledgement import ACKNOWLEDGEMENT
from tests.services.case_work import word

pytestmark = pytest.mark.browser
BANK, SHORT = "平安银行股份有限公司", "平安银行"
ADDRESS = "广东省深圳市罗湖区深南东路5047号"
TITLE, MAIN_IPC = "交易处理控制方法及系统", "G06F17/30"
INVENTORS = ("张元良", "刘俊杰", "高巍", "黄劲霄")
PLANNED = "2027-01-12"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

CLERK, MANAGER, REVIEWER_OF_CASES = "mengqiaoyun", "linyichen", "zhoumuyao"
HANDLER, DRAFTER, TRANSLATOR, ILLUSTRATOR = "qinshuyu", "fangyike", "songyanqiu", "duanxiaotang"
REVIEWER, DOCKETER, CHECKER, DISPATCHER = "jiangwanqing", "hejingzhou", "luozhiyu", "caoshengnan"


class Desks:
    """The people at their desks: a watched page of each, and what the database says of their case."""

    def __init__(self, chrome: Browser, origin: str, sign_in_as: Callable[[str], FlaskClient], session: Session):
        self.chrome, self.origin, self.sign_in_as, self.session = chrome, origin, sign_in_as, session
        self.contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}
        self.ref = ""

    def __call__(self, username: str) -> Page:
        if username not in self.pages:
            context = context_of(self.chrome, self.origin)
            cookie = self.sign_in_as(username).get_cookie("patentdesk")
            assert cookie is not None
            context.add_cookies([{"name": "patentdesk", "value": cookie.value, "url": self.origin}])
            self.contexts.append(context)
            self.pages[username] = opened(context, self.origin)
        self.pages[username].goto("/app/")
        return self.pages[username]

    def enter(self, username: str, name: str) -> Page:
        """The person finds the task on the workbench and enters it."""
        page = self(username)
        row = page.locator(".to-do tr", has_text=self.ref).filter(has_text=name)
        with page.expect_navigation():
            row.get_by_role("button", name="进入处理").click()
        return page

    def fresh(self) -> Session:
        self.session.rollback()
        self.session.expire_all()
        return self.session

    def case(self) -> Case:
        return self.fresh().scalars(select(Case).where(Case.title == TITLE)).one()

    def filing(self) -> Filing:
        return self.fresh().scalars(select(Filing).where(Filing.case_id == self.case().id)).first()

    def waits(self) -> set[tuple[str, str]]:
        """Who has to do what now, by the database."""
        query = select(Task.name, User.username).join(User, User.id == Task.assignee_id)
        rows = self.fresh().execute(query.where(Task.case_id == self.case().id, Task.status != TaskStatus.DONE))
        return {(name, username) for name, username in rows}


@pytest.fixture
def desks(
    chrome: Browser, origin: str, sign_in_as: Callable[[str], FlaskClient], session: Session
) -> Iterator[Desks]:  # fmt: skip
    made = Desks(chrome, origin, sign_in_as, session)
    yield made
    faults = [(who, fault) for who, page in made.pages.items() for fault in page.watch.faults]
    for context in made.contexts:
        context.close()
    assert faults == []


def go(page: Page, top: str, name: str) -> None:
    """By the menu."""
    menu = page.locator("nav").first
    link = menu.get_by_role("link", name=name, exact=True).first
    if not link.is_visible():
        menu.get_by_role("button", name=top).first.click()
    link.click()


def pick(page: Page, control: Locator, text: str, name: str) -> None:
    page.wait_for_load_state()
    control.fill(text)
    page.get_by_role("option", name=name).first.click()
    expect(control).to_have_value(name)


def save(page: Page) -> None:
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("保存成功")


def tick(page: Page, ref: str) -> None:
    page.locator("#rows tbody tr", has_text=ref).locator(".row-check").check()


def verb(page: Page, name: str) -> None:
    page.wait_for_load_state()
    page.locator(".toolbar").get_by_role("button", name=name, exact=True).click()


def tab(page: Page, name: str) -> None:
    page.wait_for_load_state()
    page.get_by_role("tab", name=name).click()


def step(page: Page, name: str, **given: str) -> None:
    """Press a step of the bar, fill in its dialog, confirm."""
    page.wait_for_load_state()
    page.locator(".actbar").get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    for label, value in given.items():
        control = dialog.get_by_label(label)
        chosen = control.evaluate("node => node.nodeName") == "SELECT"
        control.select_option(label=value) if chosen else control.fill(value)
    with page.expect_navigation():
        dialog.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_text(f"{name}成功")).to_be_visible()


def register_client(desks: Desks) -> None:
    """A-3.1.1: the clerk takes down the client with his applicant, inventors, contact, requirement and contract."""
    page = desks(CLERK)
    go(page, "客户资料管理", "客户管理")
    page.get_by_role("link", name="新增", exact=True).first.click()
    page.get_by_label("客户全称(中)").fill(BANK)
    page.get_by_label("客户全称(中)").press("Tab")
    expect(page.get_by_label("客户简称")).to_have_value(SHORT)
    page.get_by_label("地址", exact=True).fill(ADDRESS)
    page.get_by_label("邮编").fill("518000")
    save(page)
    expect(page.get_by_role("tab", name="客户费用")).to_have_count(0)  # only for those who may see fees
    tab(page, "联系资料")
    page.get_by_role("link", name="新增申请人").click()
    page.get_by_label("复制类型").select_option(label="客户")
    expect(page.get_by_label("姓名/名称")).to_have_value(BANK)
    page.get_by_label("申请人类型").select_option(label="工矿企业")
    pick(page, page.get_by_label("国籍"), "中国", "中国")
    page.get_by_label("费减备案标记").check()
    save(page)
    page.get_by_role("link", name="返回").last.click()
    page.get_by_role("link", name="批量新增发明人").click()
    page.locator("[name=rows-0-name]").evaluate(
        "(cell, text) => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " cell.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }",
        "\n".join(INVENTORS),
    )
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("已新增 4 名发明人")
    page.get_by_role("link", name="新增客户联系人").click()
    page.get_by_label("姓名", exact=True).fill("陈女士")
    save(page)
    tab(page, "客户要求")
    page.get_by_role("link", name="资料库").click()
    page.get_by_label("收到官方文件后两个工作日内转达，并注明答复期限。").check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("已从资料库加入 1 条")


def take_in(desks: Desks) -> None:
    """A-3.2.1.2: the reviewer completes the client, then the clerk takes in the case."""
    reviewer = desks(REVIEWER_OF_CASES)
    go(reviewer, "客户资料管理", "客户管理")
    tick(reviewer, BANK)
    verb(reviewer, "复核完成")
    expect(reviewer.locator("#rows tbody tr", has_text=BANK)).to_contain_text("复核完成")
    page = desks(CLERK)
    go(page, "案卷管理", "案卷处理")
    page.get_by_role("link", name="立案采集").first.click()
    pick(page, page.get_by_label("客户简称"), SHORT, SHORT)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_label("专利名称", exact=True).fill(TITLE)
    page.get_by_label("专利类型").select_option(label="发明")
    page.get_by_label("主分类号").fill(MAIN_IPC)
    page.get_by_label("预订提交日").fill(PLANNED)
    expect(page.get_by_role("tab", name="案卷费用")).to_have_count(0)
    tab(page, "申请人/发明人")
    take(page, "申请人资料库", BANK)
    take(page, "发明人资料库", *INVENTORS)
    tab(page, "案卷要求")
    take(page, "浏览客户要求", "收到官方文件后两个工作日内转达")
    save(page)
    tab(page, "客户来文")
    page.locator("[role=tabpanel]:not([hidden]) input[type=file]").set_input_files(
        [{"name": "技术交底书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}]
    )
    expect(page.get_by_text("技术交底书.pdf")).to_be_visible()
    case = desks.case()
    desks.ref = case.our_ref
    assert case.status is CaseStatus.INTAKE_REVIEW
    assert [(i.inventor.name, i.is_first) for i in case.inventors] == [(n, n == "张元良") for n in INVENTORS]
    assert desks.waits() == {("立卷复核", REVIEWER_OF_CASES)}, "the reviewer's work, not the partner's"


def review_and_allocate(desks: Desks) -> None:
    """A-3.2.1.2.11, A-3.2.1.3."""
    page = desks.enter(REVIEWER_OF_CASES, "立卷复核")
    page.get_by_role("button", name="复核完成").click()
    expect(page.locator(".toast")).to_contain_text("复核完成")
    assert desks.case().status is CaseStatus.REVIEWED
    ((name, manager),) = desks.waits()
    assert (name, manager in (MANAGER, REVIEWER_OF_CASES)) == ("新案分发", True)
    page = desks.enter(manager, "新案分发")
    for person, *buttons in (("秦书屿", "设为主办人", "设为一代"), ("方一可", "设为撰写"), ("段小棠", "设为制图"),
                             ("宋砚秋", "设为翻译")):  # fmt: skip
        page.locator("tbody tr", has_text=person).first.click()
        for button in buttons:
            page.get_by_role("button", name=button).click()
    with page.expect_navigation():
        page.get_by_role("button", name="保存", exact=True).click()
    assert desks.case().status is CaseStatus.IN_PROGRESS
    assert desks.waits() == {("新案办案", HANDLER), ("撰写任务", DRAFTER), ("翻译任务", TRANSLATOR),
                             ("制图任务", ILLUSTRATOR)}  # fmt: skip


def write(desks: Desks) -> None:
    """A-3.2.1.4, A-3.2.1.5: the request form, the imported parts, the work of the others, confirmed and finalized."""
    page = desks.enter(HANDLER, "新案办案")
    expect(page.locator(".work-facts")).to_contain_text(PLANNED)
    page.get_by_role("button", name="进入撰写").click()
    expect(page.get_by_role("heading", name="发明专利请求书")).to_be_visible()
    expect(page.locator("[name='申请人-0-姓名或名称']")).to_have_value(BANK)
    expect(page.locator("[name='申请人-0-费减备案']")).to_be_checked()
    save(page)
    page.get_by_role("button", name="生成文件").click()
    expect(page.locator(".toast", has_text="已生成")).to_be_visible()
    page.get_by_role("link", name="返回").last.click()
    expect(page.locator(".shown.text")).to_contain_text("姓名：张元良")  # read as a form, not as bare values
    parts = {"权利要求书": "1. 一种交易处理控制方法。", "说明书": "技术领域", "说明书摘要": "一种交易处理控制方法。"}
    page.locator(".doc-bar [data-import]").set_input_files(
        [{"name": f"{n}.docx", "mimeType": WORD, "buffer": word(t).getvalue()} for n, t in parts.items()]
    )
    expect(page.get_by_text("已导入 3 个文件")).to_be_visible()
    for username, name in ((DRAFTER, "撰写任务"), (TRANSLATOR, "翻译任务"), (ILLUSTRATOR, "制图任务")):
        helper = desks.enter(username, name)
        tab(helper, "任务分解单")
        helper.get_by_role("button", name="提交", exact=True).click()
        helper.get_by_role("dialog").get_by_label("工作量").fill("6")
        helper.get_by_role("dialog").get_by_role("button", name="提交").click()
        expect(helper.get_by_text("已提交，待主办人确认")).to_be_visible()
    page = desks.enter(HANDLER, "新案办案")
    tab(page, "任务分解单")
    expect(page.locator(".works tbody tr").last).to_contain_text("已提交待确认")
    page.locator(".works thead input[type=checkbox]").check()
    page.get_by_role("button", name="确认完成量").click()
    expect(page.locator(".works tbody tr", has_text="已完成")).to_have_count(3)
    step(page, "定稿提交", 执行人="蒋婉清")
    assert desks.case().status is CaseStatus.SUBSTANTIVE_REVIEW
    assert desks.waits() == {("新案实体复核", REVIEWER)}


def review_prepare_and_check(desks: Desks) -> None:
    """A-3.2.1.5.3, A-3.2.1.6: each returned once; what has no file goes no further than the preparation."""
    step(desks.enter(REVIEWER, "新案实体复核"), "复核回退", 原因="权利要求缺少必要技术特征")
    page = desks.enter(HANDLER, "新案办案")
    expect(page.get_by_role("note")).to_contain_text("权利要求缺少必要技术特征")
    step(page, "定稿提交")
    step(desks.enter(REVIEWER, "新案实体复核"), "复核完成", 执行人="贺景舟")
    page = desks.enter(DOCKETER, "新案文件制备")
    page.watch.allow(409)
    page.locator(".actbar").get_by_role("button", name="定稿提交").click()
    page.get_by_role("dialog").get_by_role("button", name="定稿提交").click()
    expect(page.get_by_text("还不能送交专利局：“说明书附图”没有文件")).to_be_visible()
    page = desks.enter(DOCKETER, "新案文件制备")
    page.locator("[data-show-document]", has_text="说明书附图").click()
    page.locator(".pane-h").get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.locator("[data-document]", has_text="说明书附图")).to_have_count(0)
    step(page, "定稿提交", 执行人="罗知予")
    step(desks.enter(CHECKER, "新案质检"), "质检回退", 退回给="文件制备员", 原因="委托书未盖章")
    page = desks.enter(DOCKETER, "新案文件制备")
    expect(page.get_by_role("note")).to_contain_text("委托书未盖章")
    step(page, "定稿提交")
    step(desks.enter(CHECKER, "新案质检"), "完成质检")
    assert desks.filing().status is FilingStatus.AWAITING_DISPATCH
    assert desks.case().status is CaseStatus.AWAITING_DISPATCH
    assert desks.waits() == set()


def dispatch(desks: Desks, folder: Path) -> None:
    """A-3.3.6.2, A-3.3.7: the package, the special edit and back, the acknowledgement."""
    page = desks(DISPATCHER)
    go(page, "收发管理", "向专利局送案")
    page.get_by_role("link", name="电子送案").click()
    tick(page, desks.ref)
    with page.expect_download() as got:
        verb(page, "导出送案包")
        page.locator("dialog[open]").get_by_role("button", name="确定").click()
    (package,) = efiling.read_packages(Path(got.value.path()).read_bytes())
    assert (package.our_ref, package.title) == (desks.ref, TITLE)
    assert [d.code for d in package.documents] == ["110101", "100004", "100001", "100002"]
    assert desks.waits() == {("提交回执跟踪", DISPATCHER)}
    page = desks.enter(DISPATCHER, "提交回执跟踪")
    tick(page, desks.ref)
    verb(page, "转入特殊修改")
    page.locator("dialog[open]").get_by_role("button", name="确定").click()
    expect(page.locator("#rows tbody tr", has_text=desks.ref)).to_have_count(0)
    editor = desks(DOCKETER)
    go(editor, "收发管理", "交局官文特殊修改")
    tick(editor, desks.ref)
    verb(editor, "特殊修改")
    editor.get_by_role("button", name="完成质检").click()
    expect(editor.locator(".toast")).to_contain_text(f"{desks.ref} 已返回【向专利局送案】")
    page = desks.enter(DISPATCHER, "提交回执跟踪")
    text = ACKNOWLEDGEMENT.format(mark=desks.ref, encoding="GBK").replace("一种阀", TITLE)
    (folder / "200105.xml").write_bytes(text.replace("2026-11-20 10:11:12", f"{today()} 10:11:12").encode("gbk"))
    page.get_by_role("link", name="导入电子回执").click()
    page.locator("input[name=file]").set_input_files(folder / "200105.xml")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator(".preview")).to_contain_text("已递交但回执未列：说明书摘要、说明书")
    expect(page.locator(".preview")).not_to_contain_text("回执列出但未递交")
    page.locator(".actbar").get_by_role("button", name="导入").click()
    expect(page.locator(".toast")).to_contain_text("导入成功")
    assert desks.filing().status is FilingStatus.ACKNOWLEDGED
    assert desks.case().status is CaseStatus.FILED
    assert desks.waits() == set()


def change_and_close(desks: Desks) -> None:
    """A-3.2.1.7, A-3.2.2.4, A-3.2.2.5: a change of bibliographic data is begun, the case closed and taken up again."""
    page = desks(HANDLER)
    page.get_by_role("link", name="创建新任务").click()
    pick(page, page.get_by_label("我方卷号"), desks.ref, desks.ref)
    page.get_by_label("任务名称").select_option(label="著录项目变更")
    save(page)
    page = desks.enter(HANDLER, "著录项目变更")
    expect(page.locator(".work-facts")).to_contain_text("递交内容")
    page.get_by_role("button", name="进入撰写").click()
    pick(page, page.get_by_role("dialog").get_by_label("文件类型"), "著录项目变更申报书", "著录项目变更申报书")
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_role("heading", name="著录项目变更申报书")).to_be_visible()
    assert desks.waits() == {("著录项目变更", HANDLER)}
    go(page, "案卷管理", "[结案]提交结案")
    page.get_by_label("我方卷号").first.fill(desks.ref)
    page.get_by_role("button", name="查询").click()
    tick(page, desks.ref)
    verb(page, "提交结案")
    page.get_by_label("结案说明").fill("客户撤回申请，费用已结清")
    save(page)
    page.get_by_label("结案审核人").select_option(label="林以宸")
    page.get_by_label(re.compile("个任务未完成或未核销")).check()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("未审核")).to_be_visible()
    page = desks.enter(MANAGER, "结案审核")
    page.get_by_label("审核意见").fill("同意结案")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("已审核").first).to_be_visible()
    assert desks.case().status is CaseStatus.CLOSED
    page = desks(HANDLER)
    go(page, "案卷管理", "[恢复]提交恢复")
    tick(page, desks.ref)
    verb(page, "提交恢复")
    page.get_by_label("恢复原因").fill("客户要求继续")
    save(page)
    page.get_by_label("恢复审核人").select_option(label="林以宸")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_text("未审核")).to_be_visible()
    page = desks.enter(MANAGER, "恢复审核")
    page.get_by_label("审核意见").fill("同意恢复")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("已审核").first).to_be_visible()
    assert desks.case().status is CaseStatus.REINSTATED
    page = desks(DOCKETER)
    go(page, "案卷管理", "电子案卷夹")
    page.locator("#rows tbody tr", has_text=desks.ref).get_by_role("link").first.click()
    for told in ("立案", "复核回退", "质检回退（文件制备）", "技术交底书.pdf", "200105.xml", *INVENTORS):
        expect(page.locator("main").get_by_text(told).first).to_be_visible()


@pytest.mark.timeout(480)  # a dozen people at work; on a busy machine that takes its time
def test_from_the_clients_call_to_the_acknowledged_application(desks: Desks, tmp_path: Path) -> None:
    """A-3.2.1.2.10-01: the whole way, nobody needing an address or another's rights."""
    register_client(desks)
    take_in(desks)
    review_and_allocate(desks)
    write(desks)
    review_prepare_and_check(desks)
    dispatch(desks, tmp_path)
    change_and_close(desks)
