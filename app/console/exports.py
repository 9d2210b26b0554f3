"""A list as a file: the same filter, columns and rights, safe to open, in constant memory."""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from sqlalchemy.orm import Session

from app.console.columns import Column, Query
from app.console.listing import ListState, where
from app.late import xlsxwriter
from app.texts import gettext as _

#: First characters a spreadsheet would take for a formula; wide ones too, where it is set to Chinese or Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CHUNK = 2_000
SHEET_ROWS = 1_000_000
#: Kinds of file and their media types.
KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
#: Bytes of a file in the making that stay in memory.
SPOOL = 8 << 20
#: The background job that makes a long export.
JOB = "export"


def rows_of(session: Session, model: type[Any], columns: list[Column], state: ListState, *,
            ids: list[int] | None = None, base: Any = None, limit: int | None = None,
            offset: int = 0) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """The rows of a query as native values, streamed; `ids` narrows them to these."""
    query = Query(model)
    conditions = where(session, query, state, base)
    if ids is not None:
        conditions.append(model.id.in_(ids))
    order = [key.desc() if down else key.asc() for key, down in ((query.sort_key(c), d) for c, d in state.sort)]
    statement = query.select(columns).where(*conditions).order_by(*order, model.id)
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    takers: list[tuple[int, Any, Any]] = []
    at = 1
    for c in columns:
        if c.target:
            takers.append((at + 1, None, None))
            at += 2
        else:
            takers.append((at, c.kind.native, c.field))
            at += 1
    result = session.execute(statement.execution_options(yield_per=CHUNK))
    for part in result.partitions():
        for row in part:
            yield tuple(row[i] if native is None else native(row[i], field) for i, native, field in takers)


def safe(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def unsafe(text: str) -> str:
    """A text as it was before `safe`: an exported file can be imported again."""
    return text[1:] if text.startswith("'") and text.startswith(FORMULA, 1) else text


def write(target: IO[bytes], kind: str, title: str, columns: list[Column], rows: Iterator[tuple[Any, ...]],
          per_sheet: int = SHEET_ROWS) -> int:  # fmt: skip
    """Write rows under the columns' labels as `kind` (of `KINDS`); how many."""
    heads = [_(c.label) for c in columns]
    if kind == "csv":
        return write_csv(target, heads, rows)
    return write_xlsx(target, title, heads, columns, rows, per_sheet=per_sheet)


def write_csv(target: IO[bytes], heads: list[str], rows: Iterator[tuple[Any, ...]]) -> int:
    """UTF-8 with its mark, so that Excel reads 汉字."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    count = 0
    for row in rows:
        writer.writerow([safe(v) for v in row])
        count += 1
    text.flush()
    text.detach()
    return count


def write_xlsx(target: IO[bytes], title: str, heads: list[str], columns: list[Column], rows: Iterator[tuple[Any,
    ...]], *,
               per_sheet: int = SHEET_ROWS) -> int:  # fmt: skip
    """A workbook in constant memory; a new sheet every `per_sheet` rows. Texts stay texts."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                        "default_date_format": "yyyy-mm-dd", "remove_timezone": True})  # fmt: skip
    bold = book.add_format({"bold": True, "bg_color": "#F7F8FA", "bottom": 1})
    amount = book.add_format({"num_format": "#,##0.00"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    formats = {"money": amount, "datetime": moment}
    styles = [formats.get(c.field.kind) for c in columns]
    texts = [
        c.target is not None or c.field.kind not in ("integer", "decimal", "money", "percent", "date", "datetime")
        for c in columns
    ]
    widths = [min(max(len(h) * 2 + 2, 12 if not t else 18), 40) for h, t in zip(heads, texts, strict=True)]
    sheet: Any = None
    line, count = per_sheet + 1, 0
    for row in rows:
        if line > per_sheet:
            sheet, line = _sheet(book, title, heads, widths, bold, count // per_sheet + 1), 1
        for i, value in enumerate(row):
            if value is None or value == "":
                continue
            if texts[i]:
                sheet.write_string(line, i, str(value))
            elif styles[i]:
                sheet.write(line, i, value, styles[i])
            else:
                sheet.write(line, i, value)
        line += 1
        count += 1
    if sheet is None:
        _sheet(book, title, heads, widths, bold, 1)
    book.close()
    return count


def _sheet(book: Any, title: str, heads: list[str], widths: list[int], style: Any, number: int) -> Any:
    clean = "".join(c for c in title if c not in "[]:*?/\\")[:25] or _("Export")
    sheet = book.add_worksheet(clean if number == 1 else f"{clean} {number}")
    for i, width in enumerate(widths):
        sheet.set_column(i, i, width)
    sheet.freeze_panes(1, 0)
    for i, head in enumerate(heads):
        sheet.write_string(0, i, head, style)
    return sheet
