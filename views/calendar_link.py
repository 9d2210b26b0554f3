"""日历订阅: one's deadlines in one's own calendar program, by a secret address."""

from typing import Any

from flask import Response, current_app, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.utils.limit import Limit
from flask_limiter.util import get_remote_address

from app.console.guard import page
from app.console.render import respond
from app.extensions import db
from app.rules.errors import RuleError
from app.services import calendar_link
from app.services.today import stamp
from app.texts import gettext as _

#: How often one address may ask; calendar programs do so a few times an hour.
RATE = "60 per minute"


class CalendarLinkView(BaseView):
    """The page in 基本信息 where the address is made, shown once and revoked."""

    route_base = "/app/profile/calendar"
    default_view = "calendar_link"
    class_permission_name = "account"
    base_permissions: list[str] = []

    @expose("/", methods=["GET"])
    @page()
    def calendar_link(self) -> Any:
        """Whether there is an address."""
        return self.shown()

    @expose("/", methods=["POST"])
    @page()
    def make_link(self) -> Any:
        """【生成新链接】: shown on this answer and never again."""
        token = calendar_link.make(db.session)
        return self.shown(f"{request.host_url}ics/{token}.ics")

    @expose("/revoke", methods=["POST"])
    @page()
    def revoke_link(self) -> Any:
        """【停用】."""
        calendar_link.revoke(db.session)
        return redirect(url_for("CalendarLinkView.calendar_link"), 303)

    def shown(self, address: str = "") -> Any:
        """The page; with the address once it was made."""
        link = calendar_link.link_of(db.session, g.actor.id)
        since = stamp(link.updated_at) if link is not None else ""
        context = {"title": _("Calendar subscription"), "address": address, "since": since}
        return respond("task/calendar_link.html", page=context)


class FeedView(BaseView):
    """What a calendar program reads: no sign-in, the secret is the key."""

    route_base = "/ics"
    default_view = "feed"
    class_permission_name = "account"
    base_permissions: list[str] = []
    limits = [
        Limit(lambda: RATE, get_remote_address, methods=("GET",),
              exempt_when=lambda: not current_app.config["AUTH_RATE_LIMITED"])
    ]  # fmt: skip

    @expose("/<token>.ics")
    def feed(self, token: str) -> Any:
        """The calendar of the secret's owner."""
        try:
            text = calendar_link.feed(db.session, token, request.host)
        except RuleError:
            return Response(status=404, headers={"Cache-Control": "no-store"})
        headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
        return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)
