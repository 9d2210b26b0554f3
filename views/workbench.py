"""工作台 (A-3.6.1): what is mine to do, today's first; for monitors that of all, and what falls through."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import format_date

from app.console import shell
from app.console.guard import actor, may_see, page
from app.console.render import respond
from app.extensions import db
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.task import Urgency
from app.services import safety_net, workbench
from app.services.calendar import calendar_of
from app.services.task import MONITOR
from app.services.today import stamp, today
from app.services.unit_of_work import Actor
from app.texts import gettext as _
from views.provenance import days_left, weekday
from views.task_pages import COLOURS, flag_of

KEY = "workbench"
shell.PAGES[KEY] = {"read": ACTIONS["read"], "gaps": N_("Safety net: what nobody works on")}
#: Rows a list of gaps shows at most.
MOST = 200


def listed(all_of_them: bool, **wanted: str) -> str:
    """The list of tasks behind a number: one's own, or everybody's."""
    return f"/app/{'task' if all_of_them else 'my_task'}/?{urlencode(wanted)}"


def due(session: Any, who: Actor) -> dict[str, Any] | None:
    """今日到期 and 逾期 in the top bar, for whoever has tasks."""
    if who.id is None or not who.may("read", "my_task"):
        return None
    now, over = workbench.due_counts(session, who.id, today())
    return {"due_today": {"count": now, "url": listed(False, slice="due_today")},
            "overdue": {"count": over, "url": listed(False, slice="overdue")}}  # fmt: skip


class WorkbenchView(BaseView):
    """The start page of whoever has tasks."""

    route_base = f"/app/{KEY}"
    default_view = "workbench"
    class_permission_name = KEY
    base_permissions: list[str] = []
    key = KEY

    @expose("/")
    @page("read")
    def workbench(self) -> Any:
        """The page."""
        return start()

    @expose("/gaps/<name>")
    @page("gaps")
    def gaps(self, name: str) -> Any:
        """The rows behind a number of the safety net, as they are now."""
        gap = next((g for g in safety_net.GAPS if g.name == name), None)
        if gap is None:
            raise RuleError(N_("This page does not exist or is not open to you"), code="missing")
        found = safety_net.rows(db.session, gap, MOST)
        named = may_see("case", "our_ref") and may_see("case", "title")
        rows = [
            {"url": f"{gap.page}{key}", "number": (no if named else "") or f"#{key}", "title": title if named else ""}
            for key, no, title in found
        ]
        return respond("task/gaps.html", page={"title": _(gap.label), "rows": rows, "capped": len(rows) == MOST})


def start() -> Any:
    """The workbench of whoever asks."""
    who, on = actor(), today()
    monitors = who.may(MONITOR, "task")
    everyone = monitors and request.args.get("of") == "all"
    mine = None if everyone else who.id
    session = db.session
    counts = workbench.counts(session, mine, on)
    weeks = workbench.weekly(session, mine, on)
    context = {
        "title": _("Workbench"), "today": f"{format_date(on, 'long')}　{weekday(on)}",
        "tabs": [
            {"label": _("Mine"), "url": "/app/workbench/", "active": not everyone},
            {"label": _("The whole firm"), "url": "/app/workbench/?of=all", "active": everyone},
        ] if monitors else [],
        "new_url": "/app/my_task/new" if who.may("add", "my_task") else "",
        "numbers": numbers(counts, everyone), "colours": colours(counts, everyone),
        "days": days(workbench.strip(session, mine, on), on, everyone),
        "tasks": [task_row(row, on, everyone) for row in workbench.upcoming(session, mine)],
        "everyone": everyone, "open": counts.open, "all_url": listed(everyone, slice="open"),
        "names": bars([(n, k, listed(everyone, slice="open", c=f"name~is~{n}"))
                       for n, k in workbench.by_name(session, mine)]),
        "people": bars([(n, k, listed(True, slice="open", **{"q.assignee": str(key)}))
                        for key, n, k in workbench.by_person(session)]) if monitors else [],
        "weeks": [week(start_of, made, done, everyone) for start_of, made, done in weeks],
        "gaps": gaps() if who.may("gaps", KEY) else None,
    }  # fmt: skip
    return respond("task/workbench.html", page=context)


def numbers(counts: workbench.Counts, everyone: bool) -> list[dict[str, Any]]:
    """所有未完成, 处理中, 已完成, 总任务: each leads to its place among the tasks (A-3.6.1-02)."""
    shown = (
        ("open", N_("All open tasks"), counts.open), ("processing", N_("In process"), counts.processing),
        ("done", N_("Completed"), counts.done), ("total", N_("Total tasks"), counts.total),
    )  # fmt: skip
    return [{"label": _(label), "count": n, "url": listed(everyone, slice=name)} for name, label, n in shown]


def colours(counts: workbench.Counts, everyone: bool) -> list[dict[str, Any]]:
    """The open tasks by colour, as parts of one bar."""
    return [
        {"label": _(u.label), "flag": u.colour, "count": counts.by_urgency[u],
         "url": listed(everyone, slice=u.name.lower())}
        for u in COLOURS
    ]  # fmt: skip


def days(found: dict[date, dict[Urgency, int]], on: date, everyone: bool) -> list[dict[str, Any]]:
    """The two weeks ahead: each day with its tasks."""
    calendar, made = calendar_of(db.session), []
    for n in range(workbench.AHEAD):
        day = on + timedelta(days=n)
        own = found.get(day, {})
        parts = [{"flag": u.colour, "count": own[u]} for u in COLOURS if u in own]
        period = {"q.hard_deadline.from": day.isoformat(), "q.hard_deadline.to": day.isoformat()}
        made.append({
            "day": f"{day:%d}", "date": day.isoformat(), "month": format_date(day, "MMM") if day.day == 1 else "",
            "weekday": _("Today") if n == 0 else weekday(day), "off": not calendar.is_working(day), "today": n == 0,
            "parts": parts, "count": sum(own.values()), "url": listed(everyone, slice="open", **period),
        })  # fmt: skip
    return made


def task_row(row: Any, on: date, everyone: bool) -> dict[str, Any]:
    """One line of the list."""
    last = row.hard_deadline or row.internal_deadline
    values = (row.remind_on, row.internal_deadline, row.hard_deadline, row.status, row.standing)
    mine = row.assignee_id == actor().id

    def shown(column: str, value: str | None) -> str:
        return value if value and may_see("task", column) else ""

    return {
        "id": row.id, "flag": flag_of(values, on), "ref": shown("case.our_ref", row.our_ref), "name": row.name,
        "title": shown("case.title", row.title), "client": shown("case.client.short_name", row.short_name),
        "who": row.first_name, "hard": last.isoformat() if last else "",
        "left": days_left(last, on) if last else "", "url": f"/app/{'my_task' if mine else 'task'}/{row.id}",
        "enter": mine and actor().may("edit", "my_task"),
    }  # fmt: skip


def bars(rows: list[tuple[str, int, str]]) -> list[dict[str, Any]]:
    """Labelled bars, the longest as wide as the place."""
    most = max((n for _label, n, _url in rows), default=1)
    return [{"label": label, "count": n, "url": url, "share": round(100 * n / most, 1)} for label, n, url in rows]


def week(start_of: date, made: int, done: int, everyone: bool) -> dict[str, Any]:
    """One week of the chart, with the lists behind both of its numbers."""
    end = start_of + timedelta(days=6)

    def between(column: str) -> str:
        period = {f"q.{column}.from": start_of.isoformat(), f"q.{column}.to": end.isoformat()}
        return listed(everyone, view="all", **period)

    return {"week": start_of.isoformat(), "label": f"{start_of:%m-%d}", "made": made, "done": done,
            "made_url": between("created_at"), "done_url": between("finished_at")}  # fmt: skip


def gaps() -> dict[str, Any]:
    """What the last check found."""
    last = safety_net.last_check(db.session)
    found = last[1] if last else {}
    items = [
        {"label": _(g.label), "count": found.get(g.name), "url": f"/app/workbench/gaps/{g.name}"}
        for g in safety_net.GAPS
    ]
    return {"at": stamp(last[0]) if last else "", "entries": items}


shell.START_PAGES[KEY] = start
shell.TOP_COUNTS.append(due)
