"""Parameters, custom fields, numbers, jobs and logs (系统管理, A-2.1)."""

from app.console import Console, Section
from app.rules.choice import N_
from models.system import CustomField, ImportBatch, Job, LoginEvent, SystemParameter


class SystemParameterView(Console, model=SystemParameter):
    title = N_("System parameter settings")
    icon = "settings"
    closed = True
    list_columns = ["label", "value", "group", "needs_restart", "help"]
    query_columns = ["label", "group", "code"]
    order = "position"
    form = [Section(N_("System parameter"), "label", "value", "help")]
    import_key = ("code",)


class CustomFieldView(Console, model=CustomField):
    title = N_("Custom fields")
    icon = "sliders-horizontal"
    list_columns = ["table_key", "label", "code", "kind", "required", "in_list", "in_query", "position", "active"]
    query_columns = ["table_key", "label", "kind", "active"]
    order = "table_key,position"
    form = [
        Section(N_("Custom field"), "table_key", "code", "label", "kind", "choices", "position"),
        Section(N_("Use"), "required", "in_list", "in_query", "active"),
    ]
    import_key = ("table_key", "code")
    help = N_("Fields added here appear in list, query, form, export, import and API of their table.")


class JobView(Console, model=Job):
    title = N_("Background jobs")
    icon = "loader-circle"
    read_only = True
    list_columns = ["label", "state", "done", "total", "owner", "created_at", "finished_at", "message"]
    query_columns = ["label", "state", "owner", "created_at"]
    form = [
        Section(N_("Background job"), "label", "kind", "state", "done", "total", "message", "owner", "result_name"),
        Section(N_("Time"), "started_at", "finished_at", "heartbeat_at"),
    ]


class ImportBatchView(Console, model=ImportBatch):
    title = N_("Import batches")
    icon = "upload"
    read_only = True
    list_columns = ["file_name", "table_key", "mode", "state", "rows_read", "rows_created", "rows_updated", "rows_same",
                    "rows_refused", "owner", "created_at"]  # fmt: skip
    query_columns = ["file_name", "table_key", "state", "owner", "created_at"]
    form = [
        Section(
            N_("Import batch"), "file_name", "table_key", "mode", "state", "mark", "owner", "finished_at", "undone_at"
        ),
        Section(N_("Rows"), "rows_read", "rows_created", "rows_updated", "rows_same", "rows_refused"),
    ]


class LoginEventView(Console, model=LoginEvent):
    title = N_("Sign-in log")
    icon = "log-in"
    read_only = True
    list_columns = ["at", "username", "user", "outcome", "ip"]
    query_columns = ["username", "outcome", "at", "ip"]
    order = "-at"
    form = [Section(N_("Sign-in log"), "at", "username", "user", "outcome", "ip")]
