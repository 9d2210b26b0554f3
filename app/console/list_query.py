"""What stands around the rows of a list: the query panel, conditions in words, saved views, parts of the list."""

from typing import Any
from urllib.parse import urlencode

from flask import g, render_template
from flask_babel import get_locale
from markupsafe import Markup

from app.console.columns import CUSTOM, Column
from app.console.guard import actor
from app.console.inputs import QUERY_KINDS, describe_input, title_of
from app.console.kinds import OPERATORS
from app.console.list_address import is_condition, link
from app.console.listing import ALONE_CAP, ListState, alone, split_wishes, tally
from app.rules.errors import RuleError
from app.services.custom_fields import queried
from app.services.today import today
from app.texts import gettext as _

UNFOLDED = 3


class ListQuery:
    """What is asked of a list, as its page shows it; mixed into `Console`."""

    def slice_counts(self, state: ListState) -> dict[str, int]:
        """How many rows of what is asked each part of the list has."""
        conditions = {s.name: s.condition(today()) for s in self.slices}
        return tally(self.session, self.model, state, conditions, base=self.base_condition()) if conditions else {}

    def slice_context(self, state: ListState, counts: dict[str, int]) -> dict[str, Any]:
        """The parts of the list with their counts, as joined buttons and as a tree; each leads to its rows."""
        if not counts:
            return {}
        now, made = state.args.get("slice") or "", {}
        for s in self.slices:
            url = link(self.base_url(), state.args, slice=s.name, page=None)
            made[s.name] = {"label": _(s.label), "count": counts[s.name], "sub": f"{counts[s.name]:,}", "url": url,
                            "flag": s.flag, "current": s.name == now, "active": s.name == now}  # fmt: skip
        tree = [{"label": _(b.label), "url": "#", "children": [made[n] for n in b.slices]} for b in self.tree]
        return {"segments": [made[n] for n in self.segments], "tree": tree}

    def view_tabs(self, current: Any, state: ListState) -> list[dict[str, Any]]:
        """All rows, the declared parts of the table, then the saved views, as tabs."""
        base, part = self.base_url(), "" if current is not None else state.args.get("tab", "")
        now = state.args.get("slice", "") if current is None else ""
        slices = {s.name: s for s in self.slices}
        tabs: list[dict[str, Any]] = [
            {"id": None, "label": _(slices[n].label), "url": f"{base}?slice={n}", "active": n == now}
            for n in self.slice_tabs
        ]
        whole = current is None and not part and state.slice is None
        tabs.append({"id": None, "label": _("All"), "url": f"{base}?view=all", "active": whole})
        for t in self.list_tabs:
            url = f"{base}?view=all&tab={t.name}"
            tabs.append({"id": None, "label": _(t.label), "url": url, "active": t.name == part})
        for v in self.open_views():
            active, mine = v == current, v.owner_id == g.actor.id or g.actor.is_admin
            url = f"{base}?view={v.id}"
            tabs.append({"id": v.id, "label": v.name, "url": url, "active": active, "deletable": mine})
        return tabs

    def query_panel(self, state: ListState, *, in_view: bool) -> Markup:
        """The query panel with what was asked; as long as nothing is, it looks the same to all of the same rights."""

        def panel() -> Markup:
            context = {"query": self.query_fields(state), "conditions": self.advanced_conditions(state),
                       "url": self.base_url(), "key": self.key, "in_view": in_view}  # fmt: skip
            return Markup(render_template("console/_query.html", page=context))

        fixed = self.query_follows and not state.conditions
        return self.kept("query", panel, in_view, str(get_locale())) if fixed else panel()

    def query_fields(self, state: ListState) -> list[dict[str, Any]]:
        """The query panel: each field with what was asked."""
        columns, asked = self.columns(), {c.parameter: c.values for c in state.conditions}
        custom = [CUSTOM + c for c in queried(self.session, self.key)]
        names = [n for n in [*self.query_columns, *custom] if self.open_to(actor(), n)]
        fields = []
        for number, name in enumerate(names):
            column = columns[name]
            described = describe_input(self, column, name=name, values=asked.get(f"q.{name}", []))
            described["kind"] = QUERY_KINDS.get(described["kind"], described["kind"])
            if described["kind"] in ("date", "number"):
                described["value"] = [asked.get(f"q.{name}.{end}", [""])[0] for end in ("from", "to")]
            fields.append(described | {"folded": number >= UNFOLDED, "required": False})
        return fields

    def advanced(self, state: ListState) -> dict[str, Any]:
        """What advanced conditions may be built of, and those that are."""
        columns = self.columns()
        usable = [columns[n] for n in self.exposed(actor()) if columns.get(n) and columns[n].kind.operators]
        return {
            "fields": [describe_input(self, c, name=c.name) | {"ops": list(c.kind.operators)} for c in usable],
            "ops": {code: _(label) for code, label in OPERATORS.items()},
            "conditions": self.advanced_conditions(state),
        }

    def advanced_conditions(self, state: ListState) -> list[dict[str, str]]:
        """The advanced conditions that are asked."""
        asked = [c for c in state.conditions if c.parameter.startswith("c=")]
        return [
            {"name": c.column.name, "op": c.operator, "value": v, "display": self.value_text(c.column, v)}
            for c in asked
            for v in c.values[:1]
        ]

    def chips(self, state: ListState) -> list[dict[str, Any]]:
        """The applied conditions in words, each with the link that drops it."""
        made = []
        for c in split_wishes(state)[1]:
            pairs = [
                (k, v)
                for k, v in state.args.items(multi=True)
                if k not in ("page", "view", c.parameter) and f"{k}={v}" != c.parameter
            ]
            if not any(is_condition(k) for k, _v in pairs):
                pairs.insert(0, ("view", "all"))
            words = "、".join(self.value_text(c.column, v) for v in c.values)
            made.append({
                "label": column_label(c.column), "op": _(OPERATORS[c.operator]), "text": words,
                "remove_url": f"{self.base_url()}?{urlencode(pairs)}",
            })  # fmt: skip
        return made

    def ways_out(self, state: ListState) -> list[dict[str, Any]]:
        """Of a list that nothing fits: what each of several conditions finds by itself, with the link that drops it."""
        chips = self.chips(state)
        if len(chips) < 2:
            return []
        try:
            counts = alone(self.session, self.model, state, base=self.base_condition())
        except RuleError:
            return []  # said above the rows
        return [
            {
                "label": f"{chip['label']} {chip['op']} {chip['text']}".rstrip(), "url": chip["remove_url"],
                "text": _("Drop this condition"), "note": found_alone(count), "bad": not count,
            }
            for chip, count in zip(chips, counts, strict=False)
        ]  # fmt: skip

    def value_text(self, column: Column, text: str) -> str:
        """A condition's value as people read it."""
        if column.target:
            return title_of(self.session, column.target, text) or text
        try:
            return column.kind.plain(column.kind.parse(text, column.field), column.field)
        except RuleError:
            return text


def found_alone(count: int) -> str:
    """How many rows a condition finds by itself, in words."""
    if not count:
        return _("finds nothing by itself")
    if count > ALONE_CAP:
        return _("finds more than %(count)s by itself", count=f"{ALONE_CAP:,}")
    return _("finds %(count)s by itself", count=count)


def column_label(column: Column) -> str:
    """The column's label; through a reference the reference's name leads (“案卷 / 我方卷号” stays one word)."""
    return _(column.label)
