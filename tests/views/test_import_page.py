"""Importing in the browser: upload, match, correct, import, result, undo; who may, and whose upload it is."""

import html
import io
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console import importing
from app.console.imports import uploads
from app.console.imports.importer import Importer
from app.console.imports.judge import Plan
from app.console.imports.meter import Tell
from app.extensions import db
from app.jobs.runner import JobContext
from app.rules.party import ClientReview
from app.services.access import actor_for
from app.services.unit_of_work import act_as
from models.case import Case
from models.organization import User
from models.party import Client
from models.system import ImportBatch, ImportMapping, Job
from tests.kit import visible_english
from tests.services.import_files import AGENCY, AGENCY_ROWS, make_csv, make_xlsx

GOOD = [AGENCY_ROWS[0], AGENCY_ROWS[1]]
#: Names in the test's own files.
NAMES = {"agency", "csv", "xlsx", "LED", "Sheet"}


def upload(browser: FlaskClient, path: Path, table: str = "case", **form: str) -> Any:
    """Send a file to the first step."""
    data = {"mode": "create", **form, "file": (io.BytesIO(path.read_bytes()), path.name)}
    return browser.post(f"/app/{table}/import", data=data, content_type="multipart/form-data")


def checked(browser: FlaskClient, path: Path, **form: str) -> str:
    """Upload a good file; the address of its check page."""
    answer = upload(browser, path, **form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Five rows of which two are wrong."""
    return make_csv(tmp_path / "agency.csv", AGENCY, AGENCY_ROWS)


class TestWay:
    """From the file to the result."""

    def test_upload_page_is_chinese_and_offers_template_modes_and_constants(self, admin: FlaskClient) -> None:
        page = admin.get("/app/case/import").get_data(as_text=True)
        assert "/app/case/import/template" in page
        assert 'name="mode" value="update"' in page
        assert 'name="client"' in page
        assert not visible_english(page)

    def test_check_page_shows_columns_repairs_and_errors(self, admin: FlaskClient, file: Path) -> None:
        page = admin.get(checked(admin, file) + "?show=all").get_data(as_text=True)
        assert page.count('<tr data-row="') == 5
        assert re.search(r'class="x-repaired"[^>]*>\s*<del>2015207546755</del> 201520754675\.5', page)
        assert re.search(r'data-col="filing_date"[^>]*class="x-error"', page)
        assert 'data-value="2015-13-10"' in page
        assert '<option value="app_no" selected>' in page
        assert set(visible_english(page)) <= NAMES

    @pytest.mark.parametrize(
        ("second", "column"),
        [
            (["灯", "201520754675.5", "实用新型", "2015-09-26"], "filing_date"),
            (["伞", "", "实用新型", "2015-09-26"], "app_no"),
            (["壶", "", "", ""], "patent_type"),
        ],
    )
    def test_a_reason_stands_at_the_column_it_belongs_to(
        self, admin: FlaskClient, tmp_path: Path, second: list[str], column: str
    ) -> None:
        headers = ["专利名称", "申请号", "专利类型", "申请日"]
        known = [["灯", "201520754675.5", "实用新型", "2015-09-25"], ["伞", "", "实用新型", "2015-09-25"]]
        first = make_csv(tmp_path / "a.csv", headers, known)
        admin.post(f"{checked(admin, first)}/run", data={"policy": "all"})
        page = admin.get(checked(admin, make_csv(tmp_path / "b.csv", headers, [second]))).get_data(as_text=True)
        assert re.findall(r'data-col="(\w+)"[^>]*class="x-error"', page) == [column]

    def test_what_a_number_would_tell_is_missed_at_the_number(self, admin: FlaskClient, tmp_path: Path) -> None:
        rows = [["灯", "201520754675.5"], ["壶", ""]]
        page = admin.get(checked(admin, make_csv(tmp_path / "a.csv", ["名称", "申请号"], rows))).get_data(as_text=True)
        assert re.findall(r'data-col="(\w+)"[^>]*class="x-error"', page) == ["app_no"]
        assert "专利类型：" in page

    def test_a_part_is_answered_to_scripts(self, admin: FlaskClient, file: Path) -> None:
        part = admin.get(checked(admin, file), headers={"HX-Request": "true"}).get_data(as_text=True)
        assert "<html" not in part
        assert part.count('<tr data-row="') == 2

    def test_a_corrected_cell_is_checked_again_and_imported(
        self, admin: FlaskClient, file: Path, session: Session
    ) -> None:
        url = checked(admin, file)
        for row, column, value in [(5, "app_no", "201520575576.0"), (6, "filing_date", "2015-08-04")]:
            answer = admin.post(f"{url}/cell", json={"row": row, "column": column, "value": value})
            assert answer.json == {"ok": True, "changed": 1}
        result = admin.post(f"{url}/run", data={"policy": "all"})
        assert (result.status_code, re.sub(r"\d+$", "", result.location)) == (303, "/app/case/import/batch/")
        assert session.execute(select(Case.our_ref).where(Case.app_no == "201520575576.0")).scalar()
        assert admin.get(url).location == result.location

    def test_a_repaired_day_is_shown_and_guesses_are_spoken_of_where_there_are_any(
        self, admin: FlaskClient, tmp_path: Path
    ) -> None:
        rows = [["灯", "201520754675.5", "2015.9.25"]]
        page = admin.get(checked(admin, make_csv(tmp_path / "a.csv", ["名称", "申请号", "申请日"], rows)))
        assert 'title="日期统一写成年-月-日：2015-09-25"' in page.get_data(as_text=True)
        assert "猜的" not in page.get_data(as_text=True)
        page = admin.get(checked(admin, make_csv(tmp_path / "b.csv", ["名称", "号"], [["灯", "201520754675.5"]])))
        assert "标“猜的”的请看一眼" in page.get_data(as_text=True)

    def test_the_same_mistake_is_corrected_everywhere(self, admin: FlaskClient, tmp_path: Path) -> None:
        rows = [[f"名{i}", "商标"] for i in range(3)]
        url = checked(admin, make_csv(tmp_path / "a.csv", ["名称", "类型"], rows))
        assert 'data-same="2"' in admin.get(url).get_data(as_text=True)
        answer = admin.post(
            f"{url}/cell", json={"row": 2, "column": "patent_type", "value": "发明", "everywhere": True}
        )
        assert answer.json["changed"] == 3
        assert "x-error" not in admin.get(url).get_data(as_text=True)

    def test_a_likely_number_is_suggested(self, admin: FlaskClient, file: Path) -> None:
        assert re.search(r'data-suggestion="2015\d+\.[\dX]"', admin.get(checked(admin, file)).get_data(as_text=True))

    def test_result_tells_counts_and_reasons_hands_rows_back_and_undoes(
        self, admin: FlaskClient, file: Path, session: Session
    ) -> None:
        before = session.execute(select(Case.id)).scalars().all()
        location = admin.post(f"{checked(admin, file)}/run", data={"policy": "good"}).location
        page = admin.get(location).get_data(as_text=True)
        assert f"{location}/refused" in page
        assert f"{location}/undo" in page
        assert re.search(r"<td>我方卷号</td><td>清单中没有，已用申请号代替</td><td class=\"num\">1</td>", page)
        assert set(visible_english(page)) <= NAMES
        assert re.search(r"清单中没有，已用申请号代替</td><td class=\"num\">1</td><td\s+class=\"muted\">第 2 行", page)
        assert "移除本次新增的 2 条记录" in page
        made = admin.get(html.unescape(re.search(r'href="([^"]*import_batch=[^"]*)"', page)[1])).get_data(as_text=True)
        session.rollback()
        fresh = session.execute(select(Case.id).where(Case.id.not_in(before))).scalars().all()
        assert sorted(map(int, re.findall(r'<tr data-id="(\d+)"', made))) == sorted(fresh)
        assert "导入批次" in made
        book = openpyxl.load_workbook(io.BytesIO(admin.get(f"{location}/refused").data))
        assert book.active.max_row == 3
        answer = admin.post(f"{location}/undo", json={})
        assert answer.json["ok"]
        assert answer.json["errors"] == []
        assert "已撤销，移除 2 条" in admin.get(location).get_data(as_text=True)
        session.rollback()
        assert session.execute(select(Case.id)).scalars().all() == before
        assert admin.post(f"{location}/undo", json={}).status_code == 409

    def test_updating_shows_what_would_change(self, admin: FlaskClient, tmp_path: Path) -> None:
        admin.post(f"{checked(admin, make_csv(tmp_path / 'a.csv', AGENCY, GOOD))}/run", data={"policy": "good"})
        changed = make_csv(tmp_path / "b.csv", ["申请号", "名称"], [["2015207546755", "改了的名称"]])
        page = admin.get(checked(admin, changed, mode="update")).get_data(as_text=True)
        assert "<del>一种高效电控中药煎药器</del> 改了的名称" in page
        assert "show=changes" in page

    def test_values_for_all_rows(self, admin: FlaskClient, tmp_path: Path, session: Session) -> None:
        client = (
            session.execute(select(Client.id).where(Client.review_status == ClientReview.REVIEWED)).scalars().first()
        )
        url = checked(admin, make_csv(tmp_path / "a.csv", AGENCY, GOOD), client=str(client))
        admin.post(f"{url}/run", data={"policy": "good"})
        session.rollback()
        assert session.execute(select(Case.client_id).where(Case.app_no == "201520754675.5")).scalar() == client
        assert upload(admin, tmp_path / "a.csv", client="999999").status_code == 422

    def test_a_mapping_is_corrected_and_remembered(self, admin: FlaskClient, tmp_path: Path, session: Session) -> None:
        path = make_csv(tmp_path / "a.csv", ["编号", "叫什么", "名称"], [["2015207546755", "甲", "乙"]])
        url = checked(admin, path)
        form = {"column-0": "app_no", "column-1": "title", "column-2": "", "header_row": "1"}
        part = admin.post(f"{url}/map", data=form, headers={"HX-Request": "true"}).get_data(as_text=True)
        assert part.count("selected") == 2
        admin.post(f"{url}/run", data={"policy": "good"})
        session.rollback()
        assert session.execute(select(Case.title).where(Case.app_no == "201520754675.5")).scalar() == "甲"
        kept = session.execute(select(ImportMapping)).scalars().one()
        assert kept.mapping == {"编号": "app_no", "叫什么": "title", "名称": None}
        again = admin.get(checked(admin, path)).get_data(as_text=True)
        assert re.search(r'name="column-1".*?<option value="title" selected>', again, re.S)

    def test_a_file_without_header_is_mapped_by_hand(self, admin: FlaskClient, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", [], [["甲甲", "1234"], ["乙乙", "5678"]], encoding="gbk")
        answer = upload(admin, path)
        page = admin.get(answer.location)
        assert page.status_code == 422
        assert "甲甲" in page.get_data(as_text=True)
        form = {"column-0": "title", "column-1": "client_ref", "header_row": "0"}
        part = admin.post(f"{answer.location}/map", data=form, headers={"HX-Request": "true"})
        assert part.status_code == 200
        assert part.get_data(as_text=True).count('<tr data-row="') == 2

    def test_another_sheet_and_header_row(self, admin: FlaskClient, tmp_path: Path) -> None:
        path = make_xlsx(tmp_path / "a.xlsx", [AGENCY, *GOOD], 另一张=[["说明"], AGENCY, GOOD[0]])
        url = checked(admin, path)
        part = admin.post(
            f"{url}/map", data={"sheet": "另一张", "header_row": "1"}, headers={"HX-Request": "true"}
        ).get_data(as_text=True)
        assert re.search(r'name="header_row"[^>]*value="2"', part)
        assert admin.post(f"{url}/map", data={"sheet": "另一张", "header_row": "3"}).status_code == 422

    def test_the_template_comes_filled_with_headers(self, admin: FlaskClient) -> None:
        book = openpyxl.load_workbook(io.BytesIO(admin.get("/app/client/import/template").data))
        heads = [cell.value for cell in book.worksheets[0][1]]
        assert "客户全称" in "".join(map(str, heads))
        assert not [h for h in heads if re.search("[a-z]{4}", str(h))]

    def test_the_check_of_many_rows_says_how_far_it_is(
        self, admin: FlaskClient, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "LONG", 3)
        url = checked(admin, file)
        for headers in ({}, {"HX-Request": "true"}):
            page = admin.get(f"{url}?show=all", headers=headers).get_data(as_text=True)
            assert f'hx-get="{url}?show=all&amp;now=1"' in page
            assert f'data-jobs="{url}/progress"' in page
            assert "<tr data-row" not in page
            assert set(visible_english(page)) <= NAMES
        progress = admin.get(f"{url}/progress").get_data(as_text=True)
        assert "data-running" in progress
        assert "检查“agency.csv”" in progress
        part = admin.get(f"{url}?show=all&now=1", headers={"HX-Request": "true"}).get_data(as_text=True)
        assert part.count('<tr data-row="') == 5
        assert 'data-said="完成 100%"' in admin.get(f"{url}/progress").get_data(as_text=True)
        assert '<tr data-row="' in admin.get(f"{url}?show=errors").get_data(as_text=True)

    def test_who_asks_while_a_file_is_checked_waits_for_that_check(
        self, app: Flask, admin: FlaskClient, sign_in_as: Callable, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "LONG", 3)
        url, other, part = checked(admin, file), sign_in_as("admin"), {"HX-Request": "true"}
        plan, plans, waiting = Importer.plan, [], []

        def slow(importer: Importer, tell: Tell | None = None) -> Plan:
            plans.append(importer)
            if len(plans) == 1:
                waiting.extend(other.get(u, headers=part).get_data(as_text=True) for u in (url, f"{url}?now=1"))
                waiting.append(other.get(f"{url}/progress").get_data(as_text=True))
            return plan(importer, tell)

        monkeypatch.setattr(Importer, "plan", slow)
        page = admin.get(url, headers=part).get_data(as_text=True)
        assert 'hx-trigger="load"' in page
        assert "<tr data-row" in admin.get(f"{url}?now=1", headers=part).get_data(as_text=True)
        asked = f'hx-get="{url}?now=1&amp;waited=1" hx-trigger="load delay:2s"'
        assert [asked in text for text in waiting] == [True, True, False]
        assert all('data-said="读取各行 0%"' in text for text in waiting)
        assert "<tr data-row" in other.get(f"{url}?now=1&waited=1", headers=part).get_data(as_text=True)
        assert len(plans) == 1
        assert "<tr data-row" in other.get(f"{url}?now=1", headers=part).get_data(as_text=True)
        assert len(plans) == 2, "asked anew, it is checked anew"

    def test_a_check_that_broke_off_is_not_waited_for(
        self, admin: FlaskClient, file: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "LONG", 3)
        url, part = checked(admin, file), {"HX-Request": "true"}
        admin.get(url, headers=part)
        told = app.config["DATA_DIR"] / "tmp" / "imports" / url.rsplit("/", 1)[1] / "progress.json"
        told.write_text('[50, 100, "x"]')
        assert "delay:2s" in admin.get(f"{url}?now=1", headers=part).get_data(as_text=True)
        os.utime(told, (0, time.time() - uploads.ALIVE - 1))
        assert "<tr data-row" in admin.get(f"{url}?now=1", headers=part).get_data(as_text=True)

    def test_many_rows_go_to_the_background(
        self, admin: FlaskClient, file: Path, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "LONG", 3)
        url = checked(admin, file)
        assert admin.post(f"{url}/run", data={"policy": "good"}).location == url
        session.rollback()
        job = session.execute(select(Job)).scalars().one()
        assert f'data-jobs="/app/jobs/list?id={job.id}" data-then="{url}"' in admin.get(url).get_data(as_text=True)
        told: list[tuple[int, int]] = []
        user = session.get(User, job.owner_id)
        actor = actor_for(session, user)
        act_as(session, actor)
        context = JobContext(session, job.params, actor, Told(told))  # type: ignore[arg-type]
        outcome = importing.import_upload(context)
        with outcome.file:
            assert openpyxl.load_workbook(outcome.file).active.max_row == 3
        assert told == sorted(told)
        assert told[-1] == (200, 200)
        assert admin.get(outcome.url).status_code == 200
        batch = outcome.url.rpartition("/")[2]
        assert admin.get(f"/app/import_batch/{batch}").location == outcome.url


class Told:
    """A job's pulse that only listens."""

    over = False

    def __init__(self, told: list[tuple[int, int]]):
        self.told = told

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "progress":
            self.told.append((value.done, value.total))


class TestDoor:
    """What is refused, and to whom."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.csv", b""), ("a.xlsx", b"%PDF-"), ("a.exe", b"MZ"), ("a.csv", "申请号,名称\n".encode()),
         ("../../a.csv", b"\xff\xfe\xfa"),
         ("<script>.csv", b"\x00\x00\x00")],
    )  # fmt: skip
    def test_bad_files_are_refused_in_chinese_on_the_same_page(
        self, admin: FlaskClient, name: str, content: bytes
    ) -> None:
        data = {"mode": "create", "file": (io.BytesIO(content), name)}
        answer = admin.post("/app/case/import", data=data, content_type="multipart/form-data")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        alert = re.search(r'role="alert".*?<span>(.*?)</span>', page, re.S)
        assert alert
        assert re.search("[\u4e00-\u9fff]", alert[1])
        assert "<script>.csv" not in page

    @pytest.mark.parametrize("form", [{}, {"mode": "delete"}])
    def test_no_file_or_mode(self, admin: FlaskClient, form: dict[str, str]) -> None:
        assert admin.post("/app/case/import", data=form, content_type="multipart/form-data").status_code == 422

    def test_an_upload_is_its_owners_for_its_table(
        self, admin: FlaskClient, sign_in_as: Callable[[str], FlaskClient], file: Path, app: Flask
    ) -> None:
        url = checked(admin, file)
        for address in (url, f"{url}/progress"):
            assert sign_in_as("zhoumuyao").get(address).status_code == 404
        assert admin.get(url.replace("/case/", "/client/")).status_code == 404
        for token in ("x" * 32, "..%2f..%2fsecret.key", "short"):
            assert admin.get(f"/app/case/import/{token}").status_code == 404

    def test_only_who_may_import_does(
        self, client: FlaskClient, sign_in_as: Callable[[str], FlaskClient], session: Session
    ) -> None:
        assert client.get("/app/case/import").status_code == 302
        allowed = {
            u: sign_in_as(u).get("/app/case/import").status_code
            for u in session.execute(select(User.username)).scalars()
        }
        assert set(allowed.values()) == {200, 403}
        stranger = next(u for u, status in allowed.items() if status == 403)
        browser = sign_in_as(stranger)
        token = "x" * 32
        for address in (
            "import/template",
            f"import/{token}",
            f"import/{token}/errors",
            f"import/{token}/progress",
            "import/batch/1",
            "import/batch/1/refused",
        ):
            assert browser.get(f"/app/case/{address}").status_code == 403
        for address in (
            "import",
            f"import/{token}/map",
            f"import/{token}/run",
            f"import/{token}/cell",
            "import/batch/1/undo",
        ):
            assert browser.post(f"/app/case/{address}").status_code == 403

    def test_a_batch_is_shown_to_its_owner(
        self, admin: FlaskClient, sign_in_as: Callable[[str], FlaskClient], file: Path
    ) -> None:
        location = admin.post(f"{checked(admin, file)}/run", data={"policy": "good"}).location
        other = sign_in_as("zhoumuyao")
        for address in (location, f"{location}/refused"):
            assert other.get(address).status_code == 404
        assert other.post(f"{location}/undo", json={}).status_code == 404
        assert admin.get(location.replace("/case/", "/client/")).status_code == 404

    @pytest.mark.parametrize(
        "body",
        [{}, {"row": 99, "column": "title"}, {"row": 2, "column": "nothing"}, {"row": "2", "column": "title"}, None],
    )
    def test_a_cell_that_is_none(self, admin: FlaskClient, file: Path, body: Any) -> None:
        assert admin.post(f"{checked(admin, file)}/cell", json=body).status_code == 404

    def test_tables_of_records_alone_take_no_import(self, admin: FlaskClient) -> None:
        assert admin.get("/app/case_applicant/import").status_code == 403
        assert admin.get("/app/login_event/import/template").status_code == 403

    def test_nothing_is_imported_twice_by_a_second_click(
        self, admin: FlaskClient, file: Path, session: Session
    ) -> None:
        url = checked(admin, file)
        first = admin.post(f"{url}/run", data={"policy": "good"}).location
        assert admin.post(f"{url}/run", data={"policy": "good"}).location == url
        assert admin.get(url).location == first
        assert len(session.execute(select(ImportBatch.id)).all()) == 1

    def test_uploads_wait_where_temporary_files_are_cleaned_up(
        self, admin: FlaskClient, file: Path, app: Flask
    ) -> None:
        token = checked(admin, file).rsplit("/", 1)[1]
        with app.app_context():
            assert db.session is not None
            assert (Path(app.config["DATA_DIR"]) / "tmp" / "imports" / token / "file").read_bytes() == file.read_bytes()
