"""Allocation (分案, A-3.2.1.3, A-3.2.2.1–2): one case, or several at once."""

from typing import Any
from urllib.parse import quote

from flask import jsonify, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import func, select

from app.console.columns import Query
from app.console.guard import actor, mapping, page, refuse, sent
from app.console.registry import REGISTRY
from app.console.render import respond
from app.console.shell import PAGES
from app.console.table import cells
from app.extensions import db
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import parse_integer
from app.services import allocation, files, organization, records, workload
from app.services.allocation import ALL, KEY, PARTS, PLACES
from app.services.records import Stale
from app.services.refusal import say
from app.services.today import today
from app.services.workload import Worker
from app.texts import gettext as _
from models.case import Case, CaseRequirement
from views.allocation_people import groups, named, node, page_data, shows, table_of
from views.case import CaseView

PAGES[KEY] = {"read": ACTIONS["read"], "allocate": N_("Allocate"), ALL: N_("Query all cases to be allocated")}
#: So many cases are shown at once.
SHOWN = 200
COLUMNS = ("our_ref", "title", "client", "planned_on")
#: What one must know of a case to give it away.
FACTS = ("our_ref", "case_no", "patent_type", "case_type", "title", "client", "client_ref", "applicant_names",
         "main_ipc", "ipc", "locarno", "planned_on", "claims_count", "direction", "filing_method",
         "remark")  # fmt: skip
#: What the buttons of the places say (A-3.2.1.3-05).
SET = {
    "handler": N_("Set as handler"), "first_attorney": N_("Set as first attorney"),
    "second_attorney": N_("Set as second attorney"), "drafter": N_("Set as drafter"),
    "illustrator": N_("Set as illustrator"), "translator": N_("Set as translator"),
}  # fmt: skip


def url_of(case_id: int, back: str = "") -> str:
    """The page on which a case is allocated; `back`: where it leads once saved."""
    return f"/app/{KEY}/{case_id}" + (f"?back={quote(back, safe='/')}" if back else "")


class AllocationView(BaseView):
    """案件分发 of one case, 批量分案 of several."""

    route_base = f"/app/{KEY}"
    default_view = "bulk"
    key = class_permission_name = KEY
    base_permissions: list[str] = []

    @expose("/")
    @page("read")
    def bulk(self) -> Any:
        """Cases that wait, people with their loads, and what the chosen ones get (批量分案, A-3.2.2.2)."""
        every = request.args.get("tab") == "all" and actor().may(ALL, KEY)
        asked = {name: request.args.get(name, "").strip()[:100] for name in ("ref", "client")}
        ids = allocation.waiting(mine=None if every else actor().id, **asked)
        people = workload.workers(db.session, today())
        found = rows(ids, people)
        context = {
            "title": _("Bulk allocation"), "key": KEY, "url": f"/app/{KEY}/", "asked": asked,
            "tab": "all" if every else "mine", "tabs": tabs(every), "groups": groups(people), "columns": heads(),
            "rows": found, "row_data": [{n: v for n, v in row.items() if n != "cells"} for row in found],
            "more": waiting_count(ids) > SHOWN, "shown": SHOWN, "places": places(), "data": page_data(people),
            "fields_open": shows("specialities"), "may": actor().may("allocate", KEY),
        }  # fmt: skip
        return respond("allocation/bulk.html", page=context)

    @expose("/<int:case_id>")
    @page("read")
    def one(self, case_id: int) -> Any:
        """One case: departments, its people, all users with their loads (案件分发, A-3.2.1.3-04)."""
        case = records.find(db.session, Case, case_id)
        allocation.check_turn(db.session, case)
        people = workload.workers(db.session, today())
        fitting = workload.suggestions(db.session, [case], people, today())[case.id]
        context = {
            "title": _("Allocation of a case"), "key": KEY, "url": f"/app/{KEY}/{case.id}", "subtitle": name_of(case),
            "back_url": back_url(), "tree": [node(b) for b in organization.tree(db.session)],
            "people": table_of(people, fitting), "facts": facts_of(case), "requirements": requirements_of(case),
            "files": files_of(case), "places": places(), "data": page_data(people) | {"back": back_url()},
            "case": {"id": case.id, "version": case.version, "people": people_of(case), "best": named(fitting, people)},
            "may": actor().may("allocate", KEY),
        }  # fmt: skip
        return respond("allocation/case.html", page=context)

    @expose("/<int:case_id>", methods=["POST"])
    @page("allocate")
    def allocate(self, case_id: int) -> Any:
        """Allocate one case: {people: {place: user}, version}."""
        body = sent()
        try:
            case = allocation.allocate(db.session, case_id, people_in(body), version=version_in(body))
        except Stale as stale:
            return refuse(outdated(stale))
        return jsonify({"ok": True, "message": _("“%(ref)s” is allocated", ref=case.our_ref), "url": back_url()})

    @expose("/save", methods=["POST"])
    @page("allocate")
    def save(self) -> Any:
        """Allocate several: {rows: [{id, people, version}]}, each for itself; the answer says how each went."""
        wanted = sent().get("rows")
        if not isinstance(wanted, list) or not wanted or len(wanted) > SHOWN:
            raise RuleError(N_("Select at least one row"))
        results = [self.save_row(mapping(row)) for row in wanted]
        done = sum(r["ok"] for r in results)
        people = workload.workers(db.session, today())
        loads = {w.id: {"cases": w.cases, "tasks": w.tasks} for w in people}
        return jsonify({"ok": done == len(results), "done": done, "results": results, "loads": loads,
                        "message": _("%(count)s cases are allocated", count=done)})  # fmt: skip

    def save_row(self, row: dict[str, Any]) -> dict[str, Any]:
        """One of several: {id, ok, message, field}."""
        key = row.get("id")
        if not isinstance(key, int):
            raise RuleError(N_("Select at least one row"))
        try:
            allocation.allocate(db.session, key, people_in(row), version=version_in(row))
        except (RuleError, Stale) as error:
            db.session.rollback()
            told = outdated(error) if isinstance(error, Stale) else error
            return {"id": key, "ok": False, "message": say(told), "field": told.field, "code": told.code}
        return {"id": key, "ok": True, "message": ""}


def outdated(stale: Stale) -> RuleError:
    """What the later of two is told."""
    return RuleError(N_("Changed by %(who)s meanwhile; load it again"), code="conflict", who=stale.who)


def back_url() -> str:
    """Where one came from: a page of this application, else one's tasks."""
    wanted = request.args.get("back", "")
    if wanted.startswith("/app/") and "\\" not in wanted:
        return wanted
    return "/app/my_task/" if "my_task" in REGISTRY and actor().may("read", "my_task") else f"/app/{KEY}/"


def people_in(body: dict[str, Any]) -> dict[str, int | None]:
    """The places a request fills. Raises RuleError for what names no user."""
    given = mapping(body.get("people"))
    return {p: parse_integer(str(given[p]), field=p) if given[p] else None for p in PLACES if p in given}


def version_in(body: dict[str, Any]) -> int:
    """The version of the case that was on the page. Raises RuleError where it is not told."""
    version = body.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise RuleError(N_("The form is incomplete; load it again"))
    return version


def waiting_count(ids: Any) -> int:
    """How many cases wait, of those the reader sees."""
    return db.session.execute(select(func.count(Case.id)).where(Case.id.in_(ids))).scalar_one()


def tabs(every: bool) -> list[dict[str, Any]]:
    """One's own allocation tasks, and with the right to them all (A-3.2.2.2-04)."""
    base = f"/app/{KEY}/"
    own = waiting_count(allocation.waiting(mine=actor().id))
    made = [{"label": _("Mine to allocate"), "count": own, "url": base, "active": not every}]
    if actor().may(ALL, KEY):
        total = waiting_count(allocation.waiting(mine=None))
        made.append({"label": _("All to be allocated"), "count": total, "url": f"{base}?tab=all", "active": every})
    return made


def places() -> list[dict[str, Any]]:
    """The places in the order of the page."""
    names = CaseView.instance().columns()
    return [{"name": p, "label": _(names[p].label), "set": _(SET[p]), "part": p in PARTS} for p in PLACES]


def open_columns(names: tuple[str, ...]) -> list[Any]:
    """The columns of cases that the reader may see."""
    view = CaseView.instance()
    return [view.columns()[n] for n in names if view.open_to(actor(), n)]


def heads() -> list[str]:
    """What the columns of the waiting cases are called."""
    return [_(c.label) for c in open_columns(COLUMNS)]


def rows(ids: Any, people: list[Worker]) -> list[dict[str, Any]]:
    """The waiting cases, the most pressing first, each with who is suggested."""
    view, columns = CaseView.instance(), open_columns(COLUMNS)
    order = (Case.planned_on.nulls_last(), Case.id)
    found = db.session.execute(Query(Case).select(columns).where(Case.id.in_(ids)).order_by(*order).limit(SHOWN)).all()
    keys = [row[0] for row in found]
    cases = {c.id: c for c in db.session.execute(select(Case).where(Case.id.in_(keys))).scalars()}
    fitting = workload.suggestions(db.session, list(cases.values()), people, today())
    made = []
    for row, drawn in zip(found, cells(found, columns, view.links(columns)), strict=True):
        case = cases[row[0]]
        made.append({"id": case.id, "version": case.version, "cells": drawn, "ref": case.our_ref,
                     "people": people_of(case), "best": named(fitting[case.id], people)})  # fmt: skip
    return made


def people_of(case: Case) -> dict[str, int | None]:
    """Who stands in the places already."""
    return {p: getattr(case, f"{p}_id") for p in PLACES}


def name_of(case: Case) -> str:
    """What the case is called before the reader."""
    return CaseView.instance().name_of(case)


def facts_of(case: Case) -> list[dict[str, Any]]:
    """What is known of the case, without what is empty."""
    shown = [c for c in open_columns(FACTS) if getattr(case, c.key) not in (None, "")]
    return CaseView.instance().facts(case, shown)


def requirements_of(case: Case) -> list[str]:
    """What is to be met in the case."""
    if not CaseView.instance().open_to(actor(), "requirements"):
        return []
    query = select(CaseRequirement.content).where(CaseRequirement.case_id == case.id).order_by(CaseRequirement.id)
    return list(db.session.execute(query).scalars())


def files_of(case: Case) -> list[dict[str, str]]:
    """The files of the case, for those who may read cases."""
    if not actor().may("read", "case"):
        return []
    return [{"name": a.name, "url": f"/app/file/{a.id}"} for a, _size, _who in files.of(db.session, "case", case.id)]
