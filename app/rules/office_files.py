"""What comes from the Office or goes there, read safely: XML without entities, archives within archives."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.parsers import expat

from app.rules.choice import N_
from app.rules.errors import RuleError

#: Limits of what is read: bytes of one XML file, and of an archive: entries, bytes, archives within archives.
XML_BYTES = 8 << 20
ENTRIES, BYTES, DEPTH = 2_000, 256 << 20, 4
#: Up to so many bytes an entry may unpack to however small it is packed; beyond, to `RATIO` times its packed size.
SMALL, RATIO = 1 << 20, 200
DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError, OSError)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936"}


class Entry(NamedTuple):
    """A file of an archive: its path with “/” and its bytes."""

    path: str
    data: bytes


def decoded(data: bytes) -> str:
    """The text of an XML file by its mark, its declaration, or else what it can be read as: UTF-8, then GBK."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    said = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    name = said[1].decode("ascii").lower() if said else "utf-8"
    first = "gb18030" if name in _CHINESE and not data.startswith(b"\xef\xbb\xbf") else "utf-8-sig"
    try:
        return data.decode(first)
    except UnicodeDecodeError:
        return data.decode("gb18030" if first == "utf-8-sig" else "utf-8-sig")


def read_xml(data: bytes) -> ET.Element:
    """The tree of an XML file. A reference to an outside DTD is passed over, as the Office's own files have one.

    Raises RuleError for what is no XML, too large, or declares entities (which could read files or grow without end).
    """
    if len(data) > XML_BYTES:
        raise RuleError(N_("The XML file is too large"), field="file")
    builder, parser = ET.TreeBuilder(), expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(_DECLARATION.sub("", decoded(data), count=1).encode(), True)
        return builder.close()
    except (expat.ExpatError, UnicodeError, ET.ParseError, AssertionError) as error:
        raise RuleError(N_("This is no readable XML file"), field="file") from error


def _no_entities(*_declared: object) -> None:
    raise RuleError(N_("The XML file declares entities; such files are not read"), field="file")


def texts(element: ET.Element, *names: str) -> dict[str, str]:
    """{name: text} of the first descendants of these names, blanks cut off; "" where there is none."""
    return {name: (element.findtext(f".//{name}") or "").strip() for name in names}


def is_archive(data: bytes) -> bool:
    """Whether these are the bytes of a zip."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_archive(data: bytes, *, endings: tuple[str, ...] = ()) -> list[Entry]:
    """The files of a zip and of the zips within it, in order of their paths; `endings`: only these and zips are read.

    Names may be in GBK and have “\\” between their folders. Raises RuleError for what is damaged, encrypted, reaches
    outside its folder, or unpacks to too much.
    """
    budget = [ENTRIES, BYTES]
    return sorted(_unpacked(data, "", endings, budget, DEPTH), key=lambda entry: entry.path)


def _unpacked(data: bytes, folder: str, endings: tuple[str, ...], budget: list[int], depth: int) -> list[Entry]:
    if not depth:
        raise RuleError(N_("The archive holds archives within archives too deep"), field="file")
    found: list[Entry] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                budget[0] -= 1
                if budget[0] < 0:
                    raise _too_much()
                path = folder + entry_path(info)
                suffix = PurePosixPath(path).suffix.lower()
                if info.is_dir() or path.endswith("/") or (endings and suffix not in (*endings, ".zip")):
                    continue
                body = _read(archive, info, budget)
                if suffix == ".zip" and is_archive(body):
                    found += _unpacked(body, path.removesuffix(path[-4:]) + "/", endings, budget, depth - 1)
                elif not endings or suffix in endings:
                    found.append(Entry(path, body))
    except DAMAGED as error:
        raise RuleError(N_("The archive is damaged"), field="file") from error
    except RuntimeError as error:  # what zipfile says of a password, or of a way of packing it does not know
        raise RuleError(
            N_("The archive is protected by a password or packed in an unknown way"), field="file"
        ) from error
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: list[int]) -> bytes:
    """An entry, never more of it than is left: what an archive says of sizes may be a lie."""
    most = min(budget[1], max(SMALL, RATIO * info.compress_size))
    with archive.open(info) as source:
        body = source.read(most + 1)
    if len(body) > most:
        raise _too_much()
    budget[1] -= len(body)
    return body


def _too_much() -> RuleError:
    return RuleError(N_("The archive unpacks to too much"), field="file")


def entry_path(info: zipfile.ZipInfo) -> str:
    """The path of an entry with “/”, its name read as GBK where the archive does not say UTF-8. Raises RuleError."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    path = name.replace("\\", "/")
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or re.match(r"^[A-Za-z]:", path):
        raise RuleError(N_("The archive reaches outside its folder"), field="file")
    return path
