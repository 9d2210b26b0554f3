"""The verbs of a table: the steps of its life cycles and its declared buttons, on one record or many."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import jsonify
from flask_appbuilder import expose
from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload, load_only

from app.console.guard import actor, mapping, page, say, sent
from app.console.inputs import describe_input
from app.console.listing import Page
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.workflow import Transition, Workflow
from app.services import records
from app.services.today import today
from app.texts import gettext as _
from models.base import flow_with, flows_of


class StepPages:
    """Routes of the verbs; mixed into `Console`."""

    def steps(self) -> dict[str, Transition]:
        """Every step of the table's life cycles that the actor may take, by name."""
        if self.read_only:
            return {}
        return {t.name: t for flow in flows_of(self.model) for t in flow.offered if self.can(t.name)}

    def offers(self, name: str) -> bool:
        """Whether the table has a step of this name that people may take."""
        return any(t.name == name for flow in flows_of(self.model) for t in flow.offered)

    def open_steps(self, ids: list[int]) -> dict[int, list[str]]:
        """{row: the steps that its states and the guards let the actor take}; one statement, none without steps.

        Rows are loaded with what the life cycles say their guards read, and with nothing else.
        """
        mine = self.steps()
        if not mine or not ids:
            return {}
        flows = flows_of(self.model)
        states = [getattr(self.model, flow.field) for flow in flows]
        if not any(flow.guarded for flow in flows):
            rows = self.session.execute(select(self.model.id, *states).where(self.model.id.in_(ids)))
            return self.steps_by_state(rows, {flow.field: at for at, flow in enumerate(flows, start=1)})
        reads = {name for flow in flows for name in flow.reads}
        references = sorted(reads.intersection(inspect(self.model).relationships.keys()))
        columns = [getattr(self.model, name) for name in sorted(reads.difference(references))]
        query = (
            select(self.model)
            .where(self.model.id.in_(ids))
            .options(
                load_only(*states, *columns, raiseload=True), *(joinedload(getattr(self.model, r)) for r in references)
            )
        )
        return {r.id: [n for n, step in mine.items() if self.stands_open(r, step)] for r in self.session.scalars(query)}

    def open_steps_in(self, found: Page, extra: int) -> dict[int, list[str]]:
        """As `open_steps`, for the rows of a page: told by the states they show, where those are enough."""
        mine, places, at = self.steps(), {}, 1 + extra
        for column in found.columns:
            if not column.path and not column.custom:
                places[column.key] = at
            at += 2 if column.target else 1
        flows = flows_of(self.model)
        if mine and all(flow.field in places and not flow.guarded for flow in flows):
            return self.steps_by_state(found.rows, places)
        return self.open_steps([row[0] for row in found.rows])

    def steps_by_state(self, rows: Iterable[Any], places: dict[str, int]) -> dict[int, list[str]]:
        """{row: the actor's steps that leave its states}; `places` says where in a row each state stands."""
        mine = [(n, places[self.flow_of(n).field], step.sources) for n, step in self.steps().items()]
        return {row[0]: [n for n, at, sources in mine if row[at] in sources] for row in rows}

    def flow_of(self, step: str) -> Workflow:
        """The life cycle that has a step."""
        return next(flow for flow in flows_of(self.model) if step in flow.by_name)

    def stands_open(self, record: Any, step: Transition) -> bool:
        """Whether a record could take a step now."""
        if getattr(record, self.flow_of(step.name).field) not in step.sources:
            return False
        try:
            if step.guard:
                step.guard(record)
        except RuleError:
            return False
        return True

    def verbs(self) -> list[dict[str, Any]]:
        """The steps of the life cycles and the declared buttons that the actor may use."""
        made = []
        for t in self.steps().values():
            confirm = _(t.confirm) if t.confirm else ""
            made.append(self.button(t.name, _(t.label), confirm=confirm, asks=t.asks, optional=t.optional, step=True))
        for b in self.buttons:
            if self.can(b.permission):
                made.append(self.button(b.name, _(b.label), confirm=_(b.confirm) if b.confirm else "", asks=b.asks,
                                        icon=b.icon, needs=b.needs, url=b.url, primary=b.primary,
                                        link=b.action is None, fills=b.fills))  # fmt: skip
        return made

    def button(self, name: str, label: str, *, link: bool = False, **options: Any) -> dict[str, Any]:
        """One verb as the template wants it; a `link` leads to its address, any other is sent there."""
        must: dict[str, Any] = {"required": True} if options.get("step") else {}
        asks = [self.ask(a) | must for a in options.pop("asks", ())]
        asks += [self.ask(a) | {"required": False} for a in options.pop("optional", ())]
        url = options.pop("url", "") or f"{self.base_url()}action/{name}"
        base = {"name": name, "label": label, "icon": "", "needs": "some", "primary": False, "confirm": "",
                "step": False, "disabled_reason": "",
                "method": "get" if link else "dialog" if asks else "post"}  # fmt: skip
        return base | options | {"url": url, "asks": asks}

    def ask(self, wish: Any) -> dict[str, Any]:
        """An input a verb asks for: a column of the table by name, or a described input."""
        if isinstance(wish, str):
            column = self.columns().get(wish)
            if column is not None:
                return describe_input(self, column, name=wish)
            return {"name": wish, "label": _("Reason"), "kind": "long_text", "required": True, "choices": [], "url": ""}
        label = wish["label"]
        return {**wish, "label": _(label)}

    def record_buttons(self, record: Any) -> list[dict[str, Any]]:
        """The verbs for one record: of the steps only those that stand open, no link to the record itself."""
        allowed, here = self.open_steps([record.id]).get(record.id, []), f"{self.base_url()}{{id}}"
        unfit = {b.name for b in self.buttons if b.when is not None and not b.when(record)}
        verbs = [b for b in self.verbs() if b["needs"] != "none" and b["url"] != here and b["name"] not in unfit]
        return [b for b in verbs if not b["step"] or b["name"] in allowed]

    @expose("/action/<name>", methods=["POST"])
    @page()
    def action(self, name: str) -> Any:
        """A button or a step of the life cycle on the chosen rows; each row says how it went."""
        button = next((b for b in self.buttons if b.name == name and b.action), None)
        if self.read_only or (button is None and not self.offers(name)):
            raise RuleError(N_("There is no such step"), code="missing")
        if not self.can(button.permission if button else name):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        body = sent()
        inputs = mapping(body.get("inputs"))
        ids = [] if button and button.needs == "none" else self.chosen_ids(body)
        if button is not None and button.each and button.action:
            act = button.action
            return self.one_by_one(ids, lambda record_id: act(self.session, record_id, inputs, today()))
        if button is not None and button.action:
            done = button.action(self.session, ids, inputs, today())
            told = done if isinstance(done, dict) else {"message": str(done or _("Done"))}
            return jsonify({"ok": True} | told)
        return self.take_step(name, ids, inputs)

    @expose("/<int:record_id>/values/<name>")
    @page("read")
    def present_values(self, record_id: int, name: str) -> Any:
        """What a record holds now in the columns that a button asks for: {column: {value, display}}."""
        record = self.find(record_id)
        button = next((b for b in self.buttons if b.name == name and b.fills and self.can(b.permission)), None)
        if button is None:
            raise RuleError(N_("There is no such step"), code="missing")
        columns, found = self.columns(), {}
        for wish in button.asks:
            asked = wish if isinstance(wish, str) else wish["name"]
            column = columns.get(asked)
            if column is not None and self.open_to(actor(), asked):
                found[asked] = describe_input(self, column, name=asked, values=[self.saved_input(column, record)])
        return jsonify({"values": {n: {"value": f["value"], "display": f["display"]} for n, f in found.items()}})

    def take_step(self, name: str, ids: list[int], inputs: dict[str, Any]) -> Any:
        """Take a step of the life cycle on each row; those that cannot are listed."""
        inputs = inputs_of(self.model, name, inputs)

        def move(record_id: int) -> None:
            records.move(self.session, self.find(record_id), name, **inputs)

        return self.one_by_one(ids, move)

    def one_by_one(self, ids: list[int], act: Callable[[int], Any]) -> Any:
        """Do something with each row in a transaction of its own; those that refuse are listed, a single one says so
        as a refusal."""
        errors, done = [], 0
        for record_id in ids:
            try:
                act(record_id)
                done += 1
            except RuleError as error:
                if len(ids) == 1:
                    raise
                errors.append({"id": record_id, "message": say(error)})
        message = _("%(count)s done") % {"count": done}
        return jsonify({"ok": not errors, "done": done, "errors": errors, "message": message})

    def states(self, record: Any) -> list[dict[str, str]]:
        """The states of a record as badges, the main life cycle's first."""
        found = [(f.field, getattr(record, f.field)) for f in flows_of(self.model)]
        shown = [s for name, s in found if s is not None and self.open_to(actor(), name)]
        return [{"label": _(s.label), "colour": s.colour} for s in shown]


def inputs_of(model: type, step: str, given: Any) -> dict[str, Any]:
    """What a step takes of what was sent: the inputs it asks for, and a reason. Raises RuleError for a gap."""
    given = mapping(given)
    flow: Any = flow_with(model, step)
    asks, optional = flow.by_name[step].asks, flow.by_name[step].optional
    for name in asks:
        if not str(given.get(name) or "").strip():
            raise RuleError(N_("This must be filled in"), field=name)
    return {name: given[name] for name in (*asks, *optional, "reason") if name in given}
