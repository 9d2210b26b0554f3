"""岗位定义 (A-2.2.2): positions left, what the chosen one may do right, its field rights, and who holds it."""

from typing import Any

from flask import flash, jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import assoc_user_role
from sqlalchemy import select

from app.console import REGISTRY
from app.console.guard import actor, page
from app.console.render import respond
from app.console.shell import MENU, PAGES, item_label
from app.rules.access import ACTIONS, FieldRightKind
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.organization import PositionType
from app.services import grants, records
from app.services.access import ADMIN
from app.services.grants import BUILT_IN, PUBLIC
from app.services.unit_of_work import SYSTEM
from app.texts import gettext as _
from models.organization import Position, User
from views.organization_users import HomingForms, position_name, sent

TABS = {"functions": N_("Grant functions"), "fields": N_("Field rights"), "people": N_("People")}


def grantable() -> dict[str, dict[str, str]]:
    """Everything that may be granted: {table or page key: {permission: msgid}}."""
    return {key: console.permissions() for key, console in REGISTRY.items()} | PAGES


def modules() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(key, label, [(table or page key, label)]) as the menu orders them; what has no menu entry comes last."""
    known, made, seen = grantable(), [], set()
    for module in MENU:
        rows = [(i.key, item_label(i)) for i in module.items if i.key in known and i.key not in seen]
        seen |= {key for key, _label in rows}
        if rows:
            made.append((module.key, _(module.label), rows))
    rest = [(key, _(REGISTRY[key].title) if key in REGISTRY else key) for key in known if key not in seen]
    return [*made, ("other", _("Tables without a menu entry"), rest)] if rest else made


def matrix(
    granted: dict[str, set[str]], everything: bool, elsewhere: dict[tuple[str, str], dict[str, int]]
) -> list[dict[str, Any]]:
    """The rows of 赋予功能. A box is closed where the reader could not give the function.

    elsewhere: see `grants.elsewhere`; said where a function is taken that people keep by another position.
    """
    known = grantable()

    def kept(key: str, code: str) -> str:
        positions = elsewhere.get((code, key), {}).items()
        return "、".join(_("%(name)s (%(count)s people)", name=name, count=count) for name, count in positions)

    def box(key: str, code: str) -> dict[str, Any]:
        on = everything or code in granted.get(key, ())
        closed = everything or not (on or actor().may(code, key))
        return {"code": code, "label": _(known[key][code]), "on": on, "closed": closed, "kept": kept(key, code)}

    def row(key: str, label: str) -> dict[str, Any]:
        special = [box(key, code) for code in known[key] if code not in ACTIONS]
        return {"key": key, "label": label, "special": special,
                "boxes": [box(key, code) if code in known[key] else None for code in ACTIONS]}  # fmt: skip

    return [{"key": key, "label": label, "rows": [row(*r) for r in rows]} for key, label, rows in modules()]


def fields_of_table(key: str) -> list[tuple[str, str]]:
    """(name, label) of what may be taken from a position on a table."""
    view = REGISTRY[key].instance()
    columns = view.columns()
    grids = [(g.name, _(g.label or view.child_model(g).__label__)) for g in view.collections().values()]
    names = [n for n in view.exposed(SYSTEM) if "." not in n or n.startswith("x.")]
    return [(n, _(columns[n].label)) for n in names] + grids


class PositionPages(HomingForms):
    """The page of positions and what it saves."""

    @expose("/define")
    @page("read")
    def define(self) -> Any:
        """The page; `id` chooses a position, `tab` what is shown of it, `table` whose field rights."""
        chosen = self.session.get(Position, request.args.get("id", 0, type=int))
        chosen = chosen if chosen is not None and chosen.name != PUBLIC else None
        tab = request.args.get("tab", "")
        tab = tab if tab in TABS else "functions"
        context: dict[str, Any] = {
            "title": self.heading(), "positions": self.position_list(chosen), "can": self.rights(), "chosen": None,
            "may_grant": self.can("grant"), "new_url": f"{self.base_url()}new", "list_url": self.base_url(),
            "buttons": self.position_buttons(chosen),
        }  # fmt: skip
        if chosen is not None:
            context |= self.chosen_context(chosen, tab)
        return respond("organization/positions.html", page=context)

    def position_list(self, chosen: Position | None) -> list[dict[str, Any]]:
        """The positions with how many valid users hold each."""
        people = grants.holders(self.session)
        rows = self.session.execute(select(Position).where(Position.name != PUBLIC).order_by(Position.id)).scalars()
        return [
            {"id": p.id, "name": position_name(p.name), "words": p.pinyin, "people": people.get(p.id, 0),
             "management": p.position_type is PositionType.MANAGEMENT or p.name == ADMIN, "active": p is chosen,
             "url": define_url(p.id)}
            for p in rows
        ]  # fmt: skip

    def position_buttons(self, chosen: Position | None) -> list[dict[str, Any]]:
        """【新增】【修改】【复制为新岗位】【删除】: until one is chosen only 【新增】 can be pressed."""
        why = _("Choose a position first") if chosen is None else ""
        if chosen is not None and chosen.name in BUILT_IN:
            why = _("The administrator's position stays as it is")
        base = f"{self.base_url()}{chosen.id if chosen else 0}"
        title = chosen.name if chosen else ""
        ask = {"name": "name", "label": _("Position name"), "kind": "text", "required": True, "maxlength": 64}
        made: list[tuple[str, str, str, dict[str, Any]]] = [
            ("add", "new", _("Add"), {"icon": "plus", "method": "get", "url": f"{self.base_url()}new?home=1"}),
            ("edit", "edit", _("Edit"), {"icon": "pencil", "method": "get", "url": f"{base}/edit?home=1"}),
            ("add", "copy", _("Copy as a new position"), {"icon": "copy", "method": "dialog", "url": f"{base}/copy"}),
            ("delete", "drop", _("Delete"), {"icon": "trash-2", "url": f"{base}/drop"}),
        ]
        buttons = {}
        for right, name, label, more in made:
            if self.can(right):
                button = self.button(name, label, needs="none", **more)
                buttons[name] = button | {"disabled_reason": "" if name == "new" else why}
        if "copy" in buttons:
            buttons["copy"]["asks"] = [ask]
        if "drop" in buttons:
            buttons["drop"]["confirm"] = _("Delete “%(name)s”? Whoever holds it loses its rights at once.", name=title)
        return list(buttons.values())

    def chosen_context(self, chosen: Position, tab: str) -> dict[str, Any]:
        """What one tab shows of a position."""
        people = grants.holders(self.session).get(chosen.id, 0)
        everything = chosen.name == ADMIN
        tabs = [code for code in TABS if not (everything and code == "fields")]
        context: dict[str, Any] = {
            "chosen": {"id": chosen.id, "name": position_name(chosen.name), "version": chosen.version, "people": people,
                       "built_in": everything, "remark": chosen.remark},
            "tab": tab, "tabs": [
                {"label": _(TABS[code]), "count": people if code == "people" else None, "active": code == tab,
                 "url": define_url(chosen.id, tab=code)} for code in tabs
            ],
        }  # fmt: skip
        if tab == "people":
            return context | {"people": self.people(chosen)}
        if tab == "fields" and not everything:
            return context | self.fields_context(chosen)
        kept = {} if everything else grants.elsewhere(self.session, chosen.id)
        groups = matrix(grants.granted(self.session, chosen.id), everything, kept)
        return context | {"tab": "functions", "actions": [_(label) for label in ACTIONS.values()], "groups": groups,
                          "save_url": f"{self.base_url()}{chosen.id}/functions"}  # fmt: skip

    def fields_context(self, chosen: Position) -> dict[str, Any]:
        """The fields of one table with what is taken from the position."""
        rights = grants.field_rights_of(self.session, chosen.id)
        tables = [(key, label) for _key, _label, rows in modules() for key, label in rows if key in REGISTRY]
        wanted = request.args.get("table", "")
        table = wanted if wanted in REGISTRY else next(iter(sorted({t for t, _c in rights})), tables[0][0])
        counts = {key: sum(1 for t, _c in rights if t == key) for key, _label in tables}
        kinds = [{"code": "", "label": _("Not restricted")}]
        kinds += [{"code": k.name, "label": _(k.label)} for k in FieldRightKind]
        fields = [
            {"name": name, "label": label, "right": rights[(table, name)].name if (table, name) in rights else ""}
            for name, label in fields_of_table(table)
        ]
        return {
            "table": table, "fields": fields, "kinds": kinds, "save_url": f"{self.base_url()}{chosen.id}/fields",
            "here": define_url(chosen.id, tab="fields"),
            "tables": [{"code": key, "label": f"{label}  {counts[key] or ''}".strip()} for key, label in tables],
        }  # fmt: skip

    def people(self, chosen: Position) -> list[User]:
        """Who holds the position."""
        query = select(User).join(assoc_user_role, assoc_user_role.c.user_id == User.id)
        query = query.where(assoc_user_role.c.role_id == chosen.id).order_by(User.id)
        return list(self.session.execute(query).scalars())

    @expose("/<int:record_id>/functions", methods=["POST"])
    @page("grant")
    def save_functions(self, record_id: int) -> Any:
        """Save 赋予功能: {version, functions: {table: [permissions]}} is all the position may do."""
        body = read_body()
        given = body.get("functions")
        if not isinstance(given, dict) or not all(isinstance(v, list) for v in given.values()):
            raise RuleError(N_("The form is incomplete; load it again"))
        wanted = {str(table): {str(p) for p in permissions} for table, permissions in given.items()}
        added, removed = grants.grant(self.session, record_id, wanted, version=body["version"])
        counts = {"added": len(added), "removed": len(removed)}
        message = _("Saved: %(added)s functions given, %(removed)s taken", **counts)
        return jsonify({"ok": True, "message": message, "version": self.session.get(Position, record_id).version})

    @expose("/<int:record_id>/fields", methods=["POST"])
    @page("grant")
    def save_fields(self, record_id: int) -> Any:
        """Save the field rights on one table: {version, table, rights: {column: HIDDEN or READ_ONLY}}."""
        body = read_body()
        table, given = str(body.get("table")), body.get("rights")
        if table not in REGISTRY or not isinstance(given, dict):
            raise RuleError(N_("The form is incomplete; load it again"))
        known = {name for name, _label in fields_of_table(table)}
        codes = {c: str(kind) for c, kind in given.items() if kind}
        if not codes.keys() <= known or not all(code in FieldRightKind.__members__ for code in codes.values()):
            raise RuleError(N_("There is no such field or right"))
        rights: dict[tuple[str, str], Any] = {(table, c): FieldRightKind[code] for c, code in codes.items()}
        others = {p: k for p, k in grants.field_rights_of(self.session, record_id).items() if p[0] != table}
        grants.restrict(self.session, record_id, others | rights, version=body["version"])
        return jsonify({"ok": True, "message": _("Saved"), "version": self.session.get(Position, record_id).version})

    @expose("/<int:record_id>/copy", methods=["POST"])
    @page("add")
    def copy(self, record_id: int) -> Any:
        """【复制为新岗位】."""
        if not self.can("grant"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        inputs = sent().get("inputs")
        name = str(inputs.get("name") or "").strip() if isinstance(inputs, dict) else ""
        if not name or len(name) > 64:
            raise RuleError(N_("Give the position a name of at most 64 characters"), field="name")
        made = grants.copy_position(self.session, record_id, name)
        return jsonify({"ok": True, "message": _("Saved"), "url": define_url(made.id)})

    @expose("/<int:record_id>/drop", methods=["POST"])
    @page("delete")
    def drop(self, record_id: int) -> Any:
        """【删除】 of the chosen position."""
        records.delete(self.session, Position, [record_id])
        flash(_("The position was deleted"), "success")
        return jsonify({"ok": True, "message": _("The position was deleted"), "url": define_url()})

    def home(self, record_id: Any) -> str:
        return define_url(record_id)

    def history_line(self, entry: Any) -> dict[str, Any]:
        """In the history, functions and field rights in words."""
        line = super().history_line(entry)
        labels = {"grants": _("Functions"), "field_rights": _("Field rights")}
        for key, change in entry.changes.items():
            if key in labels:
                before, after = (told(key, names) for names in change)
                line["action"] = _("Changed")
                line["changes"].append({"label": labels[key], "before": before, "after": after})
        return line


def told(key: str, names: list[str]) -> str:
    """What the history keeps of functions and field rights, in words."""
    titles = {table: label for _key, _label, rows in modules() for table, label in rows}
    return "、".join(in_words(key, name, titles) for name in names) or "–"


def in_words(key: str, name: str, titles: dict[str, str]) -> str:
    """“client.edit” as 客户管理 修改, “client.name=HIDDEN” as 客户管理 客户名称 隐藏."""
    place, _sep, right = name.partition("=")
    table, _sep, rest = place.partition(".")
    if table not in titles:
        return name
    if key == "grants":
        return f"{titles[table]} {_(grantable()[table].get(rest, rest))}"
    kind = FieldRightKind.find(right)
    return f"{titles[table]} {dict(fields_of_table(table)).get(rest, rest)} {_(kind.label) if kind else right}"


def define_url(position_id: int | None = None, **more: Any) -> str:
    """The page with a position chosen."""
    chosen: dict[str, Any] = {"id": position_id} if position_id else {}
    return url_for("PositionView.define", **chosen, **more)


def read_body() -> dict[str, Any]:
    """The sent object with its whole-number version. Raises RuleError."""
    body = sent()
    if type(body.get("version")) is not int:
        raise RuleError(N_("The form is incomplete; load it again"))
    return body
