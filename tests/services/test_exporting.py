"""Export in the background and by command: the same rows, columns and rights as on the screen."""

import csv
import io
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.console import transfer_page
from app.console.exporting import export_file
from app.jobs.worker import Worker
from app.rules.errors import RuleError
from app.rules.system import JobState
from app.services.kept import GRANTS, renew
from app.services.unit_of_work import unit_of_work
from models.case import Case
from models.system import Job, SystemParameter

JSON = {"Accept": "application/json, */*"}


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than three rows are exported in the background."""
    monkeypatch.setattr(transfer_page, "EXPORT_NOW", 3)


def both(app: Flask, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, **query: str) -> tuple[bytes, bytes]:
    """The same export at once and by a job."""
    address = "/app/case/export?" + urlencode({"scope": "all", "format": "csv"} | query)
    monkeypatch.setattr(transfer_page, "EXPORT_NOW", 1_000_000)
    at_once = browser.get(address, headers=JSON)
    assert at_once.status_code == 200
    monkeypatch.setattr(transfer_page, "EXPORT_NOW", 0)
    accepted = browser.get(address, headers=JSON)
    assert accepted.status_code == 202
    assert accepted.json["ok"]
    assert Worker(app).work()
    job = browser.get(accepted.json["job_url"]).json
    assert job["state"] == "done", job
    return at_once.data, browser.get(job["file_url"]).data


def test_a_job_exports_the_same_as_the_page(app: Flask, admin: FlaskClient, monkeypatch) -> None:
    chosen = ["our_ref", "client", "filing_date", "status"]
    admin.post("/app/case/columns", json={"columns": chosen})
    at_once, by_job = both(app, admin, monkeypatch, **{"q.our_ref": "F2025", "sort": "-filing_date"})
    assert by_job == at_once
    rows = table(by_job)
    assert len(rows[0]) == len(chosen)
    assert len(rows) > 2
    assert all("F2025" in row[0] for row in rows[1:])


def test_a_job_exports_the_rows_its_owner_sees(app: Flask, session: Session, sign_in_as, monkeypatch) -> None:
    with unit_of_work(session):
        session.execute(
            update(SystemParameter).where(SystemParameter.code == "firm_nature").values(value="PARTNERSHIP"),
            execution_options={"audited": True},
        )
    at_once, by_job = both(app, sign_in_as("tangruolan"), monkeypatch)
    assert by_job == at_once
    assert 1 < len(table(by_job)) < session.query(Case).count()


def test_only_long_exports_of_everything_wait(admin: FlaskClient, later: None, session: Session) -> None:
    address = "/app/case/export?format=csv&scope="
    assert admin.get(address + "page&size=10", headers=JSON).status_code == 200
    assert admin.get(address + "all&q.our_ref=no+such+case", headers=JSON).status_code == 200
    assert session.execute(select(Job.id)).all() == []
    session.rollback()
    page = admin.get(address + "all")
    assert (page.status_code, page.headers["Location"]) == (303, "/app/jobs")
    assert session.execute(select(Job.label)).scalars().one() == "导出“案卷处理”"


def test_a_right_lost_meanwhile_is_lost(app: Flask, session: Session, sign_in_as, later: None) -> None:
    accepted = sign_in_as("tangruolan").get("/app/case/export?scope=all", headers=JSON)
    assert accepted.status_code == 202
    with unit_of_work(session):
        user = session.execute(select(User).where(User.username == "tangruolan")).scalar_one()
        user.roles.clear()
        renew(session, GRANTS)
    assert Worker(app).work()
    job = session.execute(select(Job)).scalar_one()
    assert job.state is JobState.FAILED
    assert "权" in job.message


def test_sheets_of_n_rows(app: Flask, admin: FlaskClient, later: None, tmp_path: Path) -> None:
    accepted = admin.get("/app/case/export?scope=all&format=xlsx&split=1&per_sheet=20", headers=JSON)
    assert Worker(app).work()
    file = tmp_path / "x.xlsx"
    file.write_bytes(admin.get(admin.get(accepted.json["job_url"]).json["file_url"]).data)
    book = CalamineWorkbook.from_path(file)
    total = sum(len(book.get_sheet_by_name(n).to_python()) - 1 for n in book.sheet_names)
    assert len(book.sheet_names) == -(-total // 20)


def test_a_saved_view_is_exported_as_it_is_shown(admin: FlaskClient) -> None:
    state = {"query": "q.our_ref=F2025", "columns": ["our_ref", "title"]}
    made = admin.post("/app/case/views", json={"name": "二五年", "scope": "mine", "state": state}).json
    shown = table(admin.get(f"/app/case/export?view={made['id']}&scope=all&format=csv").data)
    assert len(shown[0]) == 2
    assert len(shown) > 2
    assert all("F2025" in row[0] for row in shown[1:])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_whole_table_by_command(app: Flask, session: Session, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"case.{ending}"
    written = export_file(session, "case", file)
    assert written == session.query(Case).count()
    if ending == "csv":
        rows = table(file.read_bytes())
    else:
        book = CalamineWorkbook.from_path(file)
        rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == written + 1
    assert {"我方卷号", "客户简称", "申请号", "摘要"} <= set(rows[0])
    assert len(set(rows[0])) == len(rows[0])
    assert list(tmp_path.glob("case*")) == [file]


@pytest.mark.parametrize(
    ("key", "name", "said"),
    [
        ("cases", "a.csv", "no table"),
        ("case", "a.pdf", ".xlsx or .csv"),
        ("case", "no/such/a.csv", "could not be written"),
    ],
)
def test_what_cannot_be_exported(session: Session, tmp_path: Path, key: str, name: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        export_file(session, key, tmp_path / name)
    assert list(tmp_path.rglob("a.*")) == []
