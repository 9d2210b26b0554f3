"""Packages for the Office's electronic filing (A-3.3.6.2, ambiguities 41–43).

A package is a folder `cases/<kind>/<GUID>/new` (a new application) or `…/others/<GUID>` (a later document) with a
list.xml and one folder per document, named after its form code. Names of elements are the Office's; what of them is not
publicly known stays empty. The same content always makes the same bytes.
"""

import re
import uuid
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, NamedTuple

from app.rules.application_number import PatentType
from app.rules.case import FilingMethod
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.filing import DocumentPart, FilingKind
from app.rules.office_files import read_archive, read_xml, texts

#: Our own name space: the same filing always has the same GUID.
SPACE = uuid.UUID("7d0f5f0e-3c5b-5b1e-9f2a-3a1f0c9b7e11")
FOLDERS = {
    PatentType.INVENTION: "inventions", PatentType.UTILITY_MODEL: "utility_models", PatentType.DESIGN: "designs",
}  # fmt: skip
BUSINESS = {PatentType.INVENTION: "0", PatentType.UTILITY_MODEL: "1", PatentType.DESIGN: "2"}
FILE_KIND = {FilingKind.NEW_APPLICATION: "0", FilingKind.INTERMEDIATE: "2"}
_P = DocumentPart
#: The form codes of the parts of an application, where a document has no type of its own.
CODES = {
    _P.CLAIMS: "100001", _P.DESCRIPTION: "100002", _P.DRAWINGS: "100003", _P.ABSTRACT: "100004",
    _P.DESIGN_VIEWS: "130001", _P.DESIGN_BRIEF: "130002", _P.ATTACHMENT: "100108",
}  # fmt: skip
REQUEST_CODES = {
    PatentType.INVENTION: "110101", PatentType.UTILITY_MODEL: "120101", PatentType.DESIGN: "130101",
}  # fmt: skip
#: What an application must have to be filed (细则 39; drawings: Article 26 and 实施细则 of utility models).
DEMANDED = {
    PatentType.INVENTION: (_P.REQUEST, _P.CLAIMS, _P.DESCRIPTION, _P.ABSTRACT),
    PatentType.UTILITY_MODEL: (_P.REQUEST, _P.CLAIMS, _P.DESCRIPTION, _P.DRAWINGS, _P.ABSTRACT),
    PatentType.DESIGN: (_P.REQUEST, _P.DESIGN_VIEWS, _P.DESIGN_BRIEF),
}
BOOKS = frozenset(part for parts in DEMANDED.values() for part in parts)
#: The kinds of file the client program of the Office takes in.
FORMATS = {".xml", ".pdf", ".doc", ".docx", ".jpg", ".jpeg", ".tif", ".tiff", ".zip", ".txt"}
EPOCH = (1980, 1, 1, 0, 0, 0)
_FORM_CODE = re.compile(r"[0-9]{6,8}")
#: What XML cannot hold.
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Packed:
    """A document in a package. code: its form code; ending: ".pdf"; pages, claims: counts, where known."""

    code: str
    name: str
    ending: str
    content: bytes
    pages: int | None = None
    claims: int | None = None
    attachment: bool = False


@dataclass(frozen=True)
class Package:
    """One filing as the Office gets it. key: what names the filing for ever, of which its GUID is made."""

    key: str
    patent_type: PatentType
    kind: FilingKind
    title: str
    our_ref: str
    app_no: str
    documents: tuple[Packed, ...]

    @property
    def guid(self) -> str:
        """The GUID of the filing."""
        return guid_of(self.key)

    @property
    def folder(self) -> str:
        """Where the filing lies in the archive."""
        place = "new" if self.kind is FilingKind.NEW_APPLICATION else f"others/{self.guid}"
        return f"cases/{FOLDERS[self.patent_type]}/{self.guid}/{place}"


def guid_of(key: str) -> str:
    """The GUID of the filing that `key` names."""
    return str(uuid.uuid5(SPACE, key)).upper()


def form_code(part: DocumentPart, patent_type: PatentType, type_code: str | None) -> str:
    """The form code of a document: that of its type where that is an official one, else that of its part; "": none."""
    if type_code and _FORM_CODE.fullmatch(type_code):
        return type_code
    return REQUEST_CODES[patent_type] if part is DocumentPart.REQUEST else CODES.get(part, "")


class Fact(NamedTuple):
    """What is known of a document before it is packed; ending: "" where it has no file."""

    part: DocumentPart
    name: str
    code: str
    ending: str


def lacking(patent_type: PatentType | None, kind: FilingKind, method: FilingMethod, app_no: str,
            documents: Sequence[Fact]) -> list[RuleError]:  # fmt: skip
    """What the Office's client program would refuse a filing for: sentences, none where it can go."""
    if patent_type is None:
        return [RuleError(N_("The case has no patent type"))]
    found = [RuleError(N_("There is no document to submit yet"))] if not documents else []
    if kind is FilingKind.NEW_APPLICATION:
        there = {d.part for d in documents}
        found += [RuleError(N_("Missing: %(label)s"), label=p.label) for p in DEMANDED[patent_type] if p not in there]
    elif not app_no:
        found.append(RuleError(N_("The case has no application number yet")))
    for d in documents:
        if not d.ending:
            found.append(RuleError(N_("“%(name)s” has no file"), name=d.name))
        elif d.ending not in FORMATS:
            found.append(RuleError(N_("“%(name)s”: the Office does not take files of the kind %(ending)s"),
                                   name=d.name, ending=d.ending))  # fmt: skip
        elif method is FilingMethod.ELECTRONIC_OTHER and d.part in BOOKS and d.ending != ".pdf":
            found.append(RuleError(N_("“%(name)s” must be a PDF file, as the filing is not in XML"), name=d.name))
        if not d.code:
            found.append(RuleError(N_("“%(name)s” has no form code; choose its document type"), name=d.name))
    return found


def xml_text(text: str) -> str:
    """A text without the characters that no XML file may hold."""
    return _NO_XML_CHARACTER.sub("", text)


def serialized(root: ET.Element) -> bytes:
    """An XML file, indented, in UTF-8."""
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"


def _add(parent: ET.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ET.SubElement(parent, name).text = xml_text(value)


def places(package: Package) -> list[str]:
    """The path of each document in the folder of its package: “110101/110101.xml”; a code used twice gets a number."""
    seen: dict[str, int] = {}
    found = []
    for document in package.documents:
        seen[document.code] = count = seen.get(document.code, 0) + 1
        name = document.code if count == 1 else f"{document.code}_{count}"
        found.append(f"{name}/{name}{document.ending}")
    return found


def build_list(package: Package) -> bytes:
    """The list.xml of a package."""
    root = ET.Element("data-bus")
    _add(ET.SubElement(root, "QINGQIUXX"), {
        "DIANZISQAJID": package.guid, "SHENQINGFS": "", "YEWULX": BUSINESS[package.patent_type],
        "WENJIANLX": FILE_KIND[package.kind], "TIJIAORDM": "", "FAMINGMC": package.title, "SHENQINGH": package.app_no,
        "WEINEIBH": "", "GUOJISQH": "", "NEIBUBH": package.our_ref, "BAOID": package.key,
    })  # fmt: skip
    body = ET.SubElement(root, "WENJIANBYSXX")
    _add(ET.SubElement(body, "BAOTOUXX"), {"WENJIANBBZ": package.guid, "WENJIANGS": str(len(package.documents))})
    for place, document in zip(places(package), package.documents, strict=True):
        counts = document.claims if document.claims is not None else document.pages
        _add(ET.SubElement(body, "BAONEIWJXX"), {
            "WENJIANBZ": place.split("/")[0], "GESHILX": document.ending.upper(), "BIAOGEDM": document.code,
            "XIANGDUILJ": place.replace("/", "\\"), "DTDVersion": "1.0", "PAGES": _number(document.pages),
            "COUNTS": _number(counts), "SHIFOUBZ": "1" if document.attachment else "0", "WENJIANMC": document.name,
            "ZHENGMINGYT": "",
        })  # fmt: skip
    return serialized(root)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def write_packages(target: IO[bytes], packages: Iterable[Package]) -> int:
    """Write packages as one archive; how many. The same packages make the same bytes."""
    count = 0
    with zipfile.ZipFile(target, "w") as archive:
        for package in packages:
            count += 1
            _write(archive, f"{package.folder}/list.xml", build_list(package))
            for place, document in zip(places(package), package.documents, strict=True):
                _write(archive, f"{package.folder}/{place}", document.content)
    return count


def _write(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, EPOCH)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    archive.writestr(info, content)


def write_files(target: IO[bytes], files: Iterable[tuple[str, bytes]]) -> int:
    """Write files as one archive that is the same for the same files; how many. A path used twice gets a number."""
    count, taken = 0, set()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files:
            pure, number = PurePosixPath(path), 2
            while path in taken:
                path, number = str(pure.with_name(f"{pure.stem} ({number}){pure.suffix}")), number + 1
            taken.add(path)
            _write(archive, path, content)
            count += 1
    return count


def read_packages(data: bytes) -> list[Package]:
    """The packages of an archive made by `write_packages` (or of the same structure). Raises RuleError."""
    entries = {entry.path: entry.data for entry in read_archive(data)}
    found = [parse_list(entries, path) for path in entries if PurePosixPath(path).name.lower() == "list.xml"]
    if not found:
        raise RuleError(N_("There is no list.xml in this archive"), field="file")
    return found


def parse_list(entries: dict[str, bytes], path: str) -> Package:
    """The package whose list.xml lies at `path` of an archive. Raises RuleError where what it lists is not there."""
    root, folder = read_xml(entries[path]), path.rpartition("/")[0]
    head = texts(root, "YEWULX", "WENJIANLX", "FAMINGMC", "SHENQINGH", "NEIBUBH", "BAOID")
    types = {code: patent_type for patent_type, code in BUSINESS.items()}
    if head["YEWULX"] not in types:
        raise RuleError(N_("list.xml does not say what kind of patent it is for"), field="file")
    documents = []
    for line in root.iter("BAONEIWJXX"):
        said = texts(line, "BIAOGEDM", "WENJIANMC", "GESHILX", "XIANGDUILJ", "PAGES", "COUNTS", "SHIFOUBZ")
        place = f"{folder}/{said['XIANGDUILJ']}".lstrip("/").replace("\\", "/")
        if place not in entries:
            raise RuleError(N_("“%(path)s” is listed but not in the archive"), field="file", path=said["XIANGDUILJ"])
        code = said["BIAOGEDM"]
        claims = _count(said["COUNTS"]) if code == CODES[DocumentPart.CLAIMS] else None
        documents.append(Packed(
            code, said["WENJIANMC"], PurePosixPath(place).suffix, entries[place], _count(said["PAGES"]), claims,
            said["SHIFOUBZ"] == "1",
        ))  # fmt: skip
    kind = FilingKind.INTERMEDIATE if head["WENJIANLX"] == "2" else FilingKind.NEW_APPLICATION
    return Package(
        head["BAOID"], types[head["YEWULX"]], kind, head["FAMINGMC"], head["NEIBUBH"], head["SHENQINGH"],
        tuple(documents),
    )  # fmt: skip


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
