"""Small files of the shapes real ones have, made for the import tests."""

import csv
import io
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

SIX = ["专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要"]
SIX_ROWS = [
    ["新型绕线式异步电动机", "CN85102475", "山东省矿业学院", "1985-04-01", "H02K17/02", "定子是"],
    ["一种输液架", "CN201310047841.3", "徐凯军", "2013-02-06", "A61M5/14", "一种医用装置"],
    ["电饭煲", "CN201330012345.5", "徐凯军", "2013-01-18", "07-02", "外观"],
]
LISTED = ["申请号", "公开（公告）号", "发明名称", "申请日", "公开（公告）日", "优先权号", "优先权日", "IPC分类号",
    "申请（专利权）人",
          "发明人", "代理机构", "代理人", "地址", "邮编", "申请人/专利权人所在国代码", "文献状态"]  # fmt: skip
_AGENCY = "深圳市沃德知识产权代理事务所(普通合伙) 44347;深圳市沃德知识产权代理事务所(普通合伙) 44347;"
LISTED_ROWS = [
    ["CN201310047841.3", "CN103139210A", "一种安全认证方法", "2013.02.06", "2013.06.05", "", "", "H04L29/06;G06Q20/38;",
     "平安银行股份有限公司;", "张元良;李耀星;", _AGENCY, "高杰;于志光;", " 广东省深圳市罗湖区;", "518000;", "广东",
     "PUB"],
    ["CN201310047841.3", "CN103139210B", "一种安全认证方法", "2013.02.06", "2016.05.18", "", "", "H04L29/06;G06Q20/38;",
     "平安银行股份有限公司;", "张元良;李耀星;", _AGENCY, "高杰;于志光;", " 广东省深圳市罗湖区;", "518000;", "广东",
     "PROC"],
    ["CN201621041187.0", "CN206349485U", "一种终端", "2016.09.07", "2017.07.21", "CN201621030044X", "2016.08.31",
        "H04M1/02;",
     "康佳集团股份有限公司;平安银行股份有限公司;", "周胜杰;", "", "", "广东省深圳市南山区华侨城", "518053", "", "PROC"],
]  # fmt: skip
AGENCY = ["专利申请号", "专利名称", "专利类型", "申请日", "申请人", "案件状态", "内部编码"]
AGENCY_ROWS = [
    ["2015207546755", "一种高效电控中药煎药器", "实用新型", "2015-09-25", "刘备", "其他", ""],
    ["2014102705967.0", "一种风能LED路灯", "发明", "2014-06-17", "苏州斯洛莱自动化设备有限公司", "专利权维持",
        "2015-07-24-002 路灯"],
    ["2014102705967.0", "一种风能LED路灯", "发明", "2014-06-17", "苏州斯洛莱自动化设备有限公司", "专利权维持", ""],
    ["201520575576.9", "一种心内科吸氧鼻塞", "实用新型", "2015-07-29", "刘备", "等年登印费", "aaaaa"],
    ["201510470621.0", "利用SOD酶", "发明", "2015-13-10", "刘备", "失效", ""],
]  # fmt: skip
SIPO = ["申请号", "公开（公告）号", "公开（公告）日", "申请日", "专利号", "名称", "主分类号", "分类号",
    "分案原申请号", "优先权",
        "申请（专利权）人", "发明（设计）人", "地址", "颁证日", "国际申请", "国际公布", "进入国家日期",
        "专利代理机构", "代理人", "摘要",
        "主权项", "参考文献", "审查员", "光盘号", "PCT公开"]  # fmt: skip
SIPO_ROWS = [
    ["CN201220249767.4", "CN202644312U", "2013.01.02", "2012.05.31", "CN201220249767.4", "一种钢筋混凝土轨枕",
     "E01B3/32(2006.01)I", "E01B3/32(2006.01)I;E01B3/40(2006.01)I", "", "2012.01.16 DE 202012000389.5",
     "海安县建莲商品混凝土有限公司", "顾国生;张小华", "226634 江苏省南通市海安县", "", "", "", "",
     "南京正联知识产权代理有限公司 32243",
     "胡定华", "本实用新型公开了轨枕", "一种轨枕，其特征在于", "", "", "D1301", 0.0],
]  # fmt: skip


def make_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8-sig") -> Path:
    """A CSV file as spreadsheets save it."""
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows] if headers else rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def make_xlsx(path: Path, rows: Iterable[Sequence[Any]], **more: Iterable[Sequence[Any]]) -> Path:
    """A workbook; `more`: further sheets by name."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, content in {"Sheet1": rows, **more}.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(content):
            for at, value in enumerate(row):
                if value not in ("", None):
                    sheet.write(line, at, value, day if hasattr(value, "year") else None)
    book.close()
    return path


def make_xls(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """A workbook of the old kind (BIFF8 in an OLE container), as Excel 97 to 2003 saved it; texts only."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def label(line: int, at: int, text: str) -> bytes:
        head = struct.pack("<HHHHB", line, at, 0, len(text), 1)
        return record(0x0204, head + text.encode("utf-16-le"))

    begin, end = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0), record(0x000A, b"")
    labels = [label(line, at, text) for line, row in enumerate(rows) for at, text in enumerate(row) if text]
    sheet = record(0x0809, begin[:2] + b"\x10\x00" + begin[4:]) + b"".join(labels) + end
    name = struct.pack("<BB", 6, 0) + b"Sheet1"
    start = len(record(0x0809, begin)) + 4 + 6 + len(name) + len(end)
    stream = record(0x0809, begin) + record(0x0085, struct.pack("<IH", start, 0) + name) + end + sheet
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")  # short streams are kept elsewhere
    sectors = len(stream) // 512

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = (title + "\0").encode("utf-16-le") if title else b""
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", first, size)

    chain = [0xFFFFFFFD, LAST, *range(3, sectors + 2), LAST]  # the table itself, the directory, the stream
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    folder = (
        entry("Root Entry", 5, 1, LAST, 0) + entry("Workbook", 2, FREE, 2, len(stream)) + entry("", 0, FREE, 0, 0) * 2
    )
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, LAST, 0, LAST, 0, 0)
    path.write_bytes(head.ljust(512, b"\xff") + table + folder + stream)
    return path


#: Marks of the container: no sector, the last of a chain.
FREE, LAST = 0xFFFFFFFF, 0xFFFFFFFE
