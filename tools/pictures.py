"""Take the pictures of README.md anew, from the running application with the demo agency.

    .venv/bin/python tools/pictures.py

Needs what the browser tests need: the packages of requirements-dev.txt and Chromium (CHROMIUM names another).
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402 - the product is found from here on
from werkzeug.serving import make_server  # noqa: E402

from app.extensions import db  # noqa: E402
from app.factory import create_app  # noqa: E402
from app.services import setup  # noqa: E402

IMAGES = ROOT / "docs" / "images"
PASSWORD = "Picture-1"
#: Invented rows as offices have them: a number mangled by Excel, a wrong check digit, dates in three ways.
SHEET = """申请号,专利名称,申请日,申请人,发明人,专利类型,主分类号
202519900812.7,一种检索增强的问答方法及装置,2025-03-14,弈数信息技术（北京）有限公司,支青梧；尹以恒,发明,G06F 16/33
2026199002337.0,一种可折叠的标本运输箱,20260108,青禾农业科技有限公司,沈云舒,发明,B65D 81/18
CN202629900451.6,一种带导流罩的烘干机,2026.5.20,澜洲半导体（上海）有限公司,邵望舒、俞青梧,实用新型,F26B 21/00
202629900777.4,一种晶圆传送夹爪,2026-06-11,澜洲半导体（上海）有限公司,俞青梧,实用新型,H01L 21/687
202639900615.0,空气净化器,2026/2/30,弘澈环境工程有限公司,苏南乔,外观设计,23-04
ZL202519900846.6,一种烟气余热回收方法,2025年7月11日,弘澈环境工程有限公司,苏南乔,发明,F23J 15/06
"""


def sign_in(page: Page) -> None:
    """As the administrator."""
    page.goto("/app/login")
    page.get_by_label("账号").fill("admin")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("/app/")


def show_list(page: Page) -> None:
    page.goto("/app/case/?size=20&sort=-our_ref")
    page.get_by_role("button", name="展开").click()
    for row in (2, 4):
        page.locator(".row-check").nth(row).check()


def show_record(page: Page) -> None:
    page.goto("/app/case/2")


def show_form(page: Page) -> None:
    page.goto("/app/case/2/edit")
    page.get_by_label("主办人").fill("")
    page.get_by_label("主办人").press_sequentially("t")
    page.locator(".pick [role=option]").first.wait_for()


def show_search(page: Page) -> None:
    page.goto("/app/client/")
    page.keyboard.press("Control+k")
    page.keyboard.type("hc")
    page.locator("#pal-out [role=option]").first.wait_for()


def show_import(page: Page) -> None:
    page.goto("/app/case/import")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "案卷.csv", "mimeType": "text/csv", "buffer": SHEET.encode("utf-8-sig")}
    )
    page.locator("#sheet .btn.primary").last.click()
    page.get_by_role("link", name="全部 6").click()


def show_grants(page: Page) -> None:
    page.goto("/app/position/define")
    page.get_by_text("流程员", exact=True).first.click()


def show_holidays(page: Page) -> None:
    page.goto("/app/holiday/")


def show_workbench(page: Page) -> None:
    page.goto("/app/workbench/")
    page.get_by_role("link", name="全所").click()


def show_allocation(page: Page) -> None:
    page.goto("/app/allocation/")
    page.get_by_role("link", name="全部待分发").click()
    page.locator("tbody input[type=checkbox]").first.check()


def show_work(page: Page) -> None:
    page.goto("/app/filing/6/work")


def show_folder(page: Page) -> None:
    page.goto("/app/case_folder/2")


def show_dark(page: Page) -> None:
    page.goto("/app/user/")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")


PICTURES: dict[str, Callable[[Page], None]] = {
    "workbench": show_workbench,
    "allocation": show_allocation,
    "work": show_work,
    "folder": show_folder,
    "list": show_list,
    "record": show_record,
    "form": show_form,
    "search": show_search,
    "import": show_import,
    "grants": show_grants,
    "holidays": show_holidays,
    "dark": show_dark,
}


def main() -> None:
    """Start, sign in, take every picture."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_DIR": Path(folder), "ADMIN_PASSWORD": PASSWORD})
        setup.prepare(app)
        setup.load_demo(app)
        with app.app_context():
            db.session.connection().exec_driver_sql("UPDATE ab_user SET must_change_password = 0")
            db.session.commit()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(
                base_url=f"http://127.0.0.1:{server.port}", viewport={"width": 1366, "height": 768}, locale="zh-CN"
            )
            sign_in(page)
            for name, show in PICTURES.items():
                show(page)
                page.wait_for_load_state("networkidle")
                page.mouse.move(0, 0)
                page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
