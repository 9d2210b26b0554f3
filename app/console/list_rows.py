"""The rows of a list as they are drawn: header, cells, icons, the verbs above them, what an empty list says."""

from typing import Any

from flask import request
from sqlalchemy import select

from app.console.columns import Column
from app.console.guard import actor
from app.console.list_address import link
from app.console.listing import ListState, Page
from app.console.render import icon
from app.console.table import icon_link, render_rows
from app.rules.choice import N_
from app.texts import gettext as _


class ListRows:
    """What is drawn of the rows; mixed into `Console`."""

    def row_icons(self) -> int:
        """How many icons stand in each row."""
        return 2 if self.can("edit") else 1

    def flag(self, values: Any) -> str:
        """The flag of a row (safe HTML) of its `flag_columns`."""
        raise NotImplementedError

    def tbody(self, found: Page) -> Any:
        """The rows as HTML: each says which steps stand open to it, and its version where it is edited in place."""
        base, may_edit, own = self.base_url(), self.can("edit"), 1 if self.grid else 0
        steps = self.open_steps_in(found, own + len(self.flag_columns))

        def marks(row: Any) -> str:
            version = f' data-version="{row[1]}"' if self.grid else ""
            return version + (f' data-steps="{" ".join(steps[row[0]])}"' if row[0] in steps else "")

        flags = slice(1 + own, 1 + own + len(self.flag_columns))
        linked = self.icon_links()

        def icons(row: Any) -> str:
            flag = self.flag(row[flags]) if self.flag_columns else ""
            return f'<td class="c-icons">{flag}{"".join(make(row[0]) for make in linked)}</td>'

        return render_rows(
            found.rows, found.columns, base=base, links=self.links(found.columns), icons=icons,
            extra=own + len(self.flag_columns), marks=marks,
            opens="/edit" if self.opens == "form" and may_edit else "",
        )  # fmt: skip

    def icon_links(self) -> list[Any]:
        """What makes the icons of a row: (id) → a link; as many as `row_icons` says."""
        base, look, change = self.base_url(), icon("folder-open"), icon("pencil")
        open_label, edit_label = _("Open"), _("Edit")
        made = [lambda key: icon_link(f"{base}{key}", open_label, look)]
        if self.can("edit"):
            made.append(lambda key: icon_link(f"{base}{key}/edit", edit_label, change))
        return made

    def links(self, columns: list[Column]) -> dict[str, str]:
        """Where the reader may open what a reference shows."""
        targets = {c.name: self.console_of(c.target) for c in columns if c.target}
        return {n: t.base_url() for n, t in targets.items() if t is not None and actor().may("read", t.key)}

    def label_of(self, column: Column) -> str:
        """What a column is called on this list."""
        return _(self.labels.get(column.name) or column.label)

    def heads(self, columns: list[Column], state: ListState) -> list[dict[str, Any]]:
        """The header cells with their sort links."""
        sorted_by = {c.name: down for c, down in state.sort}
        made, editable = [], self.form_fields() if self.grid else ()
        here = link(self.base_url(), request.args, sort=None, page=None)
        here += "&sort=" if "?" in here else "?sort="
        share = 100 // max(1, sum(c.name in self.wide for c in columns))
        for c in columns:
            down = sorted_by.get(c.name)
            made.append({
                "name": c.name, "label": self.label_of(c), "align": c.kind.align,
                "sorted": None if down is None else "desc" if down else "asc",
                "sort_url": f"{here}{'-' if down is False else ''}{c.name}",
                "editable": not c.path and c.name in editable, "share": share if c.name in self.wide else 0,
            })  # fmt: skip
        return made

    def list_buttons(self) -> list[dict[str, Any]]:
        """The toolbar: add, edit, delete, then the table's own verbs."""
        base, may, made = self.base_url(), self.rights(), []
        if may["add"] and not self.grid:
            made.append(
                self.button(
                    "new",
                    _(self.add_label or N_("Add")),
                    icon="plus",
                    needs="none",
                    primary=True,
                    method="get",
                    url=f"{base}new",
                )
            )
        if may["edit"] and not self.grid:
            made.append(
                self.button("edit", _("Edit"), icon="pencil", needs="one", method="get", url=f"{base}{{id}}/edit")
            )
        made += self.verbs()
        if may["delete"]:
            confirm = _(self.delete_confirm or N_("Delete the {n} selected records?"))
            made.append(self.button("delete", _("Delete"), icon="trash-2", confirm=confirm, url=f"{base}delete"))
        if self.toolbar:
            named = {b["name"]: b for b in made}
            return [named[name] for name in self.toolbar if name in named]
        return made

    def empty_state(self, state: ListState) -> dict[str, Any]:
        """What an empty list says."""
        if state.conditions and self.has_rows():
            return {
                "title": _("No record fits these conditions"),
                "text": _("Drop a condition or widen it."),
                "ways": self.ways_out(state),
                "actions": [{"label": _("Reset"), "url": f"{self.base_url()}?view=all"}],
            }
        actions = [{"label": _("Add"), "url": f"{self.base_url()}new"}] if self.can("add") else []
        if self.can("import"):
            actions.append({"label": _("Import from Excel"), "url": f"{self.base_url()}import"})
        text = _(self.help) if self.help else _("Nothing has been recorded here yet.")
        return {"title": _("“%(title)s” is still empty") % {"title": self.heading()}, "text": text, "actions": actions}

    def has_rows(self) -> bool:
        """Whether the table has any row the actor sees."""
        return self.session.execute(select(self.model.id).limit(1)).first() is not None


def pager(found: Page, args: Any, base: str) -> dict[str, Any]:
    """The pager bar (A-2.2.4.5)."""
    first = (found.page - 1) * found.size + 1 if found.rows else 0
    more = found.page < found.pages or (found.capped and len(found.rows) == found.size)
    return {
        "page": found.page, "pages": found.pages, "total": found.total, "total_capped": found.capped,
        "size": found.size,
        "first": first, "last": first + len(found.rows) - 1 if found.rows else 0,
        "prev_url": link(base, args, page=found.page - 1) if found.page > 1 else None,
        "next_url": link(base, args, page=found.page + 1) if more else None,
        "jump_url": link(base, args, page=None), "size_url": link(base, args, page=None, size=None),
    }  # fmt: skip
