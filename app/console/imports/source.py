"""A file as sheets of cells: what it is is told by its content, and what cannot be read is refused in a sentence."""

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine as calamine

from app.console.exports import unsafe
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import files

MAX_BYTES = 64 * 1024 * 1024
MAX_UNPACKED = 512 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 300
MAX_CELLS = 5_000_000
ENDINGS = {".xlsx": "xlsx", ".xls": "xls", ".csv": "csv"}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|head|body|meta)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_CELL = re.compile(rb"""\sr=["']([A-Z]*)(\d*)["']""")
_DELIMITERS = ",\t;|"
_NAMES = {
    "xlsx": N_("an Excel workbook (.xlsx)"),
    "xls": N_("an Excel 97-2003 workbook (.xls)"),
    "csv": N_("a text file"),
}


@dataclass
class Sheet:
    """One sheet: its name and its cells from the first row and column on, every row of the same width."""

    name: str
    rows: list[list[Any]]

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def filled(self) -> int:
        """How many rows hold anything."""
        return sum(1 for row in self.rows if any(cell not in ("", None) for cell in row))


def read_sheets(path: Path, name: str) -> list[Sheet]:
    """The sheets of a .xlsx, .xls or .csv file that hold anything. `name`: what the user calls it.

    Raises RuleError for what is none of these, lies about being one, is damaged, protected, empty or too large.
    """
    size = path.stat().st_size
    if not size:
        raise _refuse(N_("The file is empty"))
    if size > MAX_BYTES:
        raise _refuse(N_("The file is larger than %(limit)s MB"), limit=MAX_BYTES // (1024 * 1024))
    claimed = ENDINGS.get(Path(name).suffix.lower())
    if claimed is None:
        raise _refuse(N_("Only .xlsx, .xls and .csv files can be imported"))
    data = path.read_bytes()
    actual = kind_of_bytes(data)
    if actual != claimed:
        raise _lie(claimed, actual)
    sheets = [Sheet("", read_csv(data))] if actual == "csv" else read_workbook(data, actual)
    sheets = [sheet for sheet in sheets if sheet.filled]
    if not sheets:
        raise _refuse(N_("The file holds no cells"))
    for sheet in sheets:
        check_size(len(sheet.rows), sheet.width)
    return sheets


def kind_of_bytes(data: bytes) -> str:
    """xlsx, xls or csv, by the first bytes. Raises RuleError for anything else."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise _refuse(N_("The workbook is protected by a password; save it without one"))
        return "xls"
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise _refuse(N_("This is a web page or XML file under the name of a workbook; open it and save it as .xlsx"))
    if files.sniff(data[:4096].replace(b"\x00", b"") or b"\x00") != "text/plain":
        raise _refuse(N_("This is no workbook and no text file"))
    return "csv"


def _lie(claimed: str, actual: str) -> RuleError:
    message = N_("The file's name says it is %(label)s, but it is %(table)s; name it rightly or save it anew")
    return _refuse(message, label=_NAMES[claimed], table=_NAMES[actual])


def check_size(rows: int, columns: int) -> None:
    """Raise RuleError for a sheet of more rows or columns than one import takes."""
    if rows > MAX_ROWS:
        raise _refuse(N_("The sheet has more than %(limit)s rows; split it"), limit=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise _refuse(N_("The sheet has more than %(limit)s columns"), limit=MAX_COLUMNS)


def read_workbook(data: bytes, kind: str) -> list[Sheet]:
    """All visible sheets; a merged cell's value stands in each of its places."""
    if kind == "xlsx":
        check_package(data)
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = [
            s.name for s in book.sheets_metadata
            if s.typ == calamine.SheetTypeEnum.WorkSheet and s.visible == calamine.SheetVisibleEnum.Visible
        ]  # fmt: skip
        return [_read_sheet(book.get_sheet_by_name(name)) for name in names]
    except (KeyboardInterrupt, SystemExit, MemoryError, RuleError):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise _refuse(N_("The workbook is damaged and cannot be read")) from error


def _read_sheet(source: Any) -> Sheet:
    check_size(source.total_height, source.total_width)
    rows = source.to_python(skip_empty_area=False)
    budget = MAX_CELLS
    for (top, left), (bottom, right) in source.merged_cell_ranges or ():
        bottom, right = min(bottom, len(rows) - 1), min(right, len(rows[0]) - 1 if rows else -1)
        budget -= max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if budget < 0 or top > bottom or left > right:
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [value] * (right - left + 1)
    return Sheet(source.name, rows)


def check_package(data: bytes) -> None:
    """Refuse a zip file that is no workbook, lies about its sizes, or unfolds to too much. Raises RuleError."""
    files.check_zip(io.BytesIO(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            if "xl/workbook.xml" not in names:
                raise _refuse(N_("This archive is no Excel workbook (.xlsx)"))
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
                raise _refuse(N_("The archive unpacks to too much"))
            for name in names:
                content = package.read(name)  # verifies size and checksum
                if name.startswith("xl/worksheets/"):
                    _check_extent(content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error) as error:
        raise _refuse(N_("The archive is damaged")) from error


def _check_extent(xml: bytes) -> None:
    """A cell far out makes readers lay out everything up to it."""
    places = _CELL.findall(xml)
    columns, rows = {c for c, _row in places}, {r for _column, r in places}
    deepest = max((int(r) for r in rows if r), default=0)
    widest = max((_number(c) for c in columns), default=0)
    if deepest * widest > MAX_CELLS:
        check_size(deepest, widest)
        raise _refuse(N_("The sheet has too many cells; remove what lies outside the table"))


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def read_csv(data: bytes) -> list[list[str]]:
    """The rows of a text file in UTF-8, UTF-16 (with its mark) or GBK, whatever divides its cells."""
    text = decode(data)
    rows: list[list[str]] = []
    marked = "'" in text
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), skipinitialspace=True):
            rows.append([unsafe(cell) for cell in row] if marked else row)
            if len(rows) > MAX_ROWS + 50:
                break
    except csv.Error as error:
        raise _refuse(N_("The text file cannot be divided into cells; look at its quotation marks")) from error
    width = max(map(len, rows), default=0)
    check_size(len(rows), width)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return rows


def decode(data: bytes) -> str:
    """The text. Raises RuleError for bytes that are none."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((code for mark, code in marks.items() if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_CONTROL.findall(text[:20_000])) * 50 > len(text[:20_000]):
            break
        return text
    raise _refuse(N_("The text is neither UTF-8 nor GBK; save the file as “CSV UTF-8” or .xlsx"))


def delimiter_of(text: str) -> str:
    """What divides the cells: the character that divides most of the first rows alike."""
    head = "".join(line for line, _number in zip(io.StringIO(text, newline=""), range(40), strict=False))[:100_000]

    def evenness(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=True)
        try:
            widths = [len(row) for row in rows if row]
        except csv.Error:
            return 0
        common = max(set(widths), key=widths.count, default=1)
        return widths.count(common) * (common - 1)

    return max(_DELIMITERS, key=evenness)


def _refuse(message: str, **params: Any) -> RuleError:
    return RuleError(message, field="file", **params)
