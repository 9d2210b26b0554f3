"""A tab of a record's page in which the rule it holds can be tried out (试算)."""

from typing import Any

from flask import request

from app.console.render import respond
from app.texts import gettext as _


class Trial:
    """For consoles of rules: the tab “Try it”, whose part their route `<id>/try` answers by `tried`."""

    def detail_context(self, record: Any) -> dict[str, Any]:
        """The record with the tab."""
        context = super().detail_context(record)  # type: ignore[misc]
        url = f"{self.base_url()}{record.id}/try"  # type: ignore[attr-defined]
        context["tabs"].insert(1, {"id": "try", "label": _("Try it"), "count": None, "url": url})
        return context

    def tried(self, name: str, context: dict[str, Any]) -> Any:
        """Form and result, or the result alone."""
        part = f"_{name}_result.html" if request.headers.get("HX-Target") == "result" else "_part.html"
        return respond(f"calculator/{part}", page=context | {"name": name, "url": request.path})
