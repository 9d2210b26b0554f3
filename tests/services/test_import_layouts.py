"""Lists of patents in other layouts: the same few patents as offices, databases and clerks write them down."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.console.importing import import_file
from app.console.imports.headers import Vocabulary
from app.rules.application_number import PatentType
from app.rules.case import CaseStatus, FeeReduction, FilingDirection
from app.rules.errors import RuleError
from app.rules.party import ClientType
from app.services.unit_of_work import Actor
from models.case import Case
from models.party import Client
from models.reference import Country
from tests.services.import_files import make_csv, make_xlsx
from tests.services.test_imports import bring_in, case_of, importer, said

LAMP = {
    "app_no": "201410270596.7", "title": "一种风能LED路灯", "filing_date": "2014-06-17", "applicants": "甲公司；乙大学",
    "inventors": "张三；李四",
}  # fmt: skip
DAY = date(2014, 6, 17)

#: Headers and one row each, of one and the same patent; what becomes of the columns besides those of `LAMP`.
LAYOUTS: dict[str, tuple[list[str], list[Any], dict[str, Any]]] = {
    "office search": (
        ["序号", "申请号", "申请日", "公开（公告）号", "发明名称", "申请（专利权）人", "发明人", "申请人邮编"],
        [1, "CN2014102705967", "2014.06.17", "CN104000000A", "一种风能LED路灯", "甲公司; 乙大学; ", "张三;李四;", "1"],
        {"publication_no": "CN104000000A", "applicant_postcode": "1"},
    ),
    "incoPat": (
        ["标题 (英文)", "标题 (中文)", "当前权利人", "申请人", "第一申请人", "申请号", "申请日", "发明(设计)人",
         "IPC主分类"],
        ["A lamp", "一种风能LED路灯", "丙", "甲公司; 乙大学", "甲公司", "CN201410270596.7", "20140617", "张三; 李四",
         "F21S9/04"],
        {"title_en": "A lamp", "main_ipc": "F21S9/04"},
    ),
    "PatSnap": (
        ["[标]当前申请(专利权)人", "[标]原始申请(专利权)人", "标题", "申请号", "申请日", "发明人", "简单法律状态",
         "专利类型"],
        ["丙", "甲公司 | 乙大学", "一种风能LED路灯", "CN201410270596A", DAY, "张三 | 李四", "有效", "授权发明"],
        {"legal_status": "有效", "status": CaseStatus.GRANTED},
    ),
    "patent number only": (
        ["专利名称", "专利号", "申请人/专利权人", "发明人/设计人", "申请日期", "专利状态"],
        ["一种风能LED路灯", "ZL201410270596.7", "甲公司、乙大学", "张三、李四", "2014年6月17日", "失效-未缴年费"],
        {"patent_no": "ZL201410270596.7", "status": CaseStatus.CLOSED},
    ),
    "English": (
        ["Application Number", "Title (Original)", "Assignee", "Inventor(s)", "Application Date", "Grant Number"],
        ["CN201410270596.7", "一种风能LED路灯", "甲公司\n乙大学", "张三\n李四", "June 17, 2014", "CN104000000B"],
        {"grant_no": "CN104000000B"},
    ),
    "traditional": (
        ["申請號", "專利名稱", "申請人", "發明人", "申請日", "專利類型"],
        ["201410270596.7", "一种风能LED路灯", "甲公司；乙大学", "张三；李四", "2014/6/17", "發明"],
        {},
    ),
    "numbered and starred": (
        ["1、*申请（专利）号", "2．专利名称\n（必填）", "（3）申 请 人", "④发明人　", "5.申请年月日"],
        ["ZL 2014 1 0270596.7", "一种风能LED路灯", "1.甲公司 2.乙大学", "①张三②李四等", "2014-06-17 00:00:00"],
        {},
    ),
    "open data": (
        ["专利（申请）号", "专利（申请）名称", "专利权人", "设计人", "申请日期", "专利类别"],
        ["201410270596·7", "一种风能LED路灯", "甲公司，乙大学", "张三 李四", 41807, "发明专利授权"],
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_one_patent_in_every_layout(session: Session, tmp_path: Path, name: str) -> None:
    headers, row, more = LAYOUTS[name]
    path = make_xlsx(tmp_path / "a.xlsx", [headers, row])
    counts, plan, _batch = bring_in(path)
    assert counts == (1, 1, 0, 0, 0), said(plan)
    case = case_of(session, LAMP["app_no"])
    assert (case.title, case.filing_date, case.patent_type) == (LAMP["title"], DAY, PatentType.INVENTION)
    assert (case.applicant_names, case.inventor_names) == (LAMP["applicants"], LAMP["inventors"])
    assert {column: getattr(case, column) for column in more} == more
    assert bring_in(path)[0] == (1, 0, 0, 1, 0)


class TestHeaders:
    """Names of columns and where they stand."""

    @pytest.mark.parametrize(
        ("header", "forms"),
        [
            ("1、申请号", ["申请号"]), ("（2）申 请 人", ["申请人"]), ("③發明人", ["发明人"]),
            ("申请日(yyyy-mm-dd)", ["申请日yyyymmdd", "申请日"]), ("申请（授权）日", ["申请授权日"]),
            ("3D打印", ["3d打印"]),
        ],
    )  # fmt: skip
    def test_what_surrounds_a_name_is_left_out(self, header: str, forms: list[str]) -> None:
        assert Vocabulary({}, apart=("授权",)).spellings(header) == forms

    def test_two_lines_are_one_name_where_only_that_is_known(self, session: Session, tmp_path: Path) -> None:
        rows = [
            ["2014 年专利台账", "", "", "", ""],
            ["序号", "专利名称", "申请", "", "申请人"],
            ["", "", "号", "日", ""],
            [1, LAMP["title"], LAMP["app_no"], LAMP["filing_date"], "甲公司"],
        ]
        path = tmp_path / "a.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
        sheet.merge_range(1, 2, 1, 3, "申请")
        book.close()
        assert importer(path).headers == ["", "专利名称", "申请号", "申请日", "申请人"]
        assert bring_in(path)[0] == (1, 1, 0, 0, 0)
        assert case_of(session, LAMP["app_no"]).filing_date == DAY

    def test_a_row_with_blanks_below_the_header_is_data(self) -> None:
        rows = [["申请号", "名称", "申请人"], ["201410270596.7", "", ""], ["201410270597.1", "甲", "乙"]]
        assert Vocabulary({"申请号": "app_no", "名称": "title", "申请人": "applicants"}).find_header(rows) == 0

    def test_of_several_names_of_a_field_the_surest_is_taken(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", ["第一申请人", "专利权人", "申请人", "名称"], [["甲", "丙", "甲;乙", "灯"]])
        found = importer(path)
        assert [match.target for match in found.matches] == [None, None, "applicants", "title"]
        assert found.left_out() == ["第一申请人", "专利权人"]

    def test_a_column_that_holds_anything_anywhere_is_named(self, session: Session, tmp_path: Path) -> None:
        rows = [["灯", ""] for _ in range(400)]
        rows[-1][1] = "D1"
        assert importer(make_csv(tmp_path / "a.csv", ["名称", "光盘号"], rows)).left_out() == ["光盘号"]

    def test_numbers_of_the_agency_are_no_publications(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(
            tmp_path / "a.csv", ["XH", "名称", "PN"], [["SZ001", "灯", "CN104000000A"], ["SZ002", "盏", ""]]
        )
        assert [match.target for match in importer(path).matches] == [None, "title", "announced_no"]


class TestAsides:
    """Rows that are no records are refused by name."""

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            (["申请号", "名称", "类型"], "repeats"), (["(1)", "（2）", "3"], "counts"), (["合计", "", "6件"], "total"),
            (["备注：截至年底"] * 3, "total"), (["", "例：一种装置", "发明"], "total"),
            (["总 计：2件", "", ""], "total"),
        ],
    )  # fmt: skip
    def test_names_counts_totals_and_remarks(self, session: Session, tmp_path: Path, row: list[str], why: str) -> None:
        good = [LAMP["app_no"], "总计数器：一种", "发明"]
        counts, plan, _batch = bring_in(make_csv(tmp_path / "a.csv", ["申请号", "名称", "类型"], [good, row]))
        assert counts == (2, 1, 0, 0, 1)
        assert [why in error.message for error in plan.rows[1].errors] == [True]


class TestCells:
    """Cells that say that they are empty, or hold no value."""

    @pytest.mark.parametrize("text", ["—", "无", "/", "N/A", "0000-00-00", "1900-01-00"])
    def test_a_word_for_nothing_is_an_empty_cell_and_told(self, session: Session, tmp_path: Path, text: str) -> None:
        row = [LAMP["app_no"], "灯", text, "无", "NULL"]
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称", "申请日", "发明人", "代理机构"], [row])
        counts, plan, _batch = bring_in(path)
        assert counts == (1, 1, 0, 0, 0)
        assert {note.name for note in plan.rows[0].notes} == {"filing_date", "inventors", "agency_name", "our_ref"}
        case = case_of(session, LAMP["app_no"])
        assert (case.filing_date, case.inventor_names, case.agency_name) == (None, None, None)

    def test_formulas_that_failed_or_have_no_value_refuse_their_rows(self, session: Session, tmp_path: Path) -> None:
        path = make_xlsx(tmp_path / "a.xlsx", [["名称", "类型"], *(["灯", "发明"] for _ in range(4))])
        cells = {"A2": '<c r="A2" t="e"><v>#N/A</v></c>', "A3": '<c r="A3"><f>B3&amp;"x"</f><v></v></c>',
                 "A4": '<c r="A4" t="str"><f>B4</f><v>灯泡</v></c>', "A5": '<c r="A5" t="b"><v>1</v></c>'}  # fmt: skip
        change_cells(path, cells)
        counts, plan, _batch = bring_in(path)
        assert counts == (4, 1, 0, 0, 3)
        reasons = [row.errors[0].message for row in plan.rows if row.errors]
        assert ["failed formula" in reasons[0], "has no value" in reasons[1], "TRUE" in reasons[2]] == [True] * 3
        assert plan.rows[1].cells[0] == '=B3&"x"'

    @pytest.mark.parametrize(
        ("text", "told"),
        [("张三;李四;", False), ("张三、李四", False), ("张三 李四", True), ("张三/李四", True), ("张三;李四等", True),
         ("1.张三 2.李四", True), ("张  三", True), ("欧阳 小明", False), ("张三;张三", True),
         ("约翰 史密斯", True)],
    )  # fmt: skip
    def test_names_that_are_not_simply_divided_are_told(
        self, session: Session, tmp_path: Path, text: str, told: bool
    ) -> None:
        plan = importer(make_csv(tmp_path / "a.csv", ["名称", "类型", "发明人"], [["灯", "发明", text]])).plan()
        assert [note.name for note in plan.rows[0].notes] == ["inventors"] * told

    def test_one_applicant_a_row_is_one_case_with_all(self, session: Session, tmp_path: Path) -> None:
        headers = ["申请号", "名称", "申请人", "发明人"]
        rows = [[LAMP["app_no"], "灯", "甲公司", "张三"], [LAMP["app_no"], "灯", "乙大学", "张三"],
                [LAMP["app_no"], "别的灯", "丙", "张三"]]  # fmt: skip
        path = make_csv(tmp_path / "a.csv", headers, rows)
        counts, plan, _batch = bring_in(path)
        assert counts == (3, 1, 1, 1, 0)
        case = case_of(session, LAMP["app_no"])
        assert [(a.applicant.name, a.position, a.is_first) for a in case.applicants] == [
            ("甲公司", 1, True),
            ("乙大学", 2, False),
        ]
        assert {note.name for note in plan.rows[2].notes if note.doubt} == {"title", "applicants"}
        assert bring_in(path)[0] == (3, 0, 0, 3, 0)

    def test_who_adds_names_to_the_case_of_another_row_says_so(self, session: Session, tmp_path: Path) -> None:
        rows = [["D1", "灯", "发明", "甲公司", ""], ["D1", "灯", "发明", "乙大学", "张三"]]
        path = make_csv(tmp_path / "a.csv", ["案号", "名称", "类型", "申请人", "发明人"], rows)
        counts, plan, _batch = bring_in(path)
        assert counts == (2, 1, 1, 0, 0)
        assert [(note.name, note.params) for note in plan.rows[1].notes] == [
            ("applicants", {"row": 2}),
            ("inventors", {"row": 2}),
        ]

    @pytest.mark.parametrize("word", ["无", "空", "待定"])
    def test_a_word_for_nothing_may_be_a_title_or_a_name_of_a_dictionary(
        self, session: Session, tmp_path: Path, word: str
    ) -> None:
        path = make_csv(tmp_path / "a.csv", ["名称", "类型", "备案号"], [[word, "发明", ""], ["—", "发明", ""]])
        counts, plan, _batch = bring_in(path)
        assert counts == (2, 1, 0, 0, 1), said(plan)
        assert session.execute(select(Case.title).order_by(Case.id.desc())).scalars().first() == word
        countries = make_csv(tmp_path / "b.csv", ["代码", "名称", "英文名称"], [["XX", word, "-"]])
        assert bring_in(countries, "country")[0] == (1, 1, 0, 0, 0)
        made = session.execute(select(Country).where(Country.code == "XX")).scalars().one()
        assert (made.name, made.name_en) == (word, "-")

    def test_a_closed_list_has_its_own_word_for_nothing(self, session: Session, tmp_path: Path) -> None:
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称", "费减"], [[LAMP["app_no"], "灯", "无"]])
        assert bring_in(path)[0] == (1, 1, 0, 0, 0)
        assert case_of(session, LAMP["app_no"]).fee_reduction is FeeReduction.NONE

    @pytest.mark.parametrize("text", ["授权-失效", "授权;终止;权利恢复"])
    def test_how_a_state_was_read_is_said(self, session: Session, tmp_path: Path, text: str) -> None:
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称", "法律状态"], [[LAMP["app_no"], "灯", text]])
        done = import_file(session, "case", path, mode="create", constants={}, mapping=None)
        assert done.created == 1
        assert any(text in remark for remark in done.remarks)

    @pytest.mark.parametrize(("code", "counts"), [("CN", (2, 1, 0, 0, 1)), ("US", (2, 1, 0, 0, 1))])
    def test_a_country_chosen_for_all_rows_counts_as_one_in_a_cell(
        self, session: Session, tmp_path: Path, code: str, counts: Any
    ) -> None:
        chosen = session.execute(select(Country.id).where(Country.code == code)).scalar_one()
        rows = [["85102475.1", "灯", "发明"], ["201410270596.7", "泵", "发明"]]
        path = make_csv(tmp_path / "a.csv", ["申请号", "名称", "类型"], rows)
        found, plan, _batch = bring_in(path, constants={"target_country": f"#{chosen}"})
        assert found == counts, said(plan)
        made = session.execute(select(Case).order_by(Case.id.desc())).scalars().first()
        abroad = FilingDirection.OUTBOUND if code == "US" else FilingDirection.DOMESTIC
        assert (made.target_country.code, made.direction) == (code, abroad)

    def test_foreign_cases_keep_their_numbers(self, session: Session, tmp_path: Path) -> None:
        headers = ["卷号", "国家", "申请号", "名称", "类型"]
        rows = [["F1", "美国", "14/123,456", "A", "发明"], ["F2", "", "EP12345678.9", "B", "发明"],
                ["F3", "台湾", "TW101123456", "C", "发明"], ["F4", "中国", "14/123,456", "D", "发明"],
                ["F5", "", "新申请", "E", "发明"], ["F6", "台湾", "90123456", "F", "发明"]]  # fmt: skip
        counts, plan, _batch = bring_in(make_csv(tmp_path / "a.csv", headers, rows))
        assert counts == (6, 5, 0, 0, 1), said(plan)
        cases = [case_of(session, number) for number in ("14/123,456", "EP12345678.9", "TW101123456", "90123456")]
        assert [case.target_country.code for case in cases] == ["US", "EP", "TW", "TW"]
        assert {case.direction for case in cases} == {FilingDirection.OUTBOUND}
        assert [error.field for error in plan.rows[3].errors] == ["app_no"]


class TestTexts:
    """Text files as systems and spreadsheets write them."""

    HEADER = "申请号,名称,申请人"

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ('201410270596.7,"灯,甲\n85102475,泵,乙\n', "灯"),
            ('201410270596.7,"灯"的"盏",甲\n85102475,泵,乙\n', '灯"的"盏"'),
            ('="2014102705967",灯,甲\n85102475,泵,乙\n', "灯"), ("\t2014102705967,灯,甲,,\n85102475,泵,乙,,\n", "灯"),
        ],
    )  # fmt: skip
    def test_no_line_is_swallowed(self, session: Session, tmp_path: Path, text: str, title: str) -> None:
        path = tmp_path / "a.csv"
        path.write_text(f"{self.HEADER}\n{text}", encoding="utf-8")
        assert bring_in(path)[0] == (2, 2, 0, 0, 0)
        assert case_of(session, LAMP["app_no"]).title.removesuffix('"') == title.removesuffix('"')

    def test_quotes_that_pair_nowhere_refuse_the_file(self, session: Session, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text(f'{self.HEADER}\n85102475,"灯,"泵,乙\n86107860,"甲, 乙"丙,丁\n', encoding="utf-8")
        with pytest.raises(RuleError, match="quotation marks"):
            bring_in(path)

    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
    def test_every_usual_encoding(self, session: Session, tmp_path: Path, encoding: str) -> None:
        row = [LAMP["app_no"], "新型馬達裝置", "台灣積體電路製造股份有限公司"]
        assert bring_in(make_csv(tmp_path / "a.csv", ["申請號", "專利名稱", "申請人"], [row], encoding))[0][1] == 1
        assert case_of(session, LAMP["app_no"]).title == row[1]


class TestOtherTables:
    """Lists of clients and people, countries and days off."""

    CLIENTS = (
        ["序号", "客户名称", "统一社会信用代码", "客户类型", "电子邮箱", "邮政编码", "所在省"],
        [1, "测试甲有限公司", "91440300MA5F00000X", "企业", "a@b.com", "518000.0", "广东"],
        [2, "测试乙", "—", "个人", "", 518000, "北京"],
        ["合计", "2家"],
    )

    def test_clients(self, session: Session, tmp_path: Path) -> None:
        path = make_xlsx(tmp_path / "a.xlsx", self.CLIENTS)
        counts, plan, _batch = bring_in(path, "client")
        assert counts == (3, 2, 0, 0, 1), said(plan)
        found = session.execute(select(Client).where(Client.name.like("测试%")).order_by(Client.id)).scalars().all()
        assert [(c.client_type, c.postcode, c.province.name) for c in found] == [
            (ClientType.APPLICANT_ORGANIZATION, "518000", "广东省"),
            (ClientType.APPLICANT_PERSON, "518000", "北京市"),
        ]
        assert bring_in(path, "client")[0] == (3, 0, 0, 2, 1)

    @pytest.mark.parametrize(
        ("province", "city", "found"),
        [
            ("深圳", "", ("广东省", "深圳市")), ("大连市", "", ("辽宁省", "大连市")),
            ("宁波", "宁波市", ("浙江省", "宁波市")),
        ],
    )  # fmt: skip
    def test_a_city_in_place_of_its_province(
        self, session: Session, tmp_path: Path, province: str, city: str, found: tuple[str, str]
    ) -> None:
        path = make_xlsx(tmp_path / "a.xlsx", [["客户全称", "省份", "城市"], ["测试戊", province, city]])
        _counts, plan, _batch = bring_in(path, "client", constants={"client_type": "APPLICANT_PERSON"})
        client = session.execute(select(Client).where(Client.name == "测试戊")).scalars().one()
        assert (client.province.name, client.city.name) == found
        assert [(n.name, n.new) for n in plan.rows[0].notes] == [("province", found[0])]

    @pytest.mark.parametrize("right", ["read_only", "hidden"])
    def test_what_follows_for_a_column_closed_to_the_actor_is_left_out(
        self, session: Session, tmp_path: Path, right: str
    ) -> None:
        closed: dict[str, Any] = {right: frozenset({("client", "city")})}
        path = make_xlsx(tmp_path / "a.xlsx", [["客户全称", "省份"], ["测试戊", "深圳"]])
        actor = Actor(grants=frozenset({("import", "client"), ("read", "client")}), **closed)
        _counts, plan, _batch = bring_in(path, "client", actor, constants={"client_type": "APPLICANT_PERSON"})
        client = session.execute(select(Client).where(Client.name == "测试戊")).scalars().one()
        assert (client.province.name, client.city) == ("广东省", None)
        assert [(n.name, n.doubt, n.params.get("field")) for n in plan.rows[0].notes] == [
            ("province", False, None),
            ("province", True, "市"),
        ]

    def test_a_number_that_lost_its_last_digits_is_refused(self, session: Session, tmp_path: Path) -> None:
        rows = [["发明人", "身份证号码"], ["测试丙", 440301199001011234], ["测试丁", "44030119900101123X"]]
        counts, plan, _batch = bring_in(
            make_xlsx(tmp_path / "a.xlsx", rows), "inventor", constants={"client": "KH00001"}
        )
        assert counts == (2, 1, 0, 0, 1)
        assert [error.field for error in plan.rows[0].errors] == ["id_no"]

    def test_days_off_are_the_same_the_second_time(self, session: Session, tmp_path: Path) -> None:
        rows = [["2027-10-01", "国庆节", "休", "国办发明电"], ["2027-10-09", "国庆节", "班", "国办发明电"]]
        path = make_csv(tmp_path / "a.csv", ["日期", "名称", "休/班", "依据"], rows)
        assert bring_in(path, "holiday")[0] == (2, 2, 0, 0, 0)
        assert bring_in(path, "holiday")[0] == (2, 0, 0, 2, 0)
        own = make_csv(tmp_path / "b.csv", ["日期", "名称"], [["2027-11-01", "本所放假"]])
        assert bring_in(own, "holiday")[0] == (1, 1, 0, 0, 0)
        assert bring_in(own, "holiday")[0] == (1, 0, 0, 1, 0)

    @pytest.mark.parametrize(
        ("table", "headers", "targets"),
        [
            ("contact", ["客户名称", "联系人", "职务", "手机号码", "办公电话", "电子邮箱", "性别"],
             ["client", "name", "department_title", "mobile", "phone", "email", None]),
            ("applicant", ["申请人名称", "申请人类型", "统一社会信用代码", "国籍", "省份", "通讯地址", "费减备案"],
             ["name", "applicant_type", "certificate_no", "country", "province", "address", "fee_reduction_filed"]),
            ("country", ["国家代码", "中文名称", "英文名称"], ["code", "name", "name_en"]),
            ("referrer", ["编号", "案源人", "提成"], ["referrer_no", "name", "commission_rate"]),
            ("foreign_associate", ["代码", "事务所名称", "国家", "联系人", "网站"],
             ["code", "name", "country", "contact_name", "website"]),
            ("user", ["姓名", "用户名", "部门", "手机"], ["first_name", "username", "department", "mobile"]),
        ],
    )  # fmt: skip
    def test_their_columns_are_known(
        self, session: Session, tmp_path: Path, table: str, headers: list[str], targets: list[str | None]
    ) -> None:
        path = make_csv(tmp_path / "a.csv", headers, [["x"] * len(headers)])
        assert [match.target for match in importer(path, table).matches] == targets


class TestCommand:
    """What `run.py import` says besides the counts."""

    def test_what_was_not_read_guessed_or_put_right_is_said(self, session: Session, tmp_path: Path) -> None:
        headers = ["申请号", "名称（中文）", "光盘号"]
        rows = [["CN201410270596.7", "灯", "D1"]]
        path = make_xlsx(tmp_path / "a.xlsx", [headers, *rows], 去年=[headers, ["85102475", "泵", ""]])
        done = import_file(session, "case", path, mode="create", constants={}, mapping=None)
        assert (done.read, done.created) == (1, 1)
        words = "\n".join(done.remarks)
        assert all(word in words for word in ("去年", "光盘号", "名称（中文）", "CN201410270596.7 → 201410270596.7"))
        done = import_file(session, "case", path, mode="create", constants={}, mapping=None, sheet="去年")
        assert (done.read, done.created) == (1, 1)
        with pytest.raises(RuleError, match="去年"):
            import_file(session, "case", path, mode="create", constants={}, mapping=None, sheet="前年")

    def test_references_that_were_filled_in_are_said_with_their_count(self, session: Session, tmp_path: Path) -> None:
        rows = [["灯", "201410270596.7", ""], ["泵", "85102475", ""], ["壶", "", ""], ["伞", "", "F-1"]]
        path = make_xlsx(tmp_path / "a.xlsx", [["名称", "申请号", "我方卷号", "类型"], *([*r, "发明"] for r in rows)])
        done = import_file(session, "case", path, mode="create", constants={}, mapping=None)
        assert [r for r in done.remarks if "我方卷号" in r] == [
            "我方卷号: 清单中没有，已用申请号代替 (2)", "我方卷号: 清单中没有，已用案卷系统编号代替 (1)",
        ]  # fmt: skip
        again = import_file(session, "case", path, mode="create", constants={}, mapping=None)
        assert not [r for r in again.remarks if "我方卷号" in r]


def change_cells(path: Path, cells: dict[str, str]) -> None:
    """Put other cells into the first sheet of a workbook, by their places."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = "xl/worksheets/sheet1.xml"
    xml = parts[name].decode()
    for place, cell in cells.items():
        start = xml.index(f'<c r="{place}"')
        xml = xml[:start] + cell + xml[xml.index("</c>", start) + 4 :]
    parts[name] = xml.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for part, content in parts.items():
            book.writestr(part, content)
