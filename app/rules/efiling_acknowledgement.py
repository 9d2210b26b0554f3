"""Acknowledgements of the Office (200105, A-3.3.6.2-04): reading them, and comparing them with what was sent.

They come as XML in UTF-8 or GBK, alone or in archives of archives with folders like GA000107254973, where a list.xml
tells what the acknowledgement itself leaves open.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from xml.etree.ElementTree import Element

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import clean_text, parse_date
from app.rules.office_files import Entry, is_archive, read_archive, read_xml, texts


class ListedFile(NamedTuple):
    """A file as the acknowledgement lists it."""

    name: str
    form: str
    size: str


@dataclass(frozen=True)
class Acknowledgement:
    """An acknowledgement of the Office (200105). number: 案件编号; received_on: the day of its signature."""

    source: str
    number: str = ""
    title: str = ""
    our_ref: str = ""
    app_no: str = ""
    package_id: str = ""
    submitter: str = ""
    received_on: date | None = None
    files: tuple[ListedFile, ...] = ()


def read_acknowledgements(name: str, data: bytes) -> list[Acknowledgement]:
    """The acknowledgements in an XML file or an archive (of archives). Raises RuleError where there is none."""
    entries = read_archive(data, endings=(".xml",)) if is_archive(data) else [Entry(name, data)]
    acknowledgements: list[Acknowledgement] = []
    attributes: dict[str, Acknowledgement] = {}
    problem = None
    for entry in entries:
        try:
            if is_archive(data) and not _may_be_one(entry.data):
                continue
            root = read_xml(entry.data)
        except RuleError as error:
            problem = error
            continue
        if root.tag == "data-bus":
            attributes[entry.path.rpartition("/")[0]] = _attributes(entry.path, root)
        elif root.find(".//SHOUDAOWJ") is not None or root.find(".//ANJIANBH") is not None:
            acknowledgements.append(_acknowledgement(entry.path, root))
    found = [_completed(acknowledgement, attributes) for acknowledgement in acknowledgements]
    if not found and problem is not None:
        raise problem
    if not found:
        raise RuleError(N_("There is no acknowledgement of the Office in “%(name)s”"), field="file", name=name[:100])
    return found


def _may_be_one(data: bytes) -> bool:
    """Whether an XML file of an archive is worth reading: forms of the application are not."""
    return any(word in data for word in (b"data-bus", b"SHOUDAOWJ", b"ANJIANBH", b"<!ENTITY"))


def _acknowledgement(path: str, root: Element) -> Acknowledgement:
    said = texts(
        root, "ANJIANBH", "FAMINGCZMC", "NEIBUBH", "SHENQINGH", "XINGMINGHMC", "QIANMINGSJC", "SHOUDAOSJ", "BAOID"
    )
    marks = [said["NEIBUBH"], said["SHENQINGH"]]
    app_no = next((n for n in (_number_in(m) for m in marks) if n), "")
    our_ref = "" if _number_in(said["NEIBUBH"]) else _after_colon(said["NEIBUBH"])
    files = tuple(
        ListedFile(*(texts(line, name)[name] for name in ("WENJIANMC", "WENJIANGS", "WENJIANDX")))
        for line in root.iter("WENJIANLB")
    )
    return Acknowledgement(
        path, said["ANJIANBH"], said["FAMINGCZMC"], our_ref, app_no, said["BAOID"], said["XINGMINGHMC"],
        _day(said["QIANMINGSJC"]) or _day(said["SHOUDAOSJ"]), files,
    )  # fmt: skip


def _attributes(path: str, root: Element) -> Acknowledgement:
    """What the list.xml beside an acknowledgement tells of it."""
    said = texts(root, "FAMINGMC", "NEIBUBH", "SHENQINGH", "BAOID", "DIANZISQAJID")
    return Acknowledgement(
        path, title=said["FAMINGMC"], our_ref=said["NEIBUBH"], app_no=_after_colon(said["SHENQINGH"]),
        package_id=said["BAOID"] or said["DIANZISQAJID"],
    )  # fmt: skip


def _completed(acknowledgement: Acknowledgement, attributes: dict[str, Acknowledgement]) -> Acknowledgement:
    """What an acknowledgement leaves open, from the list.xml of its folder or of the nearest one above."""
    folder = acknowledgement.source.rpartition("/")[0]
    while folder not in attributes and folder:
        folder = folder.rpartition("/")[0]
    more = attributes.get(folder)
    if more is None:
        return acknowledgement
    names = ("title", "our_ref", "app_no", "package_id")
    known = {name: getattr(acknowledgement, name) or getattr(more, name) for name in names}
    return Acknowledgement(
        acknowledgement.source, acknowledgement.number, **known, submitter=acknowledgement.submitter,
        received_on=acknowledgement.received_on,
        files=acknowledgement.files,
    )  # fmt: skip


def _number_in(text: str) -> str:
    """The application number of “申请号：2020…”, or of a text that is nothing but one; "" otherwise."""
    tail = _after_colon(text)
    said = "申请号" in text or re.fullmatch(r"(CN|ZL)?[0-9]{8,12}(\.?[0-9Xx])?", tail)
    return tail if said else ""


def _after_colon(text: str) -> str:
    return re.split("[:：]", text)[-1].strip()


def _day(text: str) -> date | None:
    """The day of “2026-11-20 10:11:12”, “20261120101112” or “2026年11月20日”; None for anything else."""
    for written in (text, text[:10], text[:8]):
        try:
            return parse_date(written)
        except RuleError:
            continue
    return None


@dataclass(frozen=True)
class Difference:
    """What the Office listed against what was sent. missing: sent, not listed; extra: listed, not sent."""

    received: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra)


def compare(sent: Sequence[tuple[str, ...]], listed: Sequence[str]) -> Difference:
    """Compare what was sent with what the Office lists; `sent`: the names each document may have, its own first."""
    left = [(name, _plain(name)) for name in listed]
    received: list[str] = []
    missing: list[str] = []
    for names in sent:
        wanted = {_plain(name) for name in names if name}
        at = next((i for i, (_name, plain) in enumerate(left) if plain in wanted), None)
        (received if at is not None else missing).append(names[0])
        if at is not None:
            left.pop(at)
    return Difference(tuple(received), tuple(missing), tuple(name for name, _plain_name in left))


def _plain(name: str) -> str:
    """A document's name as it is compared: without blanks, ending and the words in brackets."""
    bare = re.sub(r"\.(xml|pdf|docx?|zip|jpe?g|tiff?)$", "", clean_text(name).lower())
    return re.sub(r"[(（\[].*?[)）\]]|\s", "", bare)
