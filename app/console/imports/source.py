"""A file as sheets of cells: what it is is told by its content, and what cannot be read is refused in a sentence."""

import csv
import html
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Callable
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
#: Endings that are taken. What a file is, its content says: systems save text and workbooks under each other's names.
ENDINGS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".csv": "csv", ".txt": "csv"}

PROTECTED = N_("The workbook is protected by a password; save it without one")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|head|body|meta)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_CELL = re.compile(rb"""\sr=["']([A-Z]*)(\d*)["']""")
_SHEET = re.compile(rb'<sheet\s[^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
_RELATION = re.compile(rb'<Relationship(?=[^>]*\sId="([^"]*)")(?=[^>]*\sTarget="(?:/?xl/)?([^"]*)")')
#: Cells of failed formulas, and cells of formulas whose value was never worked out.
_FAILED = re.compile(
    rb'<c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?\s*<v>([^<]+)</v>'
)
_UNKNOWN = re.compile(
    rb'<c\s(?![^>]*\bt="(?:str|e)")[^>]*\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b[^>]*(?:/>|>([^<]*)</f>)'
    rb"\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_WRAPPED = re.compile(r'\A="(.*)"\Z', re.DOTALL)
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")
_DELIMITERS = ",\t;|"


class Unworked(str):
    """A formula whose value was never worked out, as the workbook has it: “=A1+1”."""

    __slots__ = ()


#: A cell the reader leaves out: its row and column, from 0, and what it should show.
Lost = tuple[int, int, str]


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
    """The sheets of a workbook or text file that hold anything. `name`: what the user calls it.

    Raises RuleError for what is neither, is damaged, protected, empty or too large.
    """
    size = path.stat().st_size
    if not size:
        raise _refuse(N_("The file is empty"))
    if size > MAX_BYTES:
        raise _refuse(N_("The file is larger than %(limit)s MB"), limit=MAX_BYTES // (1024 * 1024))
    if Path(name).suffix.lower() not in ENDINGS:
        raise _refuse(N_("Only .xlsx, .xls, .csv and .txt files can be imported; open this one and save it as .xlsx"))
    data = path.read_bytes()
    kind = kind_of_bytes(data)
    sheets = [Sheet("", read_csv(data))] if kind == "csv" else read_workbook(data, kind)
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
            raise _refuse(PROTECTED)
        return "xls"
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise _refuse(N_("This is a web page or XML file under the name of a workbook; open it and save it as .xlsx"))
    if files.sniff(data[:4096].replace(b"\x00", b"") or b"\x00") != "text/plain":
        raise _refuse(N_("This is no workbook and no text file"))
    return "csv"


def true_name(path: Path, name: str) -> str:
    """The name of a file with the ending of what it is: so programs open it, and the store of files takes it."""
    kind = kind_of_bytes(path.read_bytes())
    return name if ENDINGS[Path(name).suffix.lower()] == kind else f"{Path(name).stem}.{kind}"


def check_size(rows: int, columns: int) -> None:
    """Raise RuleError for a sheet of more rows or columns than one import takes."""
    if rows > MAX_ROWS:
        raise _refuse(N_("The sheet has more than %(limit)s rows; split it"), limit=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise _refuse(N_("The sheet has more than %(limit)s columns"), limit=MAX_COLUMNS)


def read_workbook(data: bytes, kind: str) -> list[Sheet]:
    """All visible sheets; a merged cell's value stands in each of its places."""
    lost = check_package(data) if kind == "xlsx" else {}
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = [
            s.name for s in book.sheets_metadata
            if s.typ == calamine.SheetTypeEnum.WorkSheet and s.visible == calamine.SheetVisibleEnum.Visible
        ]  # fmt: skip
        return [_read_sheet(book.get_sheet_by_name(name), lost.get(name, [])) for name in names]
    except (KeyboardInterrupt, SystemExit, MemoryError, RuleError):
        raise
    except calamine.PasswordError as error:
        raise _refuse(PROTECTED) from error
    except BaseException as error:  # a panic of the reader is no Exception
        raise _refuse(N_("The workbook is damaged and cannot be read")) from error


def _read_sheet(source: Any, lost: list[Lost]) -> Sheet:
    check_size(source.total_height, source.total_width)
    rows = source.to_python(skip_empty_area=False)
    for line, at, text in lost:
        if line < len(rows) and at < len(rows[line]):
            rows[line][at] = text
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


def check_package(data: bytes) -> dict[str, list[Lost]]:
    """Refuse a zip file that is no workbook, lies about its sizes, or unfolds to too much. Raises RuleError.

    Gives what the reader of workbooks leaves out, by the name of the sheet: failed formulas (“#N/A”), and formulas that
    have no value (“=A1+1”).
    """
    lost: dict[str, list[Lost]] = {}
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
                    lost[name.removeprefix("xl/")] = _lost(content)
            return _by_sheet(package, lost) if any(lost.values()) else {}
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


def _lost(xml: bytes) -> list[Lost]:
    kinds: tuple[tuple[bytes, re.Pattern[bytes], Callable[[str], str]], ...] = (
        (b't="e"', _FAILED, str), (b"<f", _UNKNOWN, lambda formula: Unworked(f"={formula}")),
    )  # fmt: skip
    return [
        (int(row) - 1, _number(column) - 1, make(html.unescape(text.decode("utf-8", "replace"))))
        for mark, pattern, make in kinds if mark in xml for column, row, text in pattern.findall(xml)
    ]  # fmt: skip


def _by_sheet(package: zipfile.ZipFile, parts: dict[str, list[Lost]]) -> dict[str, list[Lost]]:
    """What stands in the parts of a package, by the names of their sheets."""
    places = dict(_RELATION.findall(package.read("xl/_rels/workbook.xml.rels")))
    return {
        html.unescape(name.decode("utf-8", "replace")): parts.get(places.get(key, b"").decode("utf-8", "replace"), [])
        for name, key in _SHEET.findall(package.read("xl/workbook.xml"))
    }


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def read_csv(data: bytes) -> list[list[str]]:
    """The rows of a text file in UTF-8, UTF-16 (with its mark), GBK or Big5, whatever divides its cells."""
    text = decode(data)
    rows = _divide(text)
    if "'" in text:
        rows = [[unsafe(cell) for cell in row] for row in rows]
    if '="' in text:  # written so that spreadsheets keep long numbers as texts
        rows = [[_WRAPPED.sub(r"\1", cell) for cell in row] for row in rows]
    width = max(map(len, rows), default=0)
    check_size(len(rows), width)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return rows


def _divide(text: str) -> list[list[str]]:
    """The cells. Quotation marks that do not pair would swallow lines: then they are characters like others.

    Raises RuleError where no reading gives rows of one width.
    """
    delimiter = delimiter_of(text)

    def read(**more: Any) -> list[list[str]]:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, **more)
        return list(itertools.islice(lines, MAX_ROWS + 50))

    try:
        return read(strict=True)
    except csv.Error as error:
        rows = read(quoting=csv.QUOTE_NONE)
        if len({len(row) for row in rows if row}) > 1:
            raise _refuse(N_("The text file cannot be divided into cells; look at its quotation marks")) from error
    return [[cell[1:].removesuffix('"') if cell.startswith('"') else cell for cell in row] for row in rows]


def decode(data: bytes) -> str:
    """The text. Raises RuleError for bytes that are none."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((code for mark, code in marks.items() if data.startswith(mark)), None)
    texts = []
    for encoding in [marked] if marked else ["utf-8", "gb18030", "big5"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_CONTROL.findall(text[:20_000])) * 50 > len(text[:20_000]):
            break
        if encoding != "gb18030" or not _PRIVATE.search(text):
            return text
        texts.append(text)  # Big5 read as GB 18030 has characters that nobody assigned
    if texts:
        return texts[0]
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
