"""The catalog as the product reads it: `messages.mo`, written at the start after the texts changed."""

import os
from pathlib import Path

from app.late import babel

PO = Path(__file__).resolve().parent / "zh" / "LC_MESSAGES" / "messages.po"


def compile_catalog(po: Path = PO) -> bool:
    """Write the .mo beside `po` if it is missing or older; whether it was written."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return False
    beside = mo.with_suffix(f".mo.{os.getpid()}")
    with po.open("rb") as texts, beside.open("wb") as file:
        babel.messages.mofile.write_mo(file, babel.messages.pofile.read_po(texts, locale="zh", abort_invalid=True))
    os.replace(beside, mo)
    return True
