"""What stands in a stored file: its text, and how many pages it has, as far as its kind lets us tell."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from sqlalchemy.orm import Session

from app.late import docx, lxml
from app.rules.choice import N_
from app.rules.documents import ending_of
from app.rules.errors import RuleError
from app.services import files
from models.system import StoredFile

#: More of a file is not looked at; a text of that length is no patent application.
MOST_BYTES = 32 * 1024 * 1024
#: A Word file is read as a whole: not if it says it unpacks to more. (No more is unpacked than it says.)
MOST_UNPACKED = 4 * MOST_BYTES
MOST_PROPERTIES = 64 * 1024
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_OBJECTS = re.compile(rb"/Type\s*/ObjStm.*?stream\r?\n(.*?)endstream", re.S)
_PAGES = re.compile(rb"<Pages>(\d{1,5})</Pages>")


def _broken() -> tuple[type[Exception], ...]:
    """What the readers raise on a damaged file."""
    unknown = docx.opc.exceptions.PackageNotFoundError
    return unknown, zipfile.BadZipFile, KeyError, ValueError, AttributeError, lxml.etree.LxmlError


def readable(name: str) -> bool:
    """Whether a file of this name has a text that can be shown and compared here."""
    return ending_of(name) in (".docx", ".xml")


def text_of(session: Session, stored: StoredFile, name: str) -> str:
    """The text of a Word (docx) or XML file. Raises RuleError for other kinds and for what is damaged."""
    if not readable(name):
        raise RuleError(N_("The text of “%(name)s” cannot be read here; open or download it"), name=name)
    return text_in(bytes_of(session, stored), name)


def bytes_of(session: Session, stored: StoredFile) -> bytes:
    """The bytes of a stored file. Raises RuleError (missing) where it is not kept any more."""
    try:
        with files.store_of(session).open(stored.sha256) as source:
            return source.read(MOST_BYTES)
    except FileNotFoundError as error:
        raise RuleError(N_("This file is not kept any more"), code="missing") from error


def text_in(content: bytes, name: str) -> str:
    """The text in the bytes of a Word or XML file. Raises RuleError where it is damaged."""
    try:
        return _word(content) if ending_of(name) == ".docx" else _xml(content)
    except _broken() as error:
        raise RuleError(N_("“%(name)s” is damaged and cannot be read"), field="file", name=name) from error


def _word(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise ValueError("unpacks to too much")
    document = docx.Document(BytesIO(content))
    return "\n".join(_blocks(document.iter_inner_content()))


def _blocks(blocks: Iterator) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, docx.table.Table):
            for row in block.rows:
                yield "　".join(dict.fromkeys(cell.text.strip() for cell in row.cells))
        else:
            yield block.text


def _xml(content: bytes) -> str:
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = lxml.etree.fromstring(content, parser)
    chinese = "\u4e00" <= str(root.tag)[:1] <= "\u9fff"
    lines = _form_lines(root) if chinese else (str(part).strip() for part in root.itertext())
    return "\n".join(line for line in lines if line)


def _form_lines(root: "lxml.etree._Element") -> Iterator[str]:
    """A form of the Office, whose elements bear the words of the form: “姓名：…”; what is not ticked says nothing."""
    for part in root.iter(lxml.etree.Element):
        text, above = (part.text or "").strip(), part.getparent()
        if len(part):
            if above is root and any(t.strip() not in ("", "0") for t in part.itertext()):
                yield f"【{part.tag}】"
        elif part.tag == "附加":
            of = above.getparent() if above.tag == "声明" else above
            yield f"{of.tag}：✓" if text == "1" else ""
        elif text:
            yield f"{part.tag}：{text}"


def pages_of(content: bytes, name: str) -> int | None:
    """How many pages a PDF or Word file says it has; None where it does not say, one for a picture."""
    ending = ending_of(name)
    if ending == ".pdf":
        return _pdf_pages(content)
    if ending == ".docx":
        return _word_pages(content)
    return 1 if ending in (".png", ".jpg", ".jpeg", ".gif", ".bmp") else None


def _word_pages(content: bytes) -> int | None:
    """As the word processor counted them when it saved the file."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("docProps/app.xml") as source:
            found = _PAGES.search(source.read(MOST_PROPERTIES))
    except (zipfile.BadZipFile, KeyError, RuntimeError, zlib.error):
        return None
    return int(found[1]) if found else None


def _pdf_pages(content: bytes) -> int | None:
    """Page objects in the open and, where the file packs its objects, in the packed ones."""
    count = len(_PAGE.findall(content))
    for packed in _OBJECTS.findall(content):
        try:
            unpacked = zlib.decompressobj().decompress(packed, MOST_BYTES)
        except zlib.error:
            continue
        count += len(_PAGE.findall(unpacked))
    return count or None
