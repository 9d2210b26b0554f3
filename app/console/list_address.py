"""What the address of a list says, and addresses made from it."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from app.rules.system import ViewScope
from app.services.preferences import View, kept_query


def is_part() -> bool:
    """Whether a page on the screen asks for a part only: a list's rows, a form beside its list."""
    return bool(request.headers.get("HX-Request"))


def link(base: str, args: Any, **changes: Any) -> str:
    """The present address with some parameters changed (None drops one)."""
    pairs = [(k, v) for k, v in args.items(multi=True) if k not in changes]
    pairs += [(k, v) for k, v in changes.items() if v is not None]
    return base + ("?" + urlencode(pairs) if pairs else "")


def query_args(query: str) -> MultiDict:
    """A query string as request arguments."""
    return MultiDict(parse_qsl(query.removeprefix("?")))


def is_condition(parameter: str) -> bool:
    """Whether a parameter of an address is a condition on the rows."""
    return parameter == "c" or parameter.startswith("q.")


def default_view(views: list[View]) -> View | None:
    """The view a list opens with: the user's own default, else his position's, else everyone's."""
    ranks = list(ViewScope)
    return min((v for v in views if v.is_default), key=lambda v: ranks.index(v.scope), default=None)


def view_args(view: View, args: MultiDict) -> MultiDict:
    """The arguments of a saved view; page, size and order are the request's where it has any."""
    merged = query_args(kept_query(view))
    for name in ("page", "view"):
        merged.pop(name, None)
    for name in ("page", "size", "sort", "tab", "slice"):
        if args.get(name):
            merged[name] = args[name]
    return merged
