"""From context to response: templates, versioned static addresses, the shell around every page."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, render_template
from jinja2 import Environment
from markupsafe import Markup

STATIC = Path(__file__).parent.parent / "static"


@lru_cache(maxsize=512)
def static_url(path: str) -> str:
    """The address of a static file, with its hash so that browsers keep it for good."""
    file = STATIC / path
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
    return f"/static/{path}?v={mark}"


@lru_cache(maxsize=512)
def icon(name: str, size: int | str = "", cls: str = "") -> Markup:
    """An icon of the sprite; size 16 is the larger one."""
    css = f"i{' i-16' if size == 16 else ''}{f' {cls}' if cls else ''}"
    sprite = static_url("vendor/lucide/sprite.svg")
    return Markup(f'<svg class="{css}" aria-hidden="true"><use href="{sprite}#i-{name}"></use></svg>')


class Macros:
    """The building blocks of `_macros.html`, for every template without an import."""

    def __init__(self, templates: Environment):
        self._templates = templates

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._templates.get_template("console/_macros.html").module, name)
        if not self._templates.auto_reload:
            setattr(self, name, found)
        return found


def respond(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a template of the console, or another folder's by its path."""
    if current_app.debug:
        static_url.cache_clear()
        icon.cache_clear()
    response = make_response(render_template(template if "/" in template else f"console/{template}", **context), status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response
