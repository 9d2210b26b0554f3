"""Files on records, and what a spreadsheet may not do: kinds, sizes, archives, names, formulas."""

import csv
import io
import re
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.services import files, records
from models.party import Client, Inventor
from models.system import Attachment, SystemParameter

PDF = b"%PDF-1.4\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
URL = "/app/client/1/files"


def put(browser: FlaskClient, name: str, content: bytes, url: str = URL) -> Any:
    head = f'--X\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return browser.post(
        url, data=head.encode() + content + b"\r\n--X--\r\n", content_type="multipart/form-data; boundary=X"
    )


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return made.getvalue()


def bomb() -> bytes:
    """A small archive whose list of contents promises two gigabytes."""
    content = archive({"a.txt": b"x" * 1000})
    size = struct.pack("<I", 1000)
    return content.replace(size, struct.pack("<I", 2**31 - 1))


def kept(session: Session) -> int:
    total = session.scalar(select(func.count(Attachment.id)))
    session.rollback()
    return total


REFUSED = {
    "a program": ("program.exe", b"MZ\x90\x00\x03"),
    "a program that calls itself a document": ("vertrag.pdf", b"MZ\x90\x00\x03\x00"),
    "a page": ("page.html", b"<script>alert(1)</script>"),
    "a drawing with scripts": ("image.svg", b"<svg onload='alert(1)'/>"),
    "a page that calls itself a picture": ("image.png", b"<html><script>alert(1)</script>"),
    "a picture that calls itself a document": ("image.docx", PNG),
    "nothing in it": ("empty.pdf", b""),
    "no ending": ("contract", PDF),
    "a name of dots": ("...", PDF),
    "a damaged archive": ("bad.zip", b"PK\x03\x04" + b"\x00" * 40),
    "an archive that leaves its folder": ("evil.zip", archive({"../../etc/cron.d/x": b"x"})),
    "an archive with an absolute path": ("evil.zip", archive({"/etc/passwd": b"x"})),
    "an archive with a drive": ("evil.zip", archive({"C:\\Windows\\x": b"x"})),
    "an archive with backslashes": ("evil.docx", archive({"..\\..\\x": b"x"})),
    "an archive that unpacks to too much": ("bomb.zip", bomb()),
    "an archive of nothing but zeros": ("zeros.zip", archive({"zeros.txt": b"\x00" * 40_000_000})),
    "an archive of too many files": ("many.zip", archive({f"{n}.txt": b"" for n in range(10_001)}, zipfile.ZIP_STORED)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_accepted_leaves_no_trace(case: str, admin: FlaskClient, session: Session) -> None:
    name, content = REFUSED[case]
    before = kept(session)
    answer = put(admin, name, content)
    assert answer.status_code == 422
    assert re.search("[\u4e00-\u9fff]{4}", answer.get_data(as_text=True))
    assert kept(session) == before


def test_one_bad_file_keeps_the_others_out(admin: FlaskClient, session: Session) -> None:
    before = kept(session)
    data = {"file": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"MZ\x00"), "b.exe")]}
    assert admin.post(URL, data=data, content_type="multipart/form-data").status_code == 422
    assert kept(session) == before


def test_the_firm_limits_the_size(admin: FlaskClient, session: Session) -> None:
    parameter = session.scalars(select(SystemParameter).where(SystemParameter.code == "attachment_limit")).one()
    records.save(session, SystemParameter, parameter.id, {"value": "1"})
    assert put(admin, "just.pdf", PDF.ljust(1024 * 1024)).status_code == 200
    answer = put(admin, "large.pdf", PDF.ljust(1024 * 1024 + 1))
    assert answer.status_code == 422
    assert "1 MB" in answer.get_data(as_text=True)


def test_an_upload_beyond_all_bounds_is_cut_off(app: Any, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = put(admin, "large.pdf", PDF.ljust(5000))
    assert answer.status_code == 413
    assert "上传" in answer.get_data(as_text=True)


NAMES = {
    "合同（终稿）.pdf": "合同（终稿）.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "..\\..\\windows\\a.pdf": "a.pdf",
    "C:\\x\\b.pdf": "b.pdf",
    "<script>alert(1)</script>.pdf": "script_.pdf",
    "a\"b'c.pdf": "a_b'c.pdf",
    "\u202efdp.exe.pdf": "_fdp.exe.pdf",
    "con\x07.pdf": "con_.pdf",
    "x" * 400 + ".pdf": "x" * 150 + "x" * 46 + ".pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_only_names(name: str) -> None:
    assert files.clean_name(name) == NAMES[name]


@pytest.mark.parametrize("name", [n for n in NAMES if not set(n) & set('\\"\x07')], ids=range(5))
def test_a_strange_name_is_stored_clean_and_shown_as_text(name: str, admin: FlaskClient, session: Session) -> None:
    assert put(admin, name, PDF).status_code == 200
    stored = session.scalars(select(Attachment.name).order_by(Attachment.id.desc())).first()
    assert stored == NAMES[name]
    assert "<script>" not in admin.get(URL).get_data(as_text=True)


def test_a_file_comes_back_as_a_download(admin: FlaskClient, session: Session) -> None:
    put(admin, "合同.pdf", PDF)
    address = re.search(r'href="(/app/file/\d+)[^"]*"', admin.get(URL).get_data(as_text=True)).group(1)
    answer = admin.get(address)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%90%88")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert admin.get(f"{address}?show=1").headers["Content-Disposition"].startswith("inline")


def test_text_is_never_shown_as_a_page(admin: FlaskClient) -> None:
    put(admin, "note.txt", b"<script>alert(1)</script>")
    address = re.search(r'href="(/app/file/\d+)[^"]*"', admin.get(URL).get_data(as_text=True)).group(1)
    answer = admin.get(f"{address}?show=1")
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_same_bytes_are_kept_once(admin: FlaskClient, session: Session) -> None:
    for name in ("a.pdf", "b.pdf"):
        put(admin, name, PDF + b"unique")
    stored = session.execute(select(Attachment.file_id).where(Attachment.name.in_(["a.pdf", "b.pdf"]))).scalars().all()
    assert len(stored) == 2
    assert len(set(stored)) == 1


def test_files_are_deleted_and_only_by_those_who_may(
    admin: FlaskClient, sign_in_as: Callable, session: Session
) -> None:
    put(admin, "a.pdf", PDF)
    key = session.scalars(select(Attachment.id).order_by(Attachment.id.desc())).first()
    session.rollback()
    reader = sign_in_as("tangruolan")
    assert reader.get(f"/app/file/{key}").status_code == 200
    assert reader.post(f"/app/file/{key}/delete").status_code == 403
    assert put(reader, "b.pdf", PDF).status_code == 403
    assert admin.post(f"/app/file/{key}/delete").status_code == 200
    assert admin.get(f"/app/file/{key}").status_code == 404


def test_who_may_not_see_the_record_may_not_see_its_files(
    admin: FlaskClient, sign_in_as: Callable, session: Session
) -> None:
    put(admin, "a.pdf", PDF, url="/app/country/1/files")
    key = session.scalars(select(Attachment.id).order_by(Attachment.id.desc())).first()
    session.rollback()
    assert sign_in_as("songyanqiu").get(f"/app/file/{key}").status_code == 403


@pytest.mark.parametrize("url", ["/app/client/999999/files", "/app/client/99999999999999999999999/files"])
def test_no_file_without_a_record(url: str, admin: FlaskClient, session: Session) -> None:
    before = kept(session)
    assert put(admin, "a.pdf", PDF, url=url).status_code in (404, 422)
    assert kept(session) == before


def test_a_forged_upload_is_refused(sign_in_as: Callable, session: Session) -> None:
    browser, before = sign_in_as("admin"), kept(session)
    del browser.environ_base["HTTP_X_CSRFTOKEN"]
    assert put(browser, "a.pdf", PDF).status_code == 400
    assert kept(session) == before


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']


@pytest.fixture
def dangerous(session: Session) -> list[str]:
    """Inventors whose names a spreadsheet would take for formulas."""
    for name in FORMULAS:
        records.save(session, Inventor, None, {"name": name, "client_id": 1})
    session.rollback()
    return FORMULAS


def test_no_cell_of_an_exported_csv_is_a_formula(admin: FlaskClient, dangerous: list[str]) -> None:
    text = admin.get("/app/inventor/export?format=csv&scope=all").get_data(as_text=True).lstrip("\ufeff")
    cells = {cell for row in csv.reader(io.StringIO(text)) for cell in row}
    assert {f"'{name}" for name in dangerous if not name.startswith("\t")} <= cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_no_cell_of_an_exported_workbook_is_a_formula(admin: FlaskClient, dangerous: list[str]) -> None:
    answer = admin.get("/app/inventor/export?format=xlsx&scope=all")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]
    assert set(dangerous) <= {str(cell.value) for cell in cells}


def test_what_a_client_is_called_does_not_leave_the_sheet_name(admin: FlaskClient, session: Session) -> None:
    records.save(session, Client, 1, {"short_name": "A/B:[C]*?"})
    session.rollback()
    assert load_workbook(io.BytesIO(admin.get("/app/client/export?format=xlsx&scope=all").data)).sheetnames == ["客户"]


def test_the_limits_are_what_the_checks_use() -> None:
    """The bomb of this file is beyond what an archive may unpack to."""
    assert files.ZIP_BYTES < 2**31 - 1
