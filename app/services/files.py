"""Files: kept once under their SHA-256, attached to records, sniffed and limited."""

import hashlib
import re
import tempfile
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.late import fsspec
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import parameters
from app.services.unit_of_work import unit_of_work
from models.base import now
from models.system import Attachment, StoredFile

#: First bytes → media type. What is none of these is text, or refused.
SIGNATURES = [
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8",
        "image/gif"),
    (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"), (b"PK\x03\x04", "application/zip"), (b"BM", "image/bmp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"), (b"Rar!", "application/vnd.rar"),
        (b"7z\xbc\xaf", "application/x-7z-compressed"),
]  # fmt: skip
#: Ending → what its bytes must be.
ENDINGS = {
    ".pdf": {"application/pdf"}, ".png": {"image/png"}, ".jpg": {"image/jpeg"}, ".jpeg": {"image/jpeg"},
    ".gif": {"image/gif"},
    ".tif": {"image/tiff"}, ".tiff": {"image/tiff"}, ".bmp": {"image/bmp"}, ".zip": {"application/zip"},
    ".docx": {"application/zip"}, ".xlsx": {"application/zip"}, ".pptx": {"application/zip"},
    ".ofd": {"application/zip"},
    ".doc": {"application/x-ole-storage"}, ".xls": {"application/x-ole-storage"}, ".ppt": {"application/x-ole-storage"},
    ".msg": {"application/x-ole-storage"}, ".rar": {"application/vnd.rar"}, ".7z": {"application/x-7z-compressed"},
    ".txt": {"text/plain"}, ".csv": {"text/plain"}, ".xml": {"text/plain"}, ".eml": {"text/plain"},
}  # fmt: skip
#: Shown by the browser itself; everything else is downloaded.
INLINE = {"application/pdf", "image/png", "image/jpeg", "image/gif"}
MAX_BYTES = 100 * 1024 * 1024
ZIP_ENTRIES, ZIP_BYTES, ZIP_RATIO = 10_000, 1024 * 1024 * 1024, 200


class FileStore:
    """Bytes by their digest, under a folder or any address fsspec knows (an S3-compatible store is one setting)."""

    def __init__(self, url: str):
        self.fs, self.root = fsspec.core.url_to_fs(url)

    def path(self, digest: str) -> str:
        """Where a digest lives."""
        return f"{self.root}/{digest[:2]}/{digest}"

    def put(self, source: IO[bytes], digest: str) -> None:
        """Keep the bytes unless they are there already."""
        path = self.path(digest)
        if self.fs.exists(path):
            return
        self.fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        part = f"{path}.{uuid.uuid4().hex}.part"  # somebody else may be putting the same bytes
        with self.fs.open(part, "wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
        try:
            self.fs.mv(part, path)
        except OSError:
            if not self.fs.exists(path):
                raise
            self.fs.rm(part)  # the other one was faster, with the same bytes

    def open(self, digest: str) -> IO[bytes]:
        """The bytes of a digest."""
        return self.fs.open(self.path(digest), "rb")


def store_of(session: Session) -> FileStore:
    """The file store this session's application uses."""
    return session.info["file_store"]()


def clean_name(name: str) -> str:
    """A file's own name without folders or characters that mean something to a system. Raises RuleError."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    bare = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]', "_", bare).strip(" .")
    if not bare:
        raise RuleError(N_("The file has no usable name"), field="file")
    return bare[:200] if len(bare) <= 200 else bare[:150] + bare[-50:]


def sniff(head: bytes) -> str:
    """The media type by the first bytes; text/plain for what reads as text. Raises RuleError for an unknown binary."""
    for signature, mime in SIGNATURES:
        if head.startswith(signature):
            return mime
    if b"\x00" not in head:
        return "text/plain"
    raise RuleError(N_("This kind of file is not accepted"), field="file")


def check_zip(source: IO[bytes]) -> None:
    """Refuse archives that unpack to too much, too often, or outside their folder. Raises RuleError."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise RuleError(N_("The archive is damaged"), field="file") from error
    unpacked = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries) or 1
    if len(entries) > ZIP_ENTRIES or unpacked > ZIP_BYTES or (unpacked > 10_000_000 and unpacked / packed > ZIP_RATIO):
        raise RuleError(N_("The archive unpacks to too much"), field="file")
    for e in entries:
        parts = PurePosixPath(e.filename.replace("\\", "/")).parts
        if ".." in parts or e.filename.startswith(("/", "\\")) or re.match(r"^[A-Za-z]:", e.filename):
            raise RuleError(N_("The archive reaches outside its folder"), field="file")


def keep(session: Session, name: str, source: IO[bytes], *, limit: int = MAX_BYTES, checked: bool = True) -> StoredFile:
    """Store the bytes of an upload; the same bytes are kept once. Raises RuleError for what is not accepted."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=4 << 20) as spool:
        while chunk := source.read(1 << 20):
            size += len(chunk)
            if size > limit:
                raise RuleError(N_("The file is larger than %(limit)s MB"), field="file", limit=limit // (1024 * 1024))
            digest.update(chunk)
            spool.write(chunk)
        if not size:
            raise RuleError(N_("The file is empty"), field="file")
        spool.seek(0)
        mime = sniff(spool.read(4096))
        ending = Path(name).suffix.lower()
        if checked and mime not in ENDINGS.get(ending, set()):
            raise RuleError(
                N_("“%(name)s” is not what its ending says, or of a kind not accepted"), field="file", name=name[:100]
            )
        spool.seek(0)
        if mime == "application/zip" and checked:
            check_zip(spool)
            spool.seek(0)
        with unit_of_work(session):
            store_of(session).put(spool, digest.hexdigest())
            return _entered(session, StoredFile(sha256=digest.hexdigest(), size=size, mime=mime))


def _entered(session: Session, made: StoredFile) -> StoredFile:
    """The row of these bytes: the one there is, or the new one."""
    query = select(StoredFile).where(StoredFile.sha256 == made.sha256)
    found = session.execute(query).scalars().first()
    if found is None:
        try:
            with session.begin_nested():
                session.add(made)
            return made
        except IntegrityError:  # the same bytes came in twice at once
            found = session.execute(query).scalars().one()
    found.updated_at = now()  # in use again: cleaning up lets it be
    return found


def limit_of(session: Session) -> int:
    """How many bytes an attachment may have, as the firm set it (系统参数)."""
    megabytes = parameters.value(session, "attachment_limit")
    return min(int(megabytes) * 1024 * 1024, MAX_BYTES) if megabytes.isdecimal() else MAX_BYTES


def attach(
    session: Session, table_key: str, record_id: int, name: str, source: IO[bytes], *, category: str = ""
) -> Attachment:
    """Put a file on a record."""
    name = clean_name(name)
    with unit_of_work(session):
        stored = keep(session, name, source, limit=limit_of(session))
        made = Attachment(
            table_key=table_key, record_id=record_id, name=name, file_id=stored.id, category=category or None
        )
        session.add(made)
        session.flush()
        return made


def of(session: Session, table_key: str, record_id: int) -> Sequence[Any]:
    """(attachment, size in bytes, who) of a record, newest first."""
    query = (
        select(Attachment, StoredFile.size, User.first_name)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .outerjoin(User, User.id == Attachment.created_by_id)
        .where(Attachment.table_key == table_key, Attachment.record_id == record_id)
    )
    return session.execute(query.order_by(Attachment.id.desc())).all()


def count(session: Session, table_key: str, record_id: int) -> int:
    """How many files a record has."""
    query = select(func.count(Attachment.id)).where(
        Attachment.table_key == table_key, Attachment.record_id == record_id
    )
    return session.execute(query).scalar_one()
