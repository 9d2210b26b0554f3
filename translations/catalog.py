"""Keep `zh/LC_MESSAGES/messages.po` in step with the code.

    python3 -m translations.catalog update    take the code's new texts into the catalog, untranslated
    python3 -m translations.catalog prune     the same, and drop what the code no longer says
    python3 -m translations.catalog add       read `msgid<TAB>msgstr` lines from standard input (with a plural:
                                              `msgid<TAB>plural<TAB>msgstr`); `\n` in a line stands for a line break
    python3 -m translations.catalog check     list what is missing, fuzzy, broken or unused; status 1 if anything is
    python3 -m translations.catalog compile   write messages.mo if the catalog is newer

Of what is installed, Babel and Jinja2 are needed.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from translations.compiled import PO, compile_catalog

ROOT = Path(__file__).resolve().parent.parent
MAPPING = ROOT / "translations" / "babel.cfg"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
ABOUT = {"project": "PatentDesk", "version": "1", "last_translator": "PatentDesk contributors", "language_team": "zh"}
LOCK_SECONDS = 60
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdrf]|\{\w+\}")


class Finding(NamedTuple):
    """One thing wrong with the catalog. kind: missing, fuzzy, broken, unused."""

    kind: str
    msgid: str
    where: str

    def __str__(self) -> str:
        return "\t".join((self.kind, _escape(self.msgid), self.where))


def extracted(root: Path = ROOT, mapping: Path = MAPPING) -> Catalog:
    """Every text the code marks, with the places it is used at."""
    with mapping.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, str(mapping))
    found = Catalog()
    for name, line, message, _comments, context in extract_from_dir(root, methods, options, KEYWORDS):
        found.add(message, locations=[(Path(name).as_posix(), line)], context=context)
    return found


def read(po: Path = PO) -> Catalog:
    """The catalog on disk, or an empty one."""
    if not po.exists():
        return Catalog("zh", header_comment="# Chinese texts.", fuzzy=False, **ABOUT)
    with po.open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def write(catalog: Catalog, po: Path = PO) -> None:
    """Write the catalog in one step, sorted, without places and wrapping: one change, one changed line."""
    beside = po.with_suffix(".po.new")
    with beside.open("wb") as file:
        write_po(file, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    os.replace(beside, po)


def update(code: Catalog, po: Path = PO, *, prune: bool = False) -> tuple[int, int]:
    """Add the code's new texts, untranslated, and with `prune` drop those it no longer says: (new, dropped)."""
    with locked(po):
        catalog = read(po)
        new = [m for m in _texts(code) if catalog.get(m.id, m.context) is None]
        dead = [m for m in _texts(catalog) if prune and code.get(m.id, m.context) is None]
        for message in dead:
            catalog.delete(message.id, message.context)
        for message in new:
            catalog.add(message.id, context=message.context)
        write(catalog, po)
    return len(new), len(dead)


def add(lines: Iterable[str], po: Path = PO) -> list[str]:
    """Insert or replace the translations in `lines`; what was done or refused, a sentence each."""
    said = []
    with locked(po):
        catalog = read(po)
        for line in filter(str.strip, lines):
            said.append(_put(catalog, [_unescape(cell) for cell in line.rstrip("\r\n").split("\t")]))
        write(catalog, po)
    return said


def check(code: Catalog, catalog: Catalog) -> list[Finding]:
    """Everything that would show English, or a wrong text, to a Chinese user."""
    findings = []
    for wanted in _texts(code):
        found = catalog.get(wanted.id, wanted.context)
        where = ", ".join(f"{file}:{line}" for file, line in wanted.locations)
        if found is None or not all(_forms(found)):
            findings.append(Finding("missing", _first(wanted), where))
        elif found.fuzzy:
            findings.append(Finding("fuzzy", _first(wanted), where))
        elif not _same_placeholders(found):
            findings.append(Finding("broken", _first(wanted), where))
    unused = (m for m in _texts(catalog) if code.get(m.id, m.context) is None)
    return findings + [Finding("unused", _first(message), "") for message in unused]


@contextmanager
def locked(po: Path) -> Iterator[None]:
    """Hold the catalog for one writer, on any system; a lock left by a dead writer is broken after a minute."""
    lock = po.with_suffix(".lock")
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            try:
                if time.time() - lock.stat().st_mtime > LOCK_SECONDS:
                    lock.unlink(missing_ok=True)
            except FileNotFoundError:
                continue
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _put(catalog: Catalog, cells: list[str]) -> str:
    if len(cells) not in (2, 3) or not all(cells):
        return f"refused, not `msgid<TAB>msgstr`: {' | '.join(cells)}"
    msgid, msgstr = cells[0], cells[-1]
    message = Message((msgid, cells[1]) if len(cells) == 3 else msgid, (msgstr,) if len(cells) == 3 else msgstr)
    if not _same_placeholders(message):
        return f"refused, other placeholders than the msgid: {msgid} -> {msgstr}"
    old = catalog.get(msgid)
    before = old and old.string
    catalog.delete(msgid)
    catalog.add(message.id, message.string)
    if not old:
        return f"added: {msgid}"
    return f"same: {msgid}" if before == message.string else f"changed: {msgid}: {before or '(empty)'} -> {msgstr}"


def _texts(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _same_placeholders(message: Message) -> bool:
    """The Chinese may leave out a counted number's plural, but names nothing the English does not."""
    ids = (message.id,) if isinstance(message.id, str) else message.id
    wanted = set(PLACEHOLDER.findall(ids[-1]))
    return all(set(PLACEHOLDER.findall(form)) == wanted for form in _forms(message))


def _escape(text: str) -> str:
    return text.replace("\n", r"\n")


def _unescape(text: str) -> str:
    return text.strip().replace(r"\n", "\n")


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m translations.catalog", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("update", "prune", "add", "check", "compile"))
    command = parser.parse_args(argv).command
    if command in ("update", "prune"):
        print("{} new, {} dropped".format(*update(extracted(), prune=command == "prune")))
    elif command == "add":
        said = add(sys.stdin.buffer.read().decode("utf-8-sig").splitlines())
        print("\n".join(said))
        return int(any(line.startswith("refused") for line in said))
    elif command == "check":
        findings = check(extracted(), read())
        print("\n".join(map(str, findings)) or "the catalog is complete")
        return int(bool(findings))
    else:
        print("written" if compile_catalog() else "up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
