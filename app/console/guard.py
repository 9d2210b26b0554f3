"""The door of every page: signed in, allowed, and every refusal told in the user's language."""

import functools
import re
from collections.abc import Callable
from typing import Any

from flask import g, jsonify, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from app.console.registry import REGISTRY
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.services.refusal import say
from app.services.unit_of_work import Actor
from app.texts import gettext as _

#: What a database says of values it cannot hold: numbers beyond its range, clashes no check foresaw.
UNFIT = (DataError, IntegrityError, OverflowError)
#: How SQLite (busy, locked) and PostgreSQL (serialization, deadlock, lock timeout) say that others hold the rows.
SQLITE_HELD, POSTGRES_HELD = (5, 6), ("40001", "40P01", "55P03")
#: Seconds after which a busy server may be asked again.
RETRY_AFTER = 5
STATUS = {"invalid": 422, "missing": 404, "forbidden": 403, "conflict": 409}


def actor() -> Actor:
    """Who asks; there is always one behind the door."""
    return g.actor


def wants_json() -> bool:
    """Whether a program asks, or a page's script, rather than a person."""
    return request.is_json or request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def mapping(value: Any) -> dict[str, Any]:
    """A value that should be an object, as one: anything else says nothing."""
    return value if isinstance(value, dict) else {}


def sent() -> dict[str, Any]:
    """The JSON object a script sent."""
    return mapping(request.get_json(silent=True))


def answer(error: RuleError) -> tuple[Any, int]:
    """A refusal as JSON: {message, code, errors: [{field, message}]}."""
    errors = error.errors if isinstance(error, RuleErrors) else [error]
    body = {
        "ok": False,
        "message": say(error),
        "code": error.code,
        "errors": [{"field": e.field, "message": say(e)} for e in errors],
    }
    return jsonify(body), STATUS.get(error.code, 422)


def granted(permission: str, table: str) -> bool:
    """Whether the actor may do this on a table, and the table lets anybody do it at all."""
    console = REGISTRY.get(table)
    return actor().may(permission, table) and (console is None or permission in console.permissions())


def may_see(table: str, column: str) -> bool:
    """Whether the actor may see a column of a table, for pages that no declaration makes; a table's own view says."""
    return REGISTRY[table].instance().open_to(actor(), column)


def page(permission: str | None = None, table: str | None = None) -> Callable[[Callable], Callable]:
    """Guard a route method: sign-in, then `permission` on the view's table (None: any signed-in user)."""

    def wrap(method: Callable) -> Callable:
        @functools.wraps(method)
        def inner(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                if wants_json():
                    return jsonify({"ok": False, "message": _("Please sign in")}), 401
                return redirect(url_for("AccountView.login", next=request.full_path.rstrip("?")))
            if permission and not granted(permission, table or self.key):
                error = RuleError(N_("You have no right to do this"), code="forbidden")
                return refuse(error, lacks=(permission, table or self.key))
            try:
                return method(self, *args, **kwargs)
            except RuleError as error:
                return refuse(error)
            except UNFIT:
                return refuse(RuleError(N_("The database refused these values"), code="invalid"))

        inner._console_permission = permission  # type: ignore[attr-defined]
        return inner

    return wrap


def refuse(error: RuleError, *, lacks: tuple[str, str] | None = None) -> Any:
    """A refusal in the form the caller reads. lacks: the permission and the table it would take."""
    return answer(error) if wants_json() else error_page(STATUS.get(error.code, 422), say(error), lacks=lacks)


TITLES = {
    400: N_("The request could not be understood"),
    401: N_("Please sign in"),
    403: N_("You have no right to do this"),
    404: N_("This page does not exist or is not open to you"),
    405: N_("This address does not take that kind of request"),
    409: N_("Somebody else changed this meanwhile"),
    413: N_("The upload is too large"),
    422: N_("This cannot be done"),
    429: N_("Too many requests; wait a moment"),
    500: N_("Something went wrong on the server"),
    503: N_("Others are saving just now; try again in a moment"),
}


def busy(error: OperationalError) -> bool:
    """Whether the database only had others to serve: the same request may succeed in a moment."""
    held = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_HELD
    return held or getattr(error.orig, "sqlstate", None) in POSTGRES_HELD


def error_page(status: int, message: str | None, *, lacks: tuple[str, str] | None = None) -> tuple[Any, int]:
    """An error as page or JSON, always with a sentence in the user's language. lacks: see `refuse`."""
    title = _(TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400]))
    if wants_json():
        return jsonify({"ok": False, "message": message or title, "errors": []}), status
    actions = [{"label": _("Back to the workbench"), "url": "/app/"}]
    if before := came_from():
        actions.append({"label": _("Back to the page before"), "url": before})
    page = {"title": title, "text": message if message != title else "", "status": status, "actions": actions}
    return respond("error.html", page=page | {"lacks": lacks}, status=status), status


def came_from() -> str:
    """The address of the page here that led to this one; nothing where it is this one, or somebody else's."""
    host, _slash, rest = (request.referrer or "").partition("://")[2].partition("/")
    address = f"/{rest}"
    return address if host == request.host and path_of(address) != request.path and leads_inside(address) else ""


def leads_inside(address: str) -> bool:
    """Whether an address, as a browser reads it, is a page of this application that awaits who is signed in."""
    inside = address.startswith("/app/") and address.isprintable() and "\\" not in address
    return inside and path_of(address) != url_for("AccountView.login")


def path_of(address: str) -> str:
    """An address without what is asked of its page."""
    return re.split("[?#]", address, maxsplit=1)[0]
