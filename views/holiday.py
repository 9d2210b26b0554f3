"""The firm's calendar by the year (节假日配置, A-2.1.8): click days, see what would move, import a notice, approve."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, jsonify, redirect, request
from flask_appbuilder import expose
from flask_babel import format_date
from sqlalchemy import select

from app.console import Console, Section
from app.console.guard import may_see, page
from app.console.layout import Imports
from app.console.render import respond
from app.rules.calendar import Calendar, DayKind, holiday_name
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.normalize import clean_text, parse_date
from app.services.calendar import (
    DATES,
    DayChange,
    Move,
    Outdated,
    approve,
    calendar_of,
    complete_years,
    digest_of,
    set_days,
    undo,
    what_would_move,
)
from app.services.holiday_notice import LARGEST, news, read_notice
from app.services.refusal import say
from app.services.today import today
from app.texts import gettext as _
from models.base import fields_of
from models.reference import Holiday
from models.task import Task
from views.provenance import weekday

YEARS = range(2000, 2101)
MOST_CHANGES = 1000
SHOWN_MOVES = 200


class HolidayView(Console, model=Holiday):
    title = N_("Holiday settings")
    icon = "calendar-days"
    list_columns = ["day", "kind", "name", "source"]
    query_columns = ["day", "kind", "name"]
    order = "-day"
    form = [Section(N_("Holiday"), "day", "kind", "name", "source")]
    import_key = ("day", "kind")
    synonyms = {
        "day": ["放假日期", "Date"],
        "kind": ["类型", "休/班", "是否放假", "Off or work"],
        "name": ["名称", "节日", "节假日", "说明"],
        "source": ["依据", "文件", "文号", "Source paper"],
    }
    imports = Imports(words={"kind": {
        **dict.fromkeys(("休", "放假", "休息"), DayKind.STATUTORY_OFF),
        **dict.fromkeys(("班", "上班", "调休上班"), DayKind.STATUTORY_WORKING),
    }})  # fmt: skip
    specials = {"approve": N_("Approve moved dates")}
    help = N_("Statutory holidays are known already; enter only what differs.")

    @expose("/")
    @page("read")
    def index(self) -> Any:
        """The calendar of a year (`year`, else this one); the plain list where anything else is asked."""
        if request.args.keys() <= {"year", "batch"} and not request.headers.get("HX-Request"):
            return self.calendar(request.args.get("year", today().year, type=int))
        return super().index()

    def calendar(self, year: int) -> Any:
        """The twelve months of a year, with the days that the table sets."""
        if year not in YEARS:
            raise RuleError(N_("There is no calendar of the year %(year)s"), code="missing", year=year)
        calendar = calendar_of(self.session)
        rows = self.session.execute(
            select(Holiday).where(Holiday.day.between(date(year, 1, 1), date(year, 12, 31)))
        ).scalars()
        table = {(row.day, row.kind): row for row in rows}
        months = [month(year, number, calendar, table) for number in range(1, 13)]
        own = sorted((row for row in table.values() if row.kind is DayKind.FIRM_HOLIDAY), key=lambda row: row.day)
        return respond("calculator/year.html", page={
            "title": self.heading(), "year": year, "url": self.base_url(), "may": self.can("edit"),
            "may_approve": self.can("edit") and self.can("approve"), "months": months,
            "previous": year - 1 if year - 1 in YEARS else None, "next": year + 1 if year + 1 in YEARS else None,
            "provisional": calendar.is_provisional(date(year, 7, 1)), "today": today().isoformat(),
            "days": [day for one in months for day in one["days"]],
            "own": [{"day": f"{row.day:%m-%d}", "date": row.day.isoformat(), "name": row.name or ""} for row in own],
            "batch": request.args.get("batch", ""),
        })  # fmt: skip

    @expose("/pending")
    @page("approve")
    def pending(self) -> Any:
        """How many deadlines wait to be moved: every open one is reckoned anew, so the page does not wait for it."""
        return respond("calculator/_pending.html", pending=len(what_would_move(self.session)), url=self.base_url())

    @expose("/impact", methods=["POST"])
    @page("edit")
    def impact(self) -> Any:
        """Which open deadlines would move if these days were saved."""
        changes = read_changes(request.get_json(silent=True))
        return respond("calculator/_impact.html", impact=self.described(what_would_move(self.session, changes)))

    @expose("/days", methods=["POST"])
    @page("edit")
    def days(self) -> Any:
        """Save the days; `approve` moves the deadlines with them, as one batch."""
        body: Any = request.get_json(silent=True)
        changes = read_changes(body)
        if not changes:
            raise RuleError(N_("Nothing has been changed"))
        target = f"{self.base_url()}?year={min(change.day for change in changes).year}"
        announces = read_years(body)
        if body.get("approve"):
            try:
                batch = self.approved(changes, str(body.get("shown") or ""), announces=announces)
            except Outdated as error:
                impact = self.described(what_would_move(self.session, changes, announces=announces))
                shown = respond("calculator/_impact.html", impact=impact).get_data(as_text=True)
                return jsonify({"ok": False, "message": say(error), "impact": shown}), 409
            return jsonify({"ok": True, "url": f"{target}&batch={batch}"})
        set_days(self.session, changes, announces=announces)
        flash(_("Saved"), "success")
        return jsonify({"ok": True, "url": target})

    @expose("/notice", methods=["POST"])
    @page("edit")
    def notice(self) -> Any:
        """A holiday notice as a draft: its days, what is new of them, and what would move."""
        file = request.files.get("file")
        if file is None or not file.filename:
            raise RuleError(N_("Choose a file"), field="file")
        calendar = calendar_of(self.session)
        told = read_notice(file.stream.read(LARGEST + 1), file.filename)
        fresh = news(told, calendar)
        days = [
            {"date": change.day.isoformat(), "weekday": weekday(change.day), "name": change.name, "kind": change.kind,
             "before": _("Ordinary working day") if calendar.is_working(change.day) else _("Ordinary day of rest")}
            for change in fresh
        ]  # fmt: skip
        draft = [
            {"date": c.day.isoformat(), "kind": c.kind.code, "on": True, "name": c.name, "source": c.source}
            for c in fresh
        ]
        years = sorted(complete_years(c.day for c in told if c.kind is DayKind.STATUTORY_OFF))
        return respond("calculator/notice.html", page={
            "title": _("Holiday notice: %(file)s", file=file.filename), "url": self.base_url(), "days": days,
            "known": len(told) - len(fresh),
            "source": fresh[0].source if fresh else "", "may_approve": self.can("approve"),
            "draft": {"changes": draft, "announces": years},
            "impact": self.described(what_would_move(self.session, fresh, announces=years) if fresh else []),
        })  # fmt: skip

    @expose("/moves")
    @page("read")
    def moves(self) -> Any:
        """Deadlines that no longer are what calendar and rules give."""
        return respond("calculator/moves.html", page={
            "title": _("Dates to be moved"), "url": self.base_url(), "may_approve": self.can("approve"),
            "impact": self.described(what_would_move(self.session)), "batch": request.args.get("batch", ""),
        })  # fmt: skip

    @expose("/moves", methods=["POST"])
    @page("approve")
    def approve_moves(self) -> Any:
        """Move them all, as one batch."""
        reason, shown = clean_text(request.form.get("reason"))[:300], request.form.get("shown", "")
        try:
            batch = self.approved([], shown, reason=reason)
        except Outdated as error:
            flash(say(error), "danger")
            return self.moves(), 409
        return redirect(f"{self.base_url()}moves?batch={batch}", 303)

    @expose("/undo-days/<batch>", methods=["POST"])
    @page("approve")
    def undo_days(self, batch: str) -> Any:
        """Take back what was approved as one batch."""
        done, kept = undo(self.session, batch)
        flash(_("%(done)s undone, %(kept)s left because they changed since") % {"done": done, "kept": kept}, "success")
        return redirect(self.base_url(), 303)

    def approved(self, changes: list[DayChange], shown: str, *, reason: str = "", announces: Sequence[int] = ()) -> str:
        """Save and move what was shown; the batch to undo it by."""
        if not self.can("approve"):
            raise RuleError(N_("You have no right to do this"), code="forbidden")
        batch, moved = approve(self.session, changes, reason=reason, announces=announces, shown=shown)
        flash(_("Saved, %(count)s tasks moved", count=moved), "success")
        return batch

    def described(self, moves: list[Move]) -> dict[str, Any]:
        """The moves in the reader's scope, date by date, and how many there are in all."""
        ids = [move.task.id for move in moves]
        seen = set(self.session.execute(select(Task.id).where(Task.id.in_(ids))).scalars()) if ids else set()
        labels = {column: _(spec.label) for column, spec in fields_of(Task).items() if column in DATES}
        named = may_see("task", "case.our_ref")
        rows = [
            {"ref": move.task.case.our_ref if move.task.case and named else "", "task": move.task.name,
                "url": f"/app/task/{move.task.id}",
             "label": labels[column], "hard": column == "hard_deadline", "old": move.old[column],
             "new": move.new[column]}
            for move in moves if move.task.id in seen
            for column in DATES if move.old[column] != move.new[column]
        ]  # fmt: skip
        hard = sum(move.old["hard_deadline"] != move.new["hard_deadline"] for move in moves)
        return {
            "rows": rows[:SHOWN_MOVES],
            "more": max(0, len(rows) - SHOWN_MOVES),
            "tasks": len(moves),
            "hard": hard,
            "digest": digest_of(moves),
            "unseen": len(moves) - len(seen),
        }


def month(year: int, number: int, calendar: Calendar, table: dict[tuple[date, DayKind], Holiday]) -> dict[str, Any]:
    """One month for the macro `month`, each day with what the script must know of it."""
    first = date(year, number, 1)
    days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == number]
    names = dict.fromkeys(filter(None, map(holiday_name, days)))
    working = sum(map(calendar.is_working, days))
    return {
        "title": format_date(first, "LLL"),
        "note": "　".join([*names, _("%(days)s working days", days=working)]),
        "lead": first.weekday(),
        "days": [day_cell(day, calendar, table) for day in days],
    }


def day_cell(day: date, calendar: Calendar, table: dict[tuple[date, DayKind], Holiday]) -> dict[str, Any]:
    """One day: how it is shown, what it rests on without the table, and what the table says."""
    rows = {kind: table[day, kind] for kind in DayKind if (day, kind) in table}
    plain = Calendar()
    base = "work" if plain.is_makeup(day) else "off" if holiday_name(day) else "weekend" if day.weekday() > 4 else ""
    statutory = next((kind.code for kind in rows if kind is not DayKind.FIRM_HOLIDAY), "")
    shown = {"STATUTORY_OFF": "off", "STATUTORY_WORKING": "work"}.get(statutory, base)
    said = [
        holiday_name(day),
        *(f"{row.name or _(row.kind.label)}{f'（{row.source}）' if row.source else ''}" for row in rows.values()),
    ]
    return {
        "day": day.day, "date": day.isoformat(), "kind": "custom" if DayKind.FIRM_HOLIDAY in rows else shown,
        "name": "　".join(filter(None, said)), "today": day == today(), "changed": False,
        "base": base, "rest": not plain.is_working(day), "statutory": statutory, "firm": DayKind.FIRM_HOLIDAY in rows,
    }  # fmt: skip


def read_years(body: dict[str, Any]) -> list[int]:
    """The years of which a page says that it sends their whole notice."""
    years = body.get("announces")
    return [year for year in years if type(year) is int and year in YEARS] if isinstance(years, list) else []


def read_changes(body: Any) -> list[DayChange]:
    """The changes a page sends. Raises RuleError."""
    rows = body.get("changes") if isinstance(body, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST_CHANGES or not all(isinstance(row, dict) for row in rows):
        raise RuleError(N_("Send a JSON object"))
    made = []
    for row in rows:
        kind = DayKind.find(str(row.get("kind")))
        if kind is None:
            raise RuleError(N_("“%(value)s” is not among the choices"), field="kind", value=str(row.get("kind")))
        day = parse_date(row.get("date"), field="day")
        made.append(
            DayChange(
                day,
                kind,
                bool(row.get("on", True)),
                clean_text(row.get("name"))[:60],
                clean_text(row.get("source"))[:300],
            )
        )
    return made
