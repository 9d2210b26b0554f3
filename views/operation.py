"""Running the installation: background jobs, temporary files (A-2.1.11), health and backups."""

from datetime import datetime
from typing import Any

from flask import current_app, flash, g, jsonify, request
from flask_appbuilder import BaseView, expose
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.console import shell
from app.console.download import send_stored
from app.console.guard import actor, page, wants_json
from app.console.render import respond
from app.extensions import db
from app.jobs import housekeeping, queue, runner, scheduler
from app.jobs.housekeeping import size_text
from app.rules.access import ACTIONS
from app.rules.choice import N_
from app.rules.errors import RuleError
from app.rules.system import JobState
from app.services import files, health
from app.services.cleanup import clean
from app.services.clock import moment
from app.services.today import OFFICE
from app.texts import gettext as _
from models.access import Stamp
from models.system import Job, StoredFile

shell.PAGES |= {
    "temp_cleanup": {"read": ACTIONS["read"], "clean": N_("Clean up")},
    "operation": {"read": ACTIONS["read"], "backup": N_("Back up now")},
}
#: What the scripts call the states of a job.
STATES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}
ENDED_BADLY = (JobState.FAILED, JobState.CANCELLED)


def shown_time(at: datetime | None) -> str:
    """A moment by the office's clock."""
    return at.astimezone(OFFICE).strftime("%Y-%m-%d %H:%M") if at else ""


def verb(name: str, label: str, url: str, **more: Any) -> dict[str, Any]:
    """A button of a page that concerns no record."""
    base = {"name": name, "label": label, "url": url, "needs": "none", "method": "post", "primary": True}
    return base | {"icon": "", "confirm": "", "disabled_reason": "", "asks": []} | more


class JobsView(BaseView):
    """The background jobs of the signed-in user; an administrator sees everyone's."""

    route_base = "/app"
    default_view = "jobs"
    class_permission_name = "jobs"
    base_permissions: list[str] = []

    @expose("/jobs")
    @page()
    def jobs(self) -> Any:
        """The page of jobs; it refreshes its list while one runs."""
        context = {"title": _("Background jobs"), "url": "/app/jobs/list"}
        return respond("jobs.html", page=context, jobs=self.described())

    @expose("/jobs/list")
    @page()
    def listed(self) -> Any:
        """The list alone: JSON for programs, else the part of the page."""
        jobs = self.described()
        return jsonify({"jobs": jobs}) if wants_json() else respond("_jobs.html", jobs=jobs)

    def described(self) -> list[dict[str, Any]]:
        """The latest jobs, or the one asked for, as the page shows them."""
        only = request.args.get("id", type=int)
        rows = queue.listed(db.session, actor()) if only is None else [queue.find(db.session, only, actor())]
        return [describe(row, moment()) for row in rows]

    @expose("/jobs/<int:job_id>")
    @page()
    def job(self, job_id: int) -> Any:
        """How far one job is."""
        return jsonify(describe(queue.find(db.session, job_id, actor()), moment()))

    @expose("/jobs/<int:job_id>/cancel", methods=["POST"])
    @page()
    def cancel(self, job_id: int) -> Any:
        """Stop a job."""
        runner.cancel(db.session, job_id, actor())
        return jsonify({"ok": True})

    @expose("/jobs/<int:job_id>/retry", methods=["POST"])
    @page()
    def retry(self, job_id: int) -> Any:
        """Do a job once more that failed or was cancelled."""
        made = queue.retry(db.session, job_id, actor())
        return jsonify({"ok": True, "job_url": f"/app/jobs/{made.id}"})

    @expose("/jobs/<int:job_id>/file")
    @page()
    def file(self, job_id: int) -> Any:
        """What a job made."""
        row = queue.find(db.session, job_id, actor())
        stored = db.session.get(StoredFile, row.result_file_id) if row.result_file_id else None
        if stored is None:
            raise RuleError(N_("This file is not kept any more"), code="missing")
        return send_stored(files.store_of(db.session), stored, row.result_name or stored.sha256)


def describe(row: Job, at: datetime) -> dict[str, Any]:
    """A job as page and scripts read it."""
    progress, address = runner.progress_of(row), f"/app/jobs/{row.id}"
    message = row.message if row.state not in queue.UNFINISHED else progress.message
    if row.cancel_requested and row.state is JobState.RUNNING:
        message = _("Stopping …")
    return {
        "id": row.id, "label": row.label, "state": STATES[row.state], "message": message or "",
        "done": progress.done, "total": progress.total, "left": time_left(row, progress, at),
        "at": shown_time(row.finished_at or row.created_at),
        "open_url": row.params.get("url") if row.state is JobState.DONE else None,
        "file_url": f"{address}/file" if row.result_file_id else None,
        "cancel_url": f"{address}/cancel" if row.state in queue.UNFINISHED and not row.cancel_requested else None,
        "retry_url": f"{address}/retry" if row.state in ENDED_BADLY else None,
    }  # fmt: skip


def time_left(row: Job, progress: queue.Progress, at: datetime) -> str:
    """How long a running job will still take, as far as one can say."""
    if row.state is not JobState.RUNNING or not progress.total or not progress.done or row.started_at is None:
        return ""
    seconds = (at - row.started_at).total_seconds() / progress.done * (progress.total - progress.done)
    if seconds < 60:
        return _("about %(count)s seconds left") % {"count": round(seconds)}
    return _("about %(count)s minutes left") % {"count": round(seconds / 60)}


class CleanupView(BaseView):
    """清理临时文件 (A-2.1.11)."""

    route_base = "/app/temp_cleanup"
    default_view = "show"
    key = class_permission_name = "temp_cleanup"
    base_permissions: list[str] = []

    @expose("/")
    @page("read")
    def show(self) -> Any:
        """What is temporary, when it was cleaned up last, and the button."""
        may = actor().may("clean", self.key)
        buttons = [verb("clean", _("Clean up"), "/app/temp_cleanup/clean", icon="trash-2")] if may else []
        query = select(Job).where(Job.kind == housekeeping.CLEANUP).order_by(Job.id.desc()).limit(10)
        past = [describe(row, moment()) for row in db.session.execute(query).scalars()]
        context = {"title": _("Clean up temporary files"), "buttons": buttons, "past": past}
        return respond("temp_cleanup.html", page=context)

    @expose("/clean", methods=["POST"])
    @page("clean")
    def clean(self) -> Any:
        """【清理】: how much was removed."""
        done = clean(db.session, current_app.config["DATA_DIR"], moment())
        message = housekeeping.cleaned_text(done.count, done.size)
        flash(message, "success")
        result = {"ok": True, "message": message, "count": done.count, "size": done.size}
        return jsonify(result | {"url": "/app/temp_cleanup/"})


class OperationView(BaseView):
    """How the installation is."""

    route_base = "/app/operation"
    default_view = "show"
    key = class_permission_name = "operation"
    base_permissions: list[str] = []

    @expose("/")
    @page("read")
    def show(self) -> Any:
        """Database, disk, backups, jobs, scheduler, versions."""
        may = actor().may("backup", self.key)
        buttons = [verb("backup", _("Back up now"), "/app/operation/backup", icon="database")] if may else []
        context = {"title": _("Operation and health"), "buttons": buttons, "parts": self.parts()}
        return respond("operation.html", page=context)

    def parts(self) -> list[dict[str, Any]]:
        """Each part of the installation: its condition and facts."""
        session, data, at = db.session, current_app.config["DATA_DIR"], moment()
        database, disk = health.database(session), health.disk(data)
        kept = health.last_backup(housekeeping.backups(data), at)
        jobs = health.queue(session, at)
        leader, since = scheduler.read_leader(session.get(Stamp, scheduler.LEADER))
        planner = health.SchedulerHealth(leader, since, scheduler.LEASE, at)
        counts = {_(state.label): f"{jobs.counts.get(state, 0):,}" for state in JobState}
        return [
            part(_("Database"), database, {
                _("Kind of database"): database.kind, _("Size"): size_text(database.size),
                _("Answers in"): f"{database.ping_ms:.1f} ms", _("Version of the tables"): database.revision}),
            part(_("Disk"), disk, {_("Free"): size_text(disk.free), _("In all"): size_text(disk.total)}),
            part(_("Backups"), kept, {
                _("Last backup"): shown_time(kept.made_at), _("File"): kept.name, _("Size"): size_text(kept.size),
                _("Kept"): str(kept.count)}),
            part(_("Background jobs"), jobs, counts | {_("Oldest waits since"): shown_time(jobs.oldest)}),
            part(_("Scheduler"), planner, {
                _("Process"): planner.leader.rpartition(":")[0], _("Last sign of life"): shown_time(planner.since)}),
            {"label": _("Versions"), "facts": [{"label": k, "value": v} for k, v in health.versions().items()]},
        ]  # fmt: skip

    @expose("/backup", methods=["POST"])
    @page("backup")
    def backup(self) -> Any:
        """Put a backup into the queue. Raises RuleError (conflict) while one is under way."""
        session = db.session
        under_way = select(Job.id).where(Job.kind == housekeeping.BACKUP, Job.state.in_(queue.UNFINISHED)).limit(1)
        if session.execute(under_way).first():
            raise RuleError(N_("A backup is under way already"), code="conflict")
        runner.enqueue(session, housekeeping.BACKUP, _("Backup"), {}, g.actor)
        return jsonify({"ok": True, "url": "/app/jobs"})


def part(label: str, found: Any, facts: dict[str, Any]) -> dict[str, Any]:
    """One part of the installation for the page."""
    condition = found.condition
    status = {"label": _(condition.label), "colour": condition.colour}
    return {"label": label, "status": status, "facts": [{"label": k, "value": v} for k, v in facts.items()]}


class HealthView(BaseView):
    """For whoever watches over the server: no sign-in, no details."""

    route_base = ""
    default_view = "healthz"
    class_permission_name = "health"
    base_permissions: list[str] = []

    @expose("/healthz")
    def healthz(self) -> Any:
        """200 while the database answers, else 503."""
        try:
            health.ping(db.session)
        except SQLAlchemyError:
            return jsonify({"ok": False}), 503
        return jsonify({"ok": True})


PAGES = [JobsView, CleanupView, OperationView, HealthView]
