"""Merging two entries for one party (合并): side by side, field by field, with what would move."""

from typing import Any

from flask import flash, redirect, request
from flask_appbuilder import expose

from app.console import Button, Console, Section
from app.console.guard import actor, page, say
from app.console.kinds import is_whole
from app.console.render import respond
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.validity import Validity
from app.services import party_merge
from app.texts import gettext as _
from models.party import PartyMerge

#: Two rows of the list become one; a single record has nobody to be merged with.
MERGE = Button(
    "merge", N_("Merge"), permission="merge", needs="some", icon="merge", url="merge", when=lambda _record: False
)


class MergePages:
    """Mixed into the consoles of clients, applicants and inventors."""

    @expose("/merge", methods=["GET", "POST"])
    @page("merge")
    def merge(self: Any) -> Any:
        """Two entries side by side; POST makes them one."""
        ids = [int(i) for i in request.values.get("ids", "").split(",") if is_whole(i)]
        if len(set(ids)) != 2:
            raise RuleError(N_("Choose two different records to merge"))
        pair = [self.find(i) for i in ids]
        if request.method == "GET":
            return respond("party/merge.html", page=self.merge_context(pair))
        try:
            return self.take_merge(pair)
        except RuleError as error:
            self.session.rollback()
            pair = [self.find(i) for i in ids]
            return respond("party/merge.html", page=self.merge_context(pair, error), status=422)

    def take_merge(self: Any, pair: list[Any]) -> Any:
        """What was chosen, done."""
        form = request.form
        kept = next((r.id for r in pair if str(r.id) == form.get("kept")), None)
        if kept is None:
            raise RuleError(N_("Choose which record is kept"), field="kept")
        other = next(r.id for r in pair if r.id != kept)
        columns = self.columns()
        taken = [columns[n].key for n in self.merged_fields() if form.get(f"take-{n}") == str(other)]
        versions = {r.id: form.get(f"version-{r.id}", type=int) or 0 for r in pair}
        party_merge.merge(
            self.session, self.model, kept, other, versions=versions, taken=taken, reason=form.get("reason", "")
        )
        flash(_("Merged; the other record is invalid now"), "success")
        return redirect(f"{self.base_url()}{kept}", 303)

    def merged_fields(self: Any) -> list[str]:
        """The fields of the form that the actor may choose between."""
        able, columns = set(party_merge.choosable(self.model)), self.columns()
        return [n for n in self.form_fields() if columns[n].key in able and self.writable_to(actor(), n)]

    def merge_context(self: Any, pair: list[Any], error: RuleError | None = None) -> dict[str, Any]:
        """The page: both entries, each field with both values, what would move, what was refused."""
        columns, rows = self.columns(), []
        names = self.merged_fields()
        shown = [self.facts(r, [columns[n] for n in names]) for r in pair]
        kept = request.values.get("kept") or str(next((r.id for r in pair if r.valid is Validity.VALID), pair[0].id))
        for name, *facts in zip(names, *shown, strict=True):
            raw = [getattr(r, columns[name].key) for r in pair]
            if all(v in (None, "", False) for v in raw):
                continue
            best = next((str(r.id) for r, v in zip(pair, raw, strict=True) if v not in (None, "", False)), kept)
            own = next(v for r, v in zip(pair, raw, strict=True) if str(r.id) == kept)
            chosen = request.form.get(f"take-{name}") or (kept if own not in (None, "") else best)
            rows.append({"name": name, "label": facts[0]["label"], "differs": raw[0] != raw[1], "chosen": chosen,
                         "values": [f["value"] for f in facts]})  # fmt: skip
        sides = [
            {"id": r.id, "version": r.version, "title": r.name, "states": self.states(r),
             "url": f"{self.base_url()}{r.id}",
             "kept": str(r.id) == kept, "valid": r.valid is Validity.VALID, "stamp": r.created_at,
             "counts": [(_(label), n) for label, n in party_merge.counts(self.session, self.model, r.id).items()]}
            for r in pair
        ]  # fmt: skip
        return {
            "title": _("Merge %(title)s", title=_(self.model.__label__)), "sides": sides, "rows": rows,
            "ids": ",".join(str(r.id) for r in pair), "reason": request.form.get("reason", ""),
            "back_url": self.base_url(), "error": say(error) if error else "", "field": error.field if error else "",
        }  # fmt: skip


class PartyMergeView(Console, model=PartyMerge):
    title = N_("Merges of parties")
    icon = "merge"
    read_only = True
    list_columns = ["table_key", "kept_name", "merged_name", "reason", "created_by", "created_at"]
    query_columns = ["table_key", "kept_name", "merged_name"]
    form = [Section(N_("Merge of parties"), "table_key", "kept_name", "merged_name", "reason")]
