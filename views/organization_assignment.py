"""用户授权 (A-2.2.3): who holds which position, and giving or taking positions."""

from typing import Any

from flask import jsonify
from flask_appbuilder import expose
from sqlalchemy import select

from app.console.guard import actor, page
from app.console.other_list import OtherList
from app.console.shell import PAGES
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import grants
from app.services.access import ADMIN
from app.services.grants import PUBLIC
from app.texts import gettext as _
from models.organization import Position, User
from views.organization import UserView
from views.organization_users import UserTable, position_name, sent

KEY = "user_assignment"
PAGES[KEY] = {"read": ACTIONS["read"], "export": ACTIONS["export"], "assign": N_("Grant positions")}


class AssignmentView(OtherList, UserTable):
    """The list of users under another name, with one verb: 授予岗位."""

    model = User
    key = KEY
    title = N_("User assignment")
    include_route_methods = {*OtherList.include_route_methods, "positions", "assign"} - {"action"}
    list_template = "organization/assignment.html"
    list_columns = ["username", "first_name", "user_type", "department", "positions", "active"]
    query_columns = ["positions", "first_name", "department", "username", "user_type", "active"]
    order = "id"
    form = UserView.form

    def list_buttons(self) -> list[dict[str, Any]]:
        """【授予岗位】; the script of the page asks which."""
        if not self.can("assign"):
            return []
        url = f"{self.base_url()}positions"
        return [self.button("assign", _("Grant positions"), icon="user-check", primary=True, url=url)]

    @expose("/positions", methods=["POST"])
    @page("assign")
    def positions(self) -> Any:
        """The positions for the dialog, with how many of the chosen users hold each."""
        ids = self.chosen_ids(sent())
        held = grants.held(self.session, ids)
        query = select(Position.id, Position.name, Position.remark).where(Position.name != PUBLIC).order_by(Position.id)
        rows = []
        for key, name, remark in self.session.execute(query):
            row = {"id": key, "name": position_name(name), "remark": remark or ""}
            closed = name == ADMIN and not actor().is_admin
            rows.append(row | {"closed": closed, "held": sum(key in h for h in held.values())})
        return jsonify({"ok": True, "users": len(ids), "positions": rows})

    @expose("/assign", methods=["POST"])
    @page("assign")
    def assign(self) -> Any:
        """Give and take positions: {ids, add: [position ids], remove: [position ids]}."""
        body = sent()
        lists = [body.get("add") or [], body.get("remove") or []]
        if not all(isinstance(one, list) and all(type(i) is int for i in one) for one in lists):
            raise RuleError(N_("The form is incomplete; load it again"))
        changed = grants.assign(self.session, self.chosen_ids(body), add=lists[0], remove=lists[1])
        return jsonify({"ok": True, "message": _("Positions of %(count)s users changed", count=changed)})
