"""From context to response: templates, versioned static addresses, the shell around every page."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, render_template

STATIC = Path(__file__).parent.parent / "static"


@lru_cache(maxsize=512)
def static_url(path: str) -> str:
    """The address of a static file, with its hash so that browsers keep it for good."""
    file = STATIC / path
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
    return f"/static/{path}?v={mark}"


def respond(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a template of the console, or another folder's by its path."""
    if current_app.debug:
        static_url.cache_clear()
    response = make_response(render_template(template if "/" in template else f"console/{template}", **context), status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response
