"""机构用户 (A-2.2.1): the tree of departments, the chosen one's form, its users and all that is done to them."""

import json
from typing import Any, NamedTuple

from flask import current_app, flash, jsonify, redirect, request, session
from flask_appbuilder import expose
from sqlalchemy import ColumnElement, literal, not_, or_, select
from sqlalchemy.orm import Session

from app.console import Button, Console
from app.console.columns import Column, Columns
from app.console.guard import page
from app.console.kinds import Option
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.services import accounts, organization, records
from app.services.access import ADMIN
from app.services.grants import PUBLIC
from app.services.organization import Branch
from app.services.secrets import Vault
from app.texts import gettext as _
from models.base import Field
from models.organization import BETWEEN, Department, Position, User

#: Where the session keeps, encrypted, one-time passwords until the next page has shown them.
ONCE = "one_time_passwords"


class PositionsKind(Option):
    """The positions of a user: names in one text; a query asks for holders of any of some positions."""

    def compare(self, column: ColumnElement, operator: str, values: list[str], field: Field) -> ColumnElement[bool]:
        text = literal(BETWEEN) + column + BETWEEN
        found = or_(*(text.contains(f"{BETWEEN}{v}{BETWEEN}", autoescape=True) for v in values))
        return found if operator == "in" else not_(found) | column.is_(None)

    def cell(self, value: Any, field: Field) -> str:
        return super().cell(self.plain(value, field) or None, field)

    def plain(self, value: Any, field: Field) -> str:
        return BETWEEN.join(position_name(n) for n in (value or "").split(BETWEEN) if n)


class NamedPosition(NamedTuple):
    """A position as the choice of a query."""

    name: str
    label: str


class PositionsColumn(Column):
    """“positions” of a user list."""

    @property
    def kind(self) -> PositionsKind:
        return PositionsKind()


class UserColumns(Columns):
    """The columns of users, with the positions they hold."""

    session: Session

    def _resolve(self, name: str) -> Column:
        if name != "positions":
            return super()._resolve(name)
        query = select(Position.name).where(Position.name != PUBLIC).order_by(Position.id)
        names = tuple(self.session.execute(query).scalars())
        choices: Any = [NamedPosition(n, position_name(n)) for n in names]
        field = Field("choice", N_("Position"), options=names, choices=choices)
        return PositionsColumn(name, User, field, (), "position_names")


def position_name(name: str) -> str:
    """A position's name as people read it."""
    return _("Administrator") if name == ADMIN else name


def sent() -> dict[str, Any]:
    """The object a script sent; anything else counts as empty."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _set_valid(db: Session, ids: list[int], _inputs: dict[str, Any], _today: Any) -> str:
    return _("%(count)s accounts are valid again") % {"count": accounts.valid(db, ids)}


def _set_invalid(db: Session, ids: list[int], _inputs: dict[str, Any], _today: Any) -> str:
    return _("%(count)s accounts are no longer valid") % {"count": accounts.invalid(db, ids)}


def _move(db: Session, ids: list[int], inputs: dict[str, Any], _today: Any) -> str:
    wanted = str(inputs.get("department_id") or "")
    if not wanted.isdecimal():
        raise RuleError(N_("Choose one from the list"), field="department_id")
    return _("%(count)s users moved") % {"count": accounts.move_department(db, ids, int(wanted))}


ASK_DEPARTMENT = {"name": "department_id", "label": N_("New department"), "kind": "reference", "required": True,
                  "choices": [], "url": "/app/department/pick"}  # fmt: skip
USER_BUTTONS = [
    Button("set_invalid", N_("Make invalid"), _set_invalid, confirm=N_("Make the selected accounts invalid?")),
    Button("set_valid", N_("Make valid"), _set_valid, confirm=N_("Make the selected accounts valid?")),
    Button("move", N_("Move to another department"), _move, asks=(ASK_DEPARTMENT,)),
]


class UserTable(Console):
    """Users with the positions they hold."""

    query_follows = False  # one chooses among the positions

    def columns(self) -> Columns:
        """The table's columns and the positions."""
        columns = UserColumns(self.model, self.custom(), self.nameless)
        columns.session = self.session
        return columns


class UserPages(UserTable):
    """The users of a department."""

    list_template = "organization/users.html"

    def list_context(self, *args: Any) -> dict[str, Any]:
        """The list, the tree beside it and the form of the chosen department."""
        context = super().list_context(*args)
        chosen = request.args.get("q.department", type=int)
        may = {name: self.rights_on_departments(name) for name in ("add", "edit", "delete")}
        context["departments"] = {
            "nodes": [self.node(b, chosen) for b in organization.tree(self.session)], "all": chosen is None, "may": may,
        }  # fmt: skip
        context["department"] = self.department_form(chosen) if chosen else None
        if chosen and context["new_url"]:
            context["new_url"] += f"?department={chosen}"
        return context

    def rights_on_departments(self, permission: str) -> bool:
        """Whether the reader may do this to departments."""
        return self.consoles_by_key()["department"].instance().can(permission)

    def node(self, branch: Branch, chosen: int | None) -> dict[str, Any]:
        """A department for the tree."""
        return {
            "id": branch.id, "label": branch.name, "sub": branch.people or None, "active": branch.id == chosen,
            "url": tree_url(branch.id), "children": [self.node(c, chosen) for c in branch.children],
        }  # fmt: skip

    def department_form(self, department_id: int) -> dict[str, Any] | None:
        """The form of a department on top of its users; nothing where it is not to be seen."""
        view = self.consoles_by_key()["department"].instance()
        found = self.session.execute(select(Department).where(Department.id == department_id)).scalars().first()
        if found is None or not view.can("read"):
            return None
        context = view.form_context(found)
        return context | {"action": f"{view.base_url()}{found.id}/edit?home=1", "name": found.name}

    def list_buttons(self) -> list[dict[str, Any]]:
        """The buttons of A-2.2.1.2.2-02, in the manual's order."""
        given = {b["name"]: b for b in super().list_buttons()}
        if self.can("reset_password"):
            given["reset_password"] = self.reset_button()
        if "new" in given and request.args.get("q.department", "").isdecimal():
            given["new"]["url"] += f"?department={request.args['q.department']}"
        if "delete" in given:
            given["delete"]["confirm"] = _("Delete the selected users?")
        first = ["reset_password", "new", "edit", "delete", "set_invalid", "set_valid", "move"]
        return [given[n] for n in [*first, *(n for n in given if n not in first)] if n in given]

    def reset_button(self) -> dict[str, Any]:
        """【重置密码】; the script of the page shows the passwords."""
        url = f"{self.base_url()}reset_password"
        confirm = _("Reset the passwords of the selected users?")
        return self.button("reset_password", _("Reset password"), icon="key", confirm=confirm, url=url)

    def record_buttons(self, record: Any) -> list[dict[str, Any]]:
        """On the user's page too."""
        reset = [self.reset_button()] if self.can("reset_password") else []
        return [*reset, *super().record_buttons(record)]

    def history_line(self, entry: Any) -> dict[str, Any]:
        """In the history, positions by name."""
        line = super().history_line(entry)
        if "position_names" in entry.changes:
            kind, field = PositionsKind(), Field("option", "")
            before, after = (kind.plain(names, field) or "–" for names in entry.changes["position_names"])
            line["action"] = _("Grant positions")
            line["changes"].append({"label": _("Position"), "before": before, "after": after})
        return line

    @expose("/reset_password", methods=["POST"])
    @page("reset_password")
    def reset_password(self) -> Any:
        """New one-time passwords for the chosen users: the answer is the only place they are ever told."""
        made = accounts.reset_passwords(self.session, self.chosen_ids(sent()))
        rows = [{"name": u.first_name, "username": u.username, "password": p} for u, p in made]
        return jsonify({"ok": True, "message": _("Password reset done"), "passwords": rows})

    def after_save(self, record: Any) -> Any:
        """Back to the list; a new account's password waits, encrypted, for it (A-2.2.1.2.2-06)."""
        made = getattr(record, "one_time_password", None)
        if made:
            row = {"name": record.first_name, "username": record.username, "password": made}
            session[ONCE] = vault().lock(json.dumps([*waiting(), row]))
        if request.form.get("_save") == "new":
            return super().after_save(record)
        flash(_("Saved"), "success")
        return redirect(tree_url(record.department_id), 303)

    def frame_context(self, *args: Any) -> dict[str, Any]:
        """The page around the list; a password made just before is shown once."""
        once = waiting()
        session.pop(ONCE, None)
        return super().frame_context(*args) | {"passwords": once}

    @expose("/<int:record_id>")
    @page("read")
    def detail(self, record_id: int) -> Any:
        """The user, with what the script of these pages needs."""
        record = records.find(self.session, self.model, record_id)
        self.remember(record)
        return respond("organization/user.html", page=self.detail_context(record))


def vault() -> Vault:
    """The key of what waits in the session."""
    return Vault(current_app.config["DATA_DIR"])


def waiting() -> list[dict[str, str]]:
    """The passwords made since the list was last shown."""
    token = session.get(ONCE)
    return json.loads(vault().unlock(token)) if token else []


class HomingForms(Console):
    """Forms that, opened with `?home=1` from a page of their own kind, lead back to it."""

    def home(self, record_id: Any) -> str:
        """The address of that page with a record chosen."""
        raise NotImplementedError

    def form_context(self, record: Any, **options: Any) -> dict[str, Any]:
        """The form, knowing where it was opened."""
        context = super().form_context(record, **options)
        if "home" in request.args:
            back = self.home(record.id if record is not None else request.args.get("parent"))
            context |= {"action": f"{request.path}?home=1", "back_url": back, "save_new": False}
        return context

    def after_save(self, record: Any) -> Any:
        """Back to that page."""
        if "home" not in request.args:
            return super().after_save(record)
        flash(_("Saved"), "success")
        return redirect(self.home(record.id), 303)


class DepartmentPages(HomingForms):
    """Departments are changed on the page of their users."""

    def home(self, record_id: Any) -> str:
        return tree_url(record_id)


def tree_url(department_id: Any) -> str:
    """The page of the tree with a department chosen."""
    return f"/app/user/?q.department={department_id}" if str(department_id).isdecimal() else "/app/user/?view=all"
