"""Stored files on their way to a browser: never as a page of this site, never kept on the way."""

import tempfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Response, send_file
from werkzeug.wsgi import FileWrapper

from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import files
from models.system import StoredFile

#: Bytes of what is being made that stay in memory.
SPOOL = 16 << 20


def send_stored(store: files.FileStore, stored: StoredFile, name: str, *, show: bool = False) -> Response:
    """The bytes under `name`; shown in the browser where `show` and harmless. Raises RuleError (missing)."""
    try:
        source = store.open(stored.sha256)
    except FileNotFoundError as error:
        raise RuleError(N_("This file is not kept any more"), code="missing") from error
    harmless = stored.mime in files.INLINE
    mime = stored.mime if harmless else "application/octet-stream"
    response = Response(FileWrapper(source, 1 << 18), mimetype=mime, direct_passthrough=True)
    response.call_on_close(source.close)
    kind = "inline" if show and harmless else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Length"] = str(stored.size)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sent_archive(write: Callable[[Any], Any], name: str) -> Any:
    """What `write` puts into a file, as a download."""
    target = tempfile.SpooledTemporaryFile(max_size=SPOOL)  # noqa: SIM115 - closed when it was sent
    try:
        write(target)
        target.seek(0)
        response = send_file(target, mimetype="application/octet-stream", as_attachment=True, download_name=name)
    except BaseException:
        target.close()
        raise
    response.call_on_close(target.close)
    response.headers["Cache-Control"] = "private, no-store"
    return response
