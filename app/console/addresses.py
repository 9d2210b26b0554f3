"""The addresses that all tables have in common, said once: `/app/<table>/new` instead of one `new` for every table."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, abort
from werkzeug.routing import BaseConverter, Map

from app.console.view import INSTANCES, Console, routes_of


class TableConverter(BaseConverter):
    """The key of a table, or of another list of one, in an address; it stands for its console."""

    def __init__(self, map: Map):
        super().__init__(map)
        self.regex = f"(?:{'|'.join(INSTANCES)})"

    def to_python(self, value: str) -> Console:
        """The registered console."""
        return INSTANCES[value]

    def to_url(self, value: Console) -> str:
        """Its key."""
        return value.key


def share(app: Flask) -> None:
    """Register what every console inherits. All consoles are registered by now, with the addresses they add."""
    app.url_map.converters["table"] = TableConverter
    shared = Blueprint("Console", __name__, url_prefix="/app/<table:console>")
    for name in sorted(routes_of(Console)):
        for url, methods in getattr(Console, name)._urls:
            shared.add_url_rule(url, name, _page(name), methods=methods)
    app.register_blueprint(shared)


def _page(name: str) -> Callable[..., Any]:
    def page(console: Console, **values: Any) -> Any:
        if not console.inherits(name):
            abort(404)
        return getattr(console, name)(**values)

    return page
