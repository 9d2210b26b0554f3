"""Forms as Word files: a clean page of our own with the official headings, for paper and for the client to look at."""

from io import BytesIO
from typing import Any

from app.late import docx
from app.rules.request_form import Content, Field, Form, Rows, Section, printed, shown

TITLE, BODY = "黑体", "宋体"
#: Fields that stand side by side: label and value each.
ABREAST = 2


def to_docx(form: Form, content: Content) -> bytes:
    """A form as a Word file; sections of which nothing is said are left out unless they are demanded."""
    document = docx.Document()
    _page(document)
    heading = document.add_paragraph()
    heading.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    _run(heading, form.name, TITLE, 18)
    number = document.add_paragraph()
    number.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    _run(number, f"表格代码 {form.code}", BODY, 9)
    for place, section in enumerate(printed(form, content), start=1):
        _section(document, place, section, content)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _page(document: "docx.document.Document") -> None:
    page = document.sections[0]
    page.page_width, page.page_height = docx.shared.Cm(21), docx.shared.Cm(29.7)
    page.left_margin = page.right_margin = docx.shared.Cm(2)
    page.top_margin = page.bottom_margin = docx.shared.Cm(2)
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, docx.shared.Pt(10.5)
    style.element.rPr.rFonts.set(docx.oxml.ns.qn("w:eastAsia"), BODY)
    style.paragraph_format.space_after = docx.shared.Pt(0)


def _run(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = font, docx.shared.Pt(size), bold
    run._element.rPr.rFonts.set(docx.oxml.ns.qn("w:eastAsia"), font)


def _section(document: "docx.document.Document", place: int, section: Section, content: Content) -> None:
    heading = document.add_paragraph()
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = docx.shared.Pt(8), docx.shared.Pt(3)
    heading.paragraph_format.keep_with_next = True
    _run(heading, f"{place}　{section.caption}", TITLE, 11)
    values = [(f, content.get(section.key(f))) for f in section.fields]
    _values(document, [(f, v) for f, v in values if v or f.required])
    rows = section.rows
    if rows and rows.wide:
        for number, row in enumerate(content.get(rows.name, []), start=1):
            _run(document.add_paragraph(), f"{rows.name}（{number}）", BODY, 10.5)
            _values(document, [(f, row.get(f.name)) for f in rows.fields])
    elif rows and content.get(rows.name):
        _grid(document, rows, content[rows.name])


def _values(document: "docx.document.Document", values: list[tuple[Field, Any]]) -> None:
    """Labels and values, two abreast; a tick takes a line of its own."""
    plain = [(f, v) for f, v in values if f.kind != "flag"]
    if plain:
        alone = len(plain) == 1 or any(f.kind == "long_text" for f, _v in plain)
        abreast = 1 if alone else ABREAST
        table = _table(document, -(-len(plain) // abreast), 2 * abreast)
        for at, (field, value) in enumerate(plain):
            row, column = divmod(at, abreast)
            _write(table.cell(row, 2 * column), field.caption)
            _write(table.cell(row, 2 * column + 1), shown(value or ""))
    for field, value in values:
        if field.kind == "flag":
            _run(document.add_paragraph(), f"{shown(bool(value))} {field.caption}", BODY, 10.5)


def _grid(document: "docx.document.Document", rows: Rows, lines: list[dict]) -> None:
    fields = [f for f in rows.fields if any(line.get(f.name) for line in lines)]
    table = _table(document, len(lines) + 1, len(fields) + 1)
    for at, text in enumerate(["序号", *(f.caption for f in fields)]):
        _write(table.cell(0, at), text)
    for number, line in enumerate(lines, start=1):
        for at, text in enumerate([str(number), *(shown(line.get(f.name, "")) for f in fields)]):
            _write(table.cell(number, at), text)


def _table(document: "docx.document.Document", lines: int, columns: int) -> "docx.table.Table":
    table = document.add_table(lines, columns)
    table.style = "Table Grid"
    table.autofit = True
    return table


def _write(cell: "docx.table._Cell", text: str) -> None:
    _run(cell.paragraphs[0], text, BODY, 10)
