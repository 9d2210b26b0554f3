"""Importing files into any table: what becomes of each row, and that nothing is half done."""

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.console.exports import FORMULA, write_csv
from app.console.importing import import_file
from app.console.imports import workbooks
from app.console.imports.importer import NO_HEADER, Importer, Wishes
from app.console.imports.rows import Outcome
from app.console.imports.source import read_sheets
from app.console.view import REGISTRY
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus, CaseType
from app.rules.errors import RuleError
from app.rules.party import ClientReview
from app.rules.system import CustomFieldKind, ImportState
from app.services import files, records
from app.services.import_undo import undo
from app.services.refusal import say
from app.services.unit_of_work import SYSTEM, Actor, act_as
from models.audit import AuditEntry
from models.case import Case, CaseApplicant, CaseInventor, Priority
from models.party import Applicant, Client, Contact, Inventor
from models.reference import Holiday
from models.system import Attachment, CustomField, ImportBatch, StoredFile
from tests.services.import_files import (
    AGENCY,
    AGENCY_ROWS,
    LISTED,
    LISTED_ROWS,
    SIPO,
    SIPO_ROWS,
    SIX,
    SIX_ROWS,
    make_csv,
    make_xls,
    make_xlsx,
)

REAL = Path(os.environ.get("PATENTDESK_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "real"
Counts = tuple[int, int, int, int, int]


def bring_in(path: Path, table: str = "case", actor: Actor = SYSTEM, **wishes: Any) -> tuple[Counts, Any, ImportBatch]:
    """Import a file; (read, created, updated, same, refused), the plan, the batch."""
    batch, plan = importer(path, table, actor, **wishes).run()
    return tuple(vars(plan.tally()).values()), plan, batch


def importer(path: Path, table: str = "case", actor: Actor = SYSTEM, **wishes: Any) -> Importer:
    """An import of a file into a table."""
    return Importer(REGISTRY[table].instance(), actor, path, path.name, Wishes(**wishes))


def case_of(session: Session, app_no: str) -> Case:
    """The case of an application number."""
    return session.execute(select(Case).where(Case.app_no == app_no)).scalars().one()


def said(plan: Any) -> list[str]:
    """What refused rows are told, by the field first."""
    return [workbooks.reason({}, error) for row in plan.rows for error in row.errors]


def count(session: Session, model: Any) -> int:
    """How many rows a table has."""
    return session.execute(select(func.count(model.id))).scalar_one()


class TestShapes:
    """The layouts patents come in."""

    def test_six_columns(self, any_session: Session, tmp_path: Path) -> None:
        counts, _plan, _batch = bring_in(make_xlsx(tmp_path / "six.xlsx", [SIX, *SIX_ROWS]))
        assert counts == (3, 3, 0, 0, 0)
        old = case_of(any_session, "85102475")
        assert (old.title, old.patent_type, old.filing_date) == (
            "新型绕线式异步电动机",
            PatentType.INVENTION,
            date(1985, 4, 1),
        )
        design = case_of(any_session, "201330012345.5")
        assert (design.patent_type, design.locarno, design.main_ipc) == (PatentType.DESIGN, "07-02", None)
        assert design.our_ref == "201330012345.5"
        assert design.client_id is None
        assert count(any_session, Applicant) == len({row[2] for row in SIX_ROWS}) + self.before
        assert design.applicant_names == "徐凯军"

    @pytest.fixture(autouse=True)
    def _remember(self, request: pytest.FixtureRequest) -> None:
        names = request.fixturenames
        session = request.getfixturevalue("any_session" if "any_session" in names else "session")
        self.before = count(session, Applicant)

    def test_publication_and_grant_are_one_case(self, any_session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "listed.csv", LISTED, LISTED_ROWS)
        assert bring_in(path)[0] == (3, 2, 1, 0, 0)
        case = case_of(any_session, "201310047841.3")
        assert (case.publication_no, case.publication_date) == ("CN103139210A", date(2013, 6, 5))
        assert (case.grant_no, case.grant_date, case.status) == ("CN103139210B", date(2016, 5, 18), CaseStatus.GRANTED)
        assert (case.agency_name, case.agency_code) == ("深圳市沃德知识产权代理事务所(普通合伙)", "44347")
        assert (case.agent_names, case.applicant_postcode) == ("高杰；于志光", "518000")
        assert (case.applicant_address, case.main_ipc) == ("广东省深圳市罗湖区", "H04L29/06")
        assert [i.inventor.name for i in case.inventors] == ["张元良", "李耀星"]
        assert [(a.position, a.is_first) for a in case.applicants] == [(1, True)]

    def test_names_are_split_and_never_made_twice(self, session: Session, tmp_path: Path) -> None:
        bring_in(make_csv(tmp_path / "listed.csv", LISTED, LISTED_ROWS))
        case = case_of(session, "201621041187.0")
        assert [(a.applicant.name, a.is_first) for a in case.applicants] == [
            ("康佳集团股份有限公司", True),
            ("平安银行股份有限公司", False),
        ]
        names = session.execute(select(Applicant.name).where(Applicant.name == "平安银行股份有限公司")).scalars().all()
        assert names == ["平安银行股份有限公司"]
        assert [(p.prior_app_no, p.prior_country.code) for p in case.priorities] == [("201621030044.X", "CN")]

    def test_an_agency_system(self, session: Session, tmp_path: Path) -> None:
        counts, plan, _batch = bring_in(make_csv(tmp_path / "agency.csv", AGENCY, AGENCY_ROWS))
        assert counts == (5, 2, 0, 1, 2)
        lamp = case_of(session, "201410270596.7")
        assert (lamp.our_ref, lamp.status, lamp.legal_status) == (
            "2015-07-24-002 路灯",
            CaseStatus.GRANTED,
            "专利权维持",
        )
        assert case_of(session, "201520754675.5").status is CaseStatus.FILED
        assert [(row.number, [e.field for e in row.errors]) for row in plan.rows if row.errors] == [
            (5, ["app_no"]),
            (6, ["filing_date"]),
        ]

    def test_a_name_is_no_case_number(self, session: Session, tmp_path: Path) -> None:
        rows = [["201520575576.0", "一种心内科吸氧鼻塞", "实用新型", "2015-07-29", "刘备", "等年登印费", "aaaaa"]]
        _counts, plan, _batch = bring_in(make_csv(tmp_path / "agency.csv", AGENCY, rows))
        case = case_of(session, "201520575576.0")
        assert (case.our_ref, case.remark) == ("201520575576.0", "aaaaa")
        assert [note.name for note in plan.rows[0].notes if note.doubt] == ["our_ref"]

    def test_a_gazette_platform(self, session: Session, tmp_path: Path) -> None:
        counts, plan, _batch = bring_in(make_xlsx(tmp_path / "sipo.xlsx", [SIPO, *SIPO_ROWS]))
        assert counts == (1, 1, 0, 0, 0), said(plan)
        case = case_of(session, "201220249767.4")
        assert (case.patent_no, case.grant_no, case.publication_no) == ("ZL201220249767.4", "CN202644312U", None)
        assert (case.applicant_postcode, case.applicant_address) == ("226634", "江苏省南通市海安县")
        assert case.ipc == "E01B3/32(2006.01)I; E01B3/40(2006.01)I"
        prior = session.execute(select(Priority).where(Priority.case_id == case.id)).scalars().one()
        assert (prior.prior_app_no, prior.prior_filing_date, prior.prior_country.code) == (
            "202012000389.5",
            date(2012, 1, 16),
            "DE",
        )

    @pytest.mark.parametrize(
        ("headers", "rows", "kind"),
        [
            (SIX, SIX_ROWS, "xlsx"),
            (LISTED, LISTED_ROWS, "csv"),
            (AGENCY, AGENCY_ROWS, "csv"),
            (SIPO, SIPO_ROWS, "xlsx"),
        ],
    )
    @pytest.mark.parametrize("mode", ["create", "update"])
    def test_a_second_import_changes_nothing(
        self, session: Session, tmp_path: Path, headers: list[str], rows: list[Any], kind: str, mode: str
    ) -> None:
        path = tmp_path / f"file.{kind}"
        make_xlsx(path, [headers, *rows]) if kind == "xlsx" else make_csv(path, headers, rows)
        first = bring_in(path)[0]
        records_changed = select(func.count(AuditEntry.id)).where(AuditEntry.table != "attachment")  # the file is kept
        lines = session.execute(records_changed).scalar_one()
        second = bring_in(path, mode=mode)[0]
        assert second == (first[0], 0, 0, first[0] - first[4], first[4])
        assert session.execute(records_changed).scalar_one() == lines

    def test_the_header_is_found_below_codes_and_instructions(self, session: Session, tmp_path: Path) -> None:
        path = tmp_path / "messy.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["SHENQINGH$required:true", "NEIBUBH$required:false", "SHENQINGLX$type:list", "FAMINGMC"])
        sheet.merge_range(1, 0, 1, 1, "红色字段为必填字段。注意事项：专利申请号不能重复")
        sheet.merge_range(1, 2, 1, 3, "非必填字段")
        sheet.write_row(2, 0, ["专利申请号", "内部编号", "专利类型", "专利名称"])
        sheet.write_row(3, 0, ["2015207546755", "F2015-1", "新型", "一种煎药器"])
        sheet.merge_range(4, 1, 5, 1, "X-2")
        sheet.write_row(4, 2, ["发明", "一种路灯"])
        sheet.write(4, 0, "2014102705967")
        book.close()
        counts, _plan, _batch = bring_in(path)
        assert counts[:2] == (2, 2)
        assert case_of(session, "201520754675.5").our_ref == "F2015-1"

    def test_the_sheet_with_known_columns_is_taken(self, session: Session, tmp_path: Path) -> None:
        notes = [["说明", "内容"], *([f"第{i}条", "请按此填写"] for i in range(30))]
        path = make_xlsx(tmp_path / "two.xlsx", notes, 案卷=[SIX, *SIX_ROWS])
        assert importer(path).sheet.name == "案卷"
        assert bring_in(path)[0][1] == 3


class TestColumns:
    """What a column of a file becomes."""

    @pytest.mark.parametrize(
        "header",
        [
            "申请号",
            " 申 请 号 ",
            "申请号（必填）",
            "*申请号",
            "專利申請號".replace("專", "专").replace("請號", "请号"),
            "专利申请号：",
        ],
    )
    def test_headers_are_known_however_they_are_written(self, session: Session, tmp_path: Path, header: str) -> None:
        path = make_csv(tmp_path / "a.csv", [header, "名称"], [["2015207546755", "甲"]])
        assert [m.target for m in importer(path).matches] == ["app_no", "title"]

    def test_a_file_without_header_is_refused_with_a_sentence_and_read_once_mapped(
        self, session: Session, tmp_path: Path
    ) -> None:
        rows = [["东北大学, 沈阳", "成都南光机器有限公司", "15"], ["东北大学", "沈阳自动化有限公司", "14"]]
        path = make_csv(tmp_path / "gbk.csv", [], rows, encoding="gbk")
        assert importer(path).header is None
        with pytest.raises(RuleError, match="No column"):
            importer(path).run()
        counts, plan, _batch = bring_in(path, "applicant", mapping={"#2": "name", "#1": "remark"})
        assert counts[0] == 2
        assert [row.values["name"] for row in plan.rows] == ["成都南光机器有限公司", "沈阳自动化有限公司"]

    def test_a_column_of_application_numbers_is_recognised(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", ["编号一", "名称"], [["2015207546755", "甲"], ["2014102705967.0", "乙"]])
        found = importer(path).matches[0]
        assert (found.target, found.guessed) == ("app_no", True)

    def test_twice_the_same_header_is_taken_once(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称", "名称"], [["2015207546755", "甲", "乙"]])
        assert [m.target for m in importer(path).matches] == ["app_no", "title", None]

    def test_constants_fill_what_the_file_lacks(self, session: Session, tmp_path: Path) -> None:
        client = session.execute(select(Client).where(Client.review_status == ClientReview.REVIEWED)).scalars().first()
        path = make_csv(
            tmp_path / "a.csv",
            ["申请号", "名称", "案卷类型"],
            [["2015207546755", "甲", ""], ["2014102705967", "乙", "分案申请"]],
        )
        counts, plan, _batch = bring_in(path, constants={"client": client.client_no, "case_type": "ORDINARY"})
        assert counts[1] + counts[4] == 2
        case = case_of(session, "201520754675.5")
        assert (case.client_id, case.case_type) == (client.id, CaseType.ORDINARY)

    def test_a_constant_for_no_field_is_told(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称"], [["2015207546755", "甲"]])
        with pytest.raises(RuleError, match="nothing"):
            importer(path, constants={"nothing": "1"}).run()

    def test_a_constant_nobody_is_called_refuses_the_rows(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称"], [["2015207546755", "甲"]])
        counts, plan, _batch = bring_in(path, constants={"client": "没有这个客户"})
        assert counts == (1, 0, 0, 0, 1)
        assert [error.field for error in plan.rows[0].errors] == ["client"]

    def test_custom_fields_are_columns_like_others(self, session: Session, tmp_path: Path) -> None:
        session.add(CustomField(table_key="case", code="size", label="规格", kind=CustomFieldKind.INTEGER, active=True))
        session.commit()
        path = make_csv(
            tmp_path / "a.csv",
            ["申请号", "名称", "规格"],
            [["2015207546755", "甲", "12"], ["2014102705967", "乙", "大"]],
        )
        counts, plan, _batch = bring_in(path)
        assert counts == (2, 1, 0, 0, 1)
        assert case_of(session, "201520754675.5").extra == {"size": 12}
        assert bring_in(path)[0] == (2, 0, 0, 1, 1)


class TestCells:
    """What a cell may hold."""

    @pytest.mark.parametrize(
        ("text", "day"),
        [("2012.05.31", date(2012, 5, 31)), ("20120531", date(2012, 5, 31)), ("2012/5/31", date(2012, 5, 31)),
         ("2012年5月31日", date(2012, 5, 31)), ("２０１２－０５－３１", date(2012, 5, 31)), ("42109", date(2015, 4,
             15)),
         ("2012-05-31 00:00:00", date(2012, 5, 31))],
    )  # fmt: skip
    def test_dates_in_every_shape_with_the_repair_told(
        self, session: Session, tmp_path: Path, text: str, day: date
    ) -> None:
        path = make_csv(tmp_path / "a.csv", ["名称", "类型", "申请日"], [["甲", "发明", text]])
        plan = importer(path).plan()
        assert plan.rows[0].values["filing_date"] == day
        assert [(n.name, n.old, n.new) for n in plan.rows[0].notes] == [("filing_date", text, day.isoformat())]

    def test_a_real_date_cell_is_no_repair(self, session: Session, tmp_path: Path) -> None:
        path = make_xlsx(tmp_path / "a.xlsx", [["名称", "类型", "申请日"], ["甲", "发明", date(2015, 3, 10)]])
        row = importer(path).plan().rows[0]
        assert (row.values["filing_date"], row.notes) == (date(2015, 3, 10), [])

    @pytest.mark.parametrize(
        ("column", "text"),
        [("申请日", "2015-13-10"), ("申请日", "昨天"), ("名称", "长" * 10_000), ("申请号", "201520754675.4"),
            ("申请号", "201520754675"[:9]),
         ("类型", "商标"), ("权利要求数", "三"), ("名称", "#REF!"), ("客户简称", "没有这个客户"), ("申请人",
             "名" * 301)],
    )  # fmt: skip
    def test_a_bad_cell_refuses_its_row_only_and_says_where(
        self, session: Session, tmp_path: Path, column: str, text: str
    ) -> None:
        base = {"名称": "甲", "类型": "发明", "申请日": "2015-01-01", "申请号": "", "客户简称": "", "申请人": ""}
        label = REGISTRY["case"].instance().columns()["claims_count"].field.label
        column = label if column == "权利要求数" else column
        rows = [base | {column: text}, base | {"名称": "乙"}]
        headers = list(dict.fromkeys([*base, column]))
        path = make_csv(tmp_path / "a.csv", headers, [[r.get(h, "") for h in headers] for r in rows])
        counts, plan, _batch = bring_in(path)
        assert counts == (2, 1, 0, 0, 1)
        refused = importer(path).targets[plan.rows[0].errors[0].field]
        assert refused.name in {m.target for m in importer(path).matches if m.header == column}

    def test_numbers_in_cells_stay_the_texts_they_are(self, session: Session, tmp_path: Path) -> None:
        path = make_xlsx(
            tmp_path / "a.xlsx",
            [["申请号", "名称", "邮编"], [2015207546755, "甲", 518000], [201410270596.7, 42, 518053]],
        )
        assert bring_in(path)[0] == (2, 2, 0, 0, 0)
        assert case_of(session, "201520754675.5").applicant_postcode == "518000"
        assert case_of(session, "201410270596.7").title == "42"

    def test_formulas_and_invisible_characters_are_harmless_text(self, session: Session, tmp_path: Path) -> None:
        rows = [
            ["2015207546755", '=HYPERLINK("http://x","y")', "@SUM(1)"],
            ["2014102705967", "Ａ\x00Ｂ\u200b　Ｃ", "正常"],
        ]
        assert bring_in(make_csv(tmp_path / "a.csv", ["申请号", "名称", "备注"], rows))[0] == (2, 2, 0, 0, 0)
        assert case_of(session, "201520754675.5").title == '=HYPERLINK("http://x","y")'
        assert case_of(session, "201410270596.7").title == "AB C"

    def test_a_column_of_zeros_and_ones_is_yes_and_no(self, session: Session, tmp_path: Path) -> None:
        client = session.execute(select(Client)).scalars().first()
        rows = [
            ["默认联系人测", 1, client.client_no],
            ["另一个测", 0, client.client_no],
            ["第三个测", "是", client.client_no],
        ]
        path = make_xlsx(tmp_path / "a.xlsx", [["name", "is_default", "client"], *rows])
        counts, plan, _batch = bring_in(path, "contact")
        assert counts[1] == 3, said(plan)
        found = dict(session.execute(select(Contact.name, Contact.is_default).where(Contact.name.like("%测"))).all())
        assert found == {"默认联系人测": True, "另一个测": False, "第三个测": True}


class TestFiles:
    """Files that cannot be read are refused in a sentence; none is half read."""

    HOSTILE: dict[str, Callable[[], bytes]] = {
        "empty.csv": lambda: b"",
        "blank.csv": lambda: b"\n\n , ,\n",
        "header.csv": lambda: "申请号,名称\n".encode(),
        "picture.csv": lambda: b"\x89PNG\r\n\x1a\n" + bytes(200),
        "report.xlsx": lambda: b"%PDF-1.7 ...",
        "book.csv": lambda: b"PK\x03\x04" + bytes(50),
        "page.xls": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        "broken.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "locked.xls": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "word.xlsx": lambda: zipped({"word/document.xml": b"<w/>"}),
        "bomb.xlsx": lambda: zipped({"xl/workbook.xml": b"0" * 30_000_000}),
        "climb.xlsx": lambda: zipped({"xl/workbook.xml": b"<w/>", "../../x": b"1"}),
        "far.xlsx": lambda: zipped({"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": b'<c r="XFD1048576"/>'}),
        "noise.csv": lambda: bytes(range(256)) * 20,
        "page.txt": lambda: b"<!DOCTYPE html><p>1",
        "noname": lambda: b"1,2",
    }

    @pytest.mark.parametrize("name", HOSTILE)
    def test_what_is_no_table_is_refused(self, session: Session, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        path.write_bytes(self.HOSTILE[name]())
        with pytest.raises(RuleError) as refusal:
            bring_in(path)
        assert refusal.value.field == "file"
        assert count(session, ImportBatch) == 0

    def test_too_many_rows_or_columns_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        wide = make_csv(tmp_path / "wide.csv", [str(i) for i in range(400)], [["1"] * 400])
        with pytest.raises(RuleError, match="columns"):
            read_sheets(wide, wide.name)
        monkeypatch.setattr("app.console.imports.source.MAX_ROWS", 2)
        long = make_csv(tmp_path / "long.csv", ["a", "b"], [["1", "2"]] * 3)
        with pytest.raises(RuleError, match="rows"):
            read_sheets(long, long.name)

    def test_workbooks_of_the_old_kind(self, session: Session, tmp_path: Path) -> None:
        """A-2.1.12.2-01: the manual's .xls."""
        path = make_xls(tmp_path / "old.xls", [SIX, *SIX_ROWS])
        assert read_sheets(path, path.name)[0].rows == [SIX, *SIX_ROWS]
        assert bring_in(path)[0][1] == len(SIX_ROWS)

    @pytest.mark.parametrize(
        ("name", "kind"),
        [("a.xls", "xlsx"), ("a.txt", "xlsx"), ("a.xlsx", "xls"), ("a.csv", "xls"), ("a.xls", "csv"), ("a.txt", "csv")],
    )
    def test_a_file_is_what_it_holds_whatever_it_is_called(
        self, session: Session, tmp_path: Path, name: str, kind: str
    ) -> None:
        makers = {"xlsx": make_xlsx, "xls": make_xls, "csv": lambda path, rows: make_csv(path, [], rows)}
        counts, _plan, batch = bring_in(makers[kind](tmp_path / name, [SIX, *SIX_ROWS]))
        assert counts[1] == len(SIX_ROWS)
        (kept, *_more), *others = files.of(session, "import_batch", batch.id)
        assert (kept.name, others) == (name if (name, kind) == ("a.txt", "csv") else f"a.{kind}", [])

    def test_a_text_of_sentences_is_no_table(self, session: Session, tmp_path: Path) -> None:
        path = tmp_path / "blocks.txt"
        path.write_bytes("申请号:名称\nCN85102475:甲\n".encode())
        with pytest.raises(RuleError, match="No column"):
            bring_in(path)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_text_files_of_every_origin(self, tmp_path: Path, encoding: str, delimiter: str) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows(
            [["申请号", "名称"], ["CN85102475", "甲，乙 的; 装置"], ["CN86107860", "丙"]]
        )
        path = tmp_path / "a.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        assert read_sheets(path, path.name)[0].rows[1] == ["CN85102475", "甲，乙 的; 装置"]

    @pytest.mark.parametrize("text", ["+86-10-8888", "=1+1", "-3", "@甲", "＝1", "'引号'", "甲's"])
    def test_an_exported_text_file_comes_back_as_it_was(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        with path.open("wb") as target:
            write_csv(target, ["名称", "电话"], iter([("甲", text)]))
        assert not path.read_text(encoding="utf-8-sig").splitlines()[1].partition(",")[2].startswith(FORMULA)
        assert read_sheets(path, path.name)[0].rows[1] == ["甲", text]


def zipped(entries: dict[str, bytes]) -> bytes:
    """A zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


class TestExisting:
    """Rows whose record is there already."""

    HEAD = ["申请号", "名称", "主分类号", "申请人", "备注"]

    @pytest.fixture(autouse=True)
    def _first(self, session: Session, tmp_path: Path) -> None:
        bring_in(make_csv(tmp_path / "first.csv", self.HEAD, [["2015207546755", "甲", "A61K", "刘备", "原来的"]]))

    def test_adding_only_refuses_what_differs_and_names_it(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "b.csv", self.HEAD, [["2015207546755", "乙", "", "刘备", ""]])
        counts, plan, _batch = bring_in(path)
        assert counts == (1, 0, 0, 0, 1)
        assert plan.rows[0].errors[0].params["fields"] == importer(path).targets["title"].label
        assert case_of(session, "201520754675.5").title == "甲"

    def test_updating_shows_before_it_writes_and_never_empties(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(
            tmp_path / "b.csv",
            self.HEAD,
            [["2015207546755", "乙", "", "刘备;关羽", ""], ["2014102705967", "新", "", "", ""]],
        )
        plan = importer(path, mode="update").plan()
        shown = plan.rows[0].changes
        assert shown["title"] == ("甲", "乙")
        assert set(shown) == {"title", "applicants"}
        assert case_of(session, "201520754675.5").title == "甲"
        assert bring_in(path, mode="update")[0] == (2, 1, 1, 0, 0)
        session.expire_all()
        case = case_of(session, "201520754675.5")
        assert (case.title, case.main_ipc, case.remark, case.version) == ("乙", "A61K", "原来的", 2)
        assert [(a.applicant.name, a.is_first, a.position) for a in case.applicants] == [
            ("刘备", True, 1),
            ("关羽", False, 2),
        ]
        assert case.applicant_names == "刘备；关羽"

    def test_the_state_of_a_case_is_not_changed_by_a_file(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "b.csv", ["申请号", "案件状态"], [["2015207546755", "失效"]])
        bring_in(path, mode="update")
        session.expire_all()
        case = case_of(session, "201520754675.5")
        assert (case.status, case.legal_status) == (CaseStatus.FILED, "失效")

    def test_a_taken_reference_is_refused_here_and_in_the_file(self, session: Session, tmp_path: Path) -> None:
        ref = case_of(session, "201520754675.5").our_ref
        rows = [["2014102705967", "乙", ref], ["2012202497674", "丙", "F-9"], ["2013100478413", "丁", "F-9"]]
        counts, plan, _batch = bring_in(make_csv(tmp_path / "b.csv", ["申请号", "名称", "我方文号"], rows))
        assert counts == (3, 1, 0, 0, 2)
        assert [row.errors[0].field for row in plan.rows if row.errors] == ["our_ref", "our_ref"]

    @pytest.mark.parametrize("mode", ["create", "update"])
    def test_rows_of_one_reference_that_contradict_are_not_taken_for_one(
        self, session: Session, tmp_path: Path, mode: str
    ) -> None:
        headers = ["我方卷号", "名称", "类型", "申请日", "申请人"]
        first = ["F-6", "水泵", "发明", "2020-01-02", "刘备"]
        rows = [first, first, [*first[:4], "关羽"], ["F-6", "风机", "发明", "2020-03-04", "刘备"]]
        counts, plan, batch = bring_in(make_csv(tmp_path / "b.csv", headers, rows), mode=mode)
        assert counts == (4, 1, 1, 1, 1)
        error = plan.rows[3].errors[0]
        assert (error.field, error.params) == ("our_ref", {"row": 2, "fields": "专利名称、申请日"})
        with files.store_of(session).open(session.get(StoredFile, batch.rejected_file_id).sha256) as kept:
            book = openpyxl.load_workbook(io.BytesIO(kept.read()))
        assert [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["风机"]

    def test_a_hidden_record_is_neither_shown_nor_doubled(self, session: Session, tmp_path: Path) -> None:
        stranger = Actor(id=999_999, name="x", sees_all=False, grants=frozenset({("import", "case"), ("edit", "case")}))
        path = make_csv(tmp_path / "b.csv", ["申请号", "名称"], [["2015207546755", "乙"]])
        act_as(session, stranger)
        plan = importer(path, actor=stranger, mode="update").plan()
        act_as(session, SYSTEM)
        assert [row.outcome for row in plan.rows] == [Outcome.REFUSED]
        assert plan.rows[0].changes == {}
        assert case_of(session, "201520754675.5").title == "甲"

    def test_a_hidden_record_is_told_by_what_it_was_found(self, session: Session, tmp_path: Path) -> None:
        records.save(session, Case, None, {"title": "丙", "our_ref": "F-77", "patent_type": PatentType.INVENTION})
        stranger = Actor(id=999_999, name="x", sees_all=False, grants=frozenset({("import", "case"), ("edit", "case")}))
        rows = [["2015207546755", "", "乙"], ["2014102705967", "F-77", "丙"], ["", "F-77", "丙"]]
        for part, field in ((rows[:1], "app_no"), (rows[1:2], "our_ref"), (rows[2:], "our_ref")):
            path = make_csv(tmp_path / "b.csv", ["申请号", "我方文号", "名称"], part)
            act_as(session, stranger)
            plan = importer(path, actor=stranger, mode="update").plan()
            act_as(session, SYSTEM)
            assert [error.field for error in plan.rows[0].errors] == [field], part

    def test_rows_without_a_number_are_recognised_by_title(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "b.csv", ["名称", "类型"], [["还没申请的", "发明"]])
        assert bring_in(path)[0] == (1, 1, 0, 0, 0)
        assert bring_in(path)[0] == (1, 0, 0, 1, 0)


class TestWriting:
    """What is written, and with what traces."""

    def test_every_record_has_its_line_of_history(self, any_session: Session, tmp_path: Path) -> None:
        _counts, _plan, batch = bring_in(make_csv(tmp_path / "a.csv", LISTED, LISTED_ROWS))
        lines = any_session.execute(
            select(AuditEntry.table, func.count()).where(AuditEntry.batch == batch.mark).group_by(AuditEntry.table)
        )
        made = dict(lines.all())
        assert made["patent_case"] == 2
        assert made["case_inventor"] == 3
        case = case_of(any_session, "201310047841.3")
        entry = any_session.execute(
            select(AuditEntry).where(AuditEntry.table == "patent_case", AuditEntry.record_id == case.id)
        ).scalars().one()  # fmt: skip
        assert entry.changes["grant_date"] == [None, "2016-05-18"]
        assert entry.changes["patent_type"] == [None, "INVENTION"]
        assert entry.action == "insert"
        assert case.pinyin == "yzaqrzff"

    def test_records_imported_and_typed_are_alike(self, session: Session, tmp_path: Path) -> None:
        bring_in(make_csv(tmp_path / "a.csv", ["申请号", "名称", "类型"], [["2015207546755", "甲", "发明"]]))
        typed = records.save(
            session, Case, None, {"title": "甲", "patent_type": PatentType.INVENTION, "app_no": "201410270596.7"}
        )
        imported = case_of(session, "201520754675.5")
        own = {"id", "our_ref", "case_no", "app_no", "status", "created_at", "updated_at"}
        for column in set(Case.__table__.columns.keys()) - own:
            assert getattr(imported, column) == getattr(typed, column), column
        assert imported.case_no < typed.case_no

    def test_a_later_record_gets_the_next_id(self, any_session: Session, tmp_path: Path) -> None:
        bring_in(make_csv(tmp_path / "a.csv", AGENCY, AGENCY_ROWS))
        saved = records.save(any_session, Case, None, {"title": "后来", "patent_type": PatentType.DESIGN})
        assert saved.id == any_session.execute(select(func.max(Case.id))).scalar_one()

    def test_tables_with_rules_on_saving_keep_them(self, any_session: Session, tmp_path: Path) -> None:
        path = make_csv(
            tmp_path / "c.csv",
            ["客户全称", "客户简称", "登记状态"],
            [["甲乙丙有限公司", "甲乙丙", ""], ["丁有限公司", "丁", ""]],
        )
        assert bring_in(path, "client")[0] == (2, 2, 0, 0, 0)
        found = any_session.execute(select(Client).where(Client.short_name.in_(["甲乙丙", "丁"]))).scalars().all()
        assert all(client.client_no and client.registered_on for client in found)
        assert len({client.client_no for client in found}) == 2

    def test_a_rule_of_the_table_refuses_its_row_only_and_is_told_before(
        self, any_session: Session, tmp_path: Path
    ) -> None:
        before = count(any_session, Holiday)
        rows = [
            ["2031-01-01", "FIRM_HOLIDAY", ""],
            ["2031-01-02", "STATUTORY_OFF", ""],
            ["2031-01-03", "FIRM_HOLIDAY", ""],
        ]
        path = make_csv(tmp_path / "h.csv", ["day", "kind", "source"], rows)
        shown = importer(path, "holiday").plan()
        assert [row.outcome.value for row in shown.rows] == ["created", "refused", "created"]
        assert count(any_session, Holiday) == before
        counts, plan, _batch = bring_in(path, "holiday")
        assert counts == (3, 2, 0, 0, 1)
        assert [error.field for error in plan.rows[1].errors] == ["source"]
        assert count(any_session, Holiday) == before + 2

    def test_all_or_nothing(self, session: Session, tmp_path: Path) -> None:
        before = count(session, Case)
        path = make_csv(tmp_path / "a.csv", AGENCY, AGENCY_ROWS)
        with pytest.raises(RuleError, match="2 rows"):
            importer(path).run(all_or_nothing=True)
        assert (count(session, Case), count(session, ImportBatch)) == (before, 0)

    def test_a_failure_leaves_nothing_behind(
        self, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = count(session, Case), count(session, Applicant), count(session, AuditEntry)
        monkeypatch.setattr("app.console.imports.importer.keep_batch", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            importer(make_csv(tmp_path / "a.csv", LISTED, LISTED_ROWS)).run()
        assert (count(session, Case), count(session, Applicant), count(session, AuditEntry)) == before

    def test_the_file_stays_with_its_batch(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "agency.csv", AGENCY, AGENCY_ROWS)
        _counts, _plan, batch = bring_in(path)
        [(kept, size, _who)] = files.of(session, "import_batch", batch.id)
        assert (kept.name, size) == ("agency.csv", path.stat().st_size)

    def test_progress_is_told(self, session: Session, tmp_path: Path) -> None:
        told: list[tuple[int, int]] = []
        importer(make_csv(tmp_path / "a.csv", LISTED, LISTED_ROWS)).run(
            tell=lambda done, total, what: told.append((done, total))
        )
        assert told == sorted(told)
        assert told[-1] == (200, 200)

    def test_refused_rows_come_back_as_given_and_can_be_sent_again(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", AGENCY, AGENCY_ROWS)
        done = import_file(session, "case", path, mode="create", constants={}, mapping=None)
        assert (done.read, done.created, done.same, done.refused) == (5, 2, 1, 2)
        assert done.refused_file.parent == path.parent
        sheet = openpyxl.load_workbook(done.refused_file).active
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0][: len(AGENCY)] == tuple(AGENCY)
        assert rows[1][0] == "201520575576.9"
        assert rows[1][-2] == 5
        assert "201520575576" in rows[1][-1]
        sheet["A2"] = "201520575576.0"
        sheet.parent.save(tmp_path / "again.xlsx")
        assert bring_in(tmp_path / "again.xlsx")[0] == (2, 1, 0, 0, 1)


class TestUndo:
    """Taking an import back."""

    def test_what_was_made_goes_and_what_was_changed_comes_back(self, any_session: Session, tmp_path: Path) -> None:
        session = any_session
        bring_in(make_csv(tmp_path / "a.csv", ["申请号", "名称", "申请人"], [["2015207546755", "甲", "刘备"]]))
        before = count(session, Case), count(session, Applicant), count(session, CaseApplicant)
        rows = [["2015207546755", "乙", "刘备;关羽"], ["2014102705967", "新", "张飞"]]
        _counts, _plan, batch = bring_in(
            make_csv(tmp_path / "b.csv", ["申请号", "名称", "申请人"], rows), mode="update"
        )
        done = undo(session, batch.id)
        assert (done.removed, done.restored, done.kept) == (1, 1, [])
        session.expire_all()
        assert (count(session, Case), count(session, Applicant), count(session, CaseApplicant)) == before
        case = case_of(session, "201520754675.5")
        assert (case.title, case.applicant_names) == ("甲", "刘备")
        assert session.get(ImportBatch, batch.id).state is ImportState.UNDONE
        with pytest.raises(RuleError, match="already"):
            undo(session, batch.id)

    @pytest.mark.parametrize("touch", ["value", "child", "new child", "file"])
    def test_what_was_touched_since_stays_and_is_listed(self, session: Session, tmp_path: Path, touch: str) -> None:
        _counts, _plan, batch = bring_in(make_csv(tmp_path / "a.csv", LISTED, LISTED_ROWS))
        case = case_of(session, "201310047841.3")
        if touch == "value":
            records.save(session, Case, case.id, {"remark": "看过了"})
        elif touch == "child":
            case.inventors[0].position = 9
            session.commit()
        elif touch == "new child":
            inventor = Inventor(name="后来的人")
            session.add(inventor)
            session.flush()
            session.add(CaseInventor(case_id=case.id, inventor_id=inventor.id, position=7))
            session.commit()
        else:
            attach(session, "case", case.id)
        done = undo(session, batch.id)
        assert (done.removed, done.kept) == (1, [(case.id, case.our_ref)])
        session.expire_all()
        assert [i.inventor.name for i in case_of(session, "201310047841.3").inventors][:1] == [
            "张元良"
        ] or touch == "child"


def attach(session: Session, table: str, record_id: int) -> None:
    """Put a file on a record."""
    stored = StoredFile(sha256="0" * 64, size=1, mime="text/plain")
    session.add(stored)
    session.flush()
    session.add(Attachment(table_key=table, record_id=record_id, name="a.txt", file_id=stored.id))
    session.commit()


class TestTemplate:
    """The workbook to fill in."""

    @pytest.mark.parametrize("table", ["case", "client", "applicant", "country"])
    def test_it_imports_what_was_filled_in_and_never_its_example(
        self, session: Session, tmp_path: Path, table: str
    ) -> None:
        view = REGISTRY[table].instance()
        path = tmp_path / "template.xlsx"
        with workbooks.template(view, importer(path, table).targets) as made:
            path.write_bytes(made.read())
        book = openpyxl.load_workbook(path)
        assert len(book.sheetnames) == 2
        assert all(m.target for m in importer(path, table).matches)
        assert not importer(path, table).missing()
        assert bring_in(path, table)[0] == (1, 0, 0, 0, 1)

    def test_choices_are_lists_to_choose_from(self, session: Session, tmp_path: Path) -> None:
        path = tmp_path / "template.xlsx"
        with workbooks.template(REGISTRY["case"].instance(), importer(path).targets) as made:
            path.write_bytes(made.read())
        rules = openpyxl.load_workbook(path).worksheets[0].data_validations.dataValidation
        assert any("发明" in (rule.formula1 or "") for rule in rules)


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real files are not at {REAL}")
class TestRealFiles:
    """Files nobody here wrote."""

    FILES = {
        "patents_mining_6col.xlsx": (4887, 4887, 0, 0, 0),
        "patents_listed_companies.csv": (2789, 2530, 259, 0, 0),
        "patents_agency_dump.csv": (4451, 4446, 1, 4, 0),
        "patents_sipo_export_25col.xlsx": (144, 144, 0, 0, 0),
    }

    @pytest.mark.parametrize("name", FILES)
    def test_patents(self, session: Session, name: str) -> None:
        counts, plan, _batch = bring_in(REAL / name)
        assert counts == self.FILES[name], said(plan)[:5]
        cases = count(session, Case)
        assert len(set(session.execute(select(Applicant.name)).scalars())) == count(session, Applicant)
        again, _plan, _batch = bring_in(REAL / name)
        assert again == (counts[0], 0, 0, counts[0] - counts[4], counts[4])
        assert count(session, Case) == cases

    @pytest.mark.parametrize("path", sorted((REAL / "messy_xls").glob("*")), ids=lambda p: p.name)
    def test_messy_ones_are_read_or_refused_in_a_sentence(self, session: Session, path: Path) -> None:
        try:
            counts, plan, _batch = bring_in(path)
        except RuleError as error:
            sentence = say(error)
        else:
            assert counts[0] == sum(counts[1:])
            assert all(row.errors for row in plan.rows if row.outcome is Outcome.REFUSED)
            sentence = "".join(workbooks.reason({}, row.errors[0]) for row in plan.rows if row.errors) or "读"
        assert re.search("[\u4e00-\u9fff]", sentence)

    def test_other_tables_refuse_what_is_not_theirs(self, session: Session) -> None:
        with pytest.raises(RuleError, match="No column"):
            bring_in(REAL / "patents_listed_companies_blocks.txt")


def test_no_header_is_a_wish(session: Session, tmp_path: Path) -> None:
    path = make_csv(tmp_path / "a.csv", [], [["申请号", "名称"], ["2015207546755", "甲"]])
    counts, _plan, _batch = bring_in(path, header=NO_HEADER, mapping={"#1": "app_no", "#2": "title"})
    assert counts == (2, 1, 0, 0, 1)
