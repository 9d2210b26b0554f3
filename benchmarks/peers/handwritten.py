"""The list of cases as one writes it by hand for speed: Flask, SQLAlchemy Core and one lean template."""

from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, abort, g, redirect, render_template, request, session
from sqlalchemy import Date, Integer, String, column, create_engine, event, func, select, table
from sqlalchemy.engine import Connection, Engine

from app.services.access import ADMIN

case = table(
    "patent_case", column("id", Integer), column("our_ref", String), column("case_type", String),
    column("patent_type", String), column("title", String), column("app_no", String), column("filing_date", Date),
    column("client_id", Integer), column("applicant_names", String), column("handler_id", Integer),
    column("first_attorney_id", Integer), column("status", String), column("opened_by_id", Integer),
    column("opened_on", Date),
)  # fmt: skip
client = table("client", column("id", Integer), column("short_name", String))
user = table("ab_user", column("id", Integer), column("first_name", String), column("username", String),
             column("active"), column("session_counter", Integer))  # fmt: skip
task = table(
    "task", column("id", Integer), column("case_id", Integer), column("name", String), column("assignee_id", Integer),
    column("remind_on", Date), column("internal_deadline", Date), column("hard_deadline", Date),
    column("status", String), column("standing", String),
)  # fmt: skip
role = table("ab_role", column("id", Integer), column("name", String))
user_role = table("ab_user_role", column("user_id", Integer), column("role_id", Integer))
handler, attorney, opener = user.alias(), user.alias(), user.alias()

SHOWN = (case.c.our_ref, case.c.case_type, case.c.patent_type, case.c.title, case.c.app_no, case.c.filing_date,
         case.c.client_id, client.c.short_name, case.c.applicant_names, case.c.handler_id,
         handler.c.first_name.label("handler"), case.c.first_attorney_id, attorney.c.first_name.label("attorney"),
         case.c.status, case.c.opened_by_id, opener.c.first_name.label("opener"), case.c.opened_on)  # fmt: skip
ROWS = (
    select(case.c.id, *SHOWN)
    .select_from(case)
    .outerjoin(client, client.c.id == case.c.client_id)
    .outerjoin(handler, handler.c.id == case.c.handler_id)
    .outerjoin(attorney, attorney.c.id == case.c.first_attorney_id)
    .outerjoin(opener, opener.c.id == case.c.opened_by_id)
)
SORTABLE = {"id": case.c.id, "our_ref": case.c.our_ref, "title": case.c.title, "app_no": case.c.app_no,
            "filing_date": case.c.filing_date, "status": case.c.status, "opened_on": case.c.opened_on}  # fmt: skip
HEADS = {
    "our_ref": "我方卷号", "case_type": "案卷类型", "patent_type": "专利类型", "title": "专利名称", "app_no": "申请号",
    "filing_date": "申请日", "client": "客户", "applicant_names": "申请人", "handler": "经办人",
    "attorney": "第一代理师", "status": "案卷状态", "opener": "立案人", "opened_on": "立案日",
}  # fmt: skip
TYPES = {"INVENTION": "发明", "UTILITY_MODEL": "实用新型", "DESIGN": "外观设计"}
KINDS = {"ORDINARY": "普通申请", "PCT_INTERNATIONAL": "PCT国际阶段", "PCT_NATIONAL": "PCT国家阶段"}
STATUSES = {"IN_PROGRESS": "处理中", "FILED": "已递交", "GRANTED": "已授权", "CLOSED": "已结案"}


#: The open tasks with their cases, the nearest deadline first.
TASKS = (
    select(task.c.id, task.c.name, task.c.remind_on, task.c.internal_deadline, task.c.hard_deadline, task.c.status,
           case.c.id.label("case_id"), case.c.our_ref, case.c.title, case.c.app_no, client.c.short_name,
           handler.c.first_name.label("assignee"))
    .select_from(task)
    .outerjoin(case, case.c.id == task.c.case_id)
    .outerjoin(client, client.c.id == case.c.client_id)
    .outerjoin(handler, handler.c.id == task.c.assignee_id)
    .order_by(task.c.hard_deadline.is_(None), task.c.hard_deadline, task.c.id)
)  # fmt: skip


def make(database: Path) -> tuple[Flask, Engine]:
    """The application on the benchmark's database, and its engine."""
    app = Flask(__name__, template_folder=".")
    app.secret_key = "benchmark"
    engine = create_engine(f"sqlite:///{database.as_posix()}")
    event.listen(engine, "connect", _tune)

    @app.get("/cases")
    def cases() -> Any:
        with engine.connect() as connection:
            if not _signed_in(connection):
                return redirect("/login")
            return _page(connection)

    @app.get("/tasks")
    def tasks() -> Any:
        with engine.connect() as connection:
            if not _signed_in(connection):
                return redirect("/login")
            return _tasks(connection)

    return app, engine


def _tune(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")


def _signed_in(connection: Connection) -> bool:
    """The user of the cookie is active, has not signed out since, and his positions allow this page."""
    found = connection.execute(select(user).where(user.c.id == session.get("user_id"))).first()
    if found is None or not found.active or found.session_counter != session.get("counter"):
        return False
    roles = select(role.c.name).join(user_role, user_role.c.role_id == role.c.id).where(user_role.c.user_id == found.id)
    if ADMIN not in set(connection.execute(roles).scalars()):
        abort(403)
    g.user = found
    return True


def _tasks(connection: Connection) -> str:
    """The open tasks of all, or of the signed-in user (`mine`)."""
    args = request.args
    conditions = [task.c.status != "DONE", task.c.standing == "LIVE"]
    if args.get("mine"):
        conditions.append(task.c.assignee_id == g.user.id)
    size, page = min(args.get("size", 50, type=int), 200), max(args.get("page", 1, type=int), 1)
    total = connection.execute(select(func.count()).select_from(task).where(*conditions)).scalar_one()
    rows = connection.execute(TASKS.where(*conditions).limit(size).offset((page - 1) * size)).all()
    return render_template(
        "tasks.html", rows=rows, total=total, page=page, pages=max(1, -(-total // size)), user=g.user
    )


def _page(connection: Connection) -> str:
    args = request.args
    conditions = []
    if args.get("title"):
        conditions.append(case.c.title.like(f"%{args['title']}%"))
    if args.get("status") in STATUSES:
        conditions.append(case.c.status == args["status"])
    if args.get("filed_from"):
        conditions.append(case.c.filing_date >= date.fromisoformat(args["filed_from"]))
    size, page = min(args.get("size", 50, type=int), 200), max(args.get("page", 1, type=int), 1)
    total = connection.execute(select(func.count()).select_from(case).where(*conditions)).scalar_one()
    wish = args.get("sort", "-id")
    key = SORTABLE.get(wish.removeprefix("-"), case.c.id)
    order = (key.desc(), case.c.id.desc()) if wish.startswith("-") else (key, case.c.id)
    rows = connection.execute(ROWS.where(*conditions).order_by(*order).limit(size).offset((page - 1) * size)).all()
    return render_template(
        "cases.html", rows=rows, total=total, page=page, pages=max(1, -(-total // size)), heads=HEADS, types=TYPES,
        kinds=KINDS, statuses=STATUSES, args=args, user=g.user,
    )  # fmt: skip
