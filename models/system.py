"""What the system keeps for itself and for its users: parameters, custom fields, views, jobs, files, imports."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.choice import N_
from app.rules.system import (
    CustomFieldKind,
    ImportMode,
    ImportState,
    JobState,
    LoginOutcome,
    ParameterGroup,
    ParameterKind,
    ViewScope,
)
from models.base import Field, Record, choice, flag, integer, long_text, moment, now, reference, table_key, text


class SystemParameter(Record):
    """One setting of the firm (系统参数, A-2.1.1).

    choices: for kind CHOICE, one `code=label` a line. secret: the value of kind PASSWORD,
        encrypted; `value` stays empty.
    """

    __label__ = N_("System parameter")
    __title__ = "label"
    __key__ = ("code",)

    code: Mapped[str] = text(N_("Parameter code"), length=60, required=True, unique=True, fixed=True)
    label: Mapped[str] = text(N_("Parameter name"), length=100, required=True)
    group: Mapped[ParameterGroup] = choice(N_("Parameter group"), ParameterGroup, default=ParameterGroup.FIRM)
    kind: Mapped[ParameterKind] = choice(N_("Kind of value"), ParameterKind, default=ParameterKind.TEXT)
    value: Mapped[str | None] = long_text(N_("Content"))
    secret: Mapped[str | None] = mapped_column(Text, info={"field": Field("password", N_("Secret"), hidden=True)})
    needs_restart: Mapped[bool] = flag(N_("Takes effect after restart"))
    choices: Mapped[str | None] = long_text(N_("Choices"))
    help: Mapped[str | None] = text(N_("Explanation"), length=500)
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)


class CustomField(Record):
    """A field the administrator added to a table; its values live in `extra` of that table's rows."""

    __label__ = N_("Custom field")
    __title__ = "label"
    __key__ = ("table_key", "code")
    __table_args__ = (UniqueConstraint("table_key", "code"),)

    table_key: Mapped[str] = table_key(N_("Table"), required=True, fixed=True)
    code: Mapped[str] = text(
        N_("Field code"),
        length=40,
        required=True,
        fixed=True,
        help=N_("Small letters, digits and _, a letter first; used by programs"),
    )
    label: Mapped[str] = text(N_("Field name"), length=60, required=True)
    kind: Mapped[CustomFieldKind] = choice(N_("Field type"), CustomFieldKind, fixed=True, default=CustomFieldKind.TEXT)
    choices: Mapped[str | None] = long_text(
        N_("Choices"), help=N_("One choice a line, or several with 、 , or ; between")
    )
    required: Mapped[bool] = flag(N_("Required"))
    in_list: Mapped[bool] = flag(N_("Shown in the list"))
    in_query: Mapped[bool] = flag(N_("Usable in queries"))
    position: Mapped[int] = integer(N_("Order"), nullable=False, default=0)
    active: Mapped[bool] = flag(N_("Enabled"), default=True)


class SavedView(Record):
    """A kept selection of a list: its query string and its columns.

    state: {"query": the query string, "columns": [names] or null}.
    """

    __label__ = N_("Saved view")
    __key__ = ("table_key", "name")
    __table_args__ = (Index("ix_saved_view_table", "table_key", "scope"),)
    audited = False

    table_key: Mapped[str] = table_key(N_("Table"), required=True)
    name: Mapped[str] = text(N_("View name"), length=60, required=True)
    scope: Mapped[ViewScope] = choice(N_("Shared with"), ViewScope, default=ViewScope.MINE)
    owner_id: Mapped[int | None] = reference("User", N_("Owner"), owner=True)
    position_id: Mapped[int | None] = reference("Role", N_("Position"), owner=True)
    is_default: Mapped[bool] = flag(N_("Default view"))
    state: Mapped[dict] = mapped_column(
        JSON, nullable=False, default=dict, info={"field": Field("json", N_("Selection"))}
    )


class Preference(Record):
    """One thing a user likes to have his way: columns, page size, theme."""

    __label__ = N_("Preference")
    __title__ = "key"
    __table_args__ = (UniqueConstraint("user_id", "key"),)
    audited = False

    user_id: Mapped[int] = reference("User", N_("User"), required=True, owner=True, index=False)
    key: Mapped[str] = text(N_("Preference key"), length=120, required=True)
    value: Mapped[object] = mapped_column(JSON, nullable=True)


class FormDraft(Record):
    """What a user typed into a form and has not saved yet, kept so that nothing typed is ever lost.

    record: the id of the record being changed, 0 for a new one. values: control → text, as the browser sends them.
    """

    __label__ = N_("Draft of a form")
    __title__ = "table_key"
    __table_args__ = (UniqueConstraint("user_id", "table_key", "record"),)
    audited = False

    user_id: Mapped[int] = reference("User", N_("User"), required=True, owner=True, index=False)
    table_key: Mapped[str] = table_key(N_("Table"), required=True)
    record: Mapped[int] = integer(N_("Record"), required=True)
    values: Mapped[dict] = mapped_column(JSON, nullable=False, default=dict)


class StoredFile(Record):
    """The bytes of a file, kept once under their SHA-256 however often they are attached."""

    __label__ = N_("Stored file")
    __title__ = "sha256"
    audited = False

    sha256: Mapped[str] = text(N_("Digest"), length=64, required=True, unique=True)
    size: Mapped[int] = mapped_column(BigInteger, nullable=False, info={"field": Field("integer", N_("Size"))})
    mime: Mapped[str] = text(N_("Media type"), length=120, required=True)


class Attachment(Record):
    """A file on a record of any table (附件)."""

    __label__ = N_("Attachment")
    __table_args__ = (Index("ix_attachment_record", "table_key", "record_id"),)

    table_key: Mapped[str] = table_key(N_("Table"), required=True)
    record_id: Mapped[int] = integer(N_("Record"), required=True)
    name: Mapped[str] = text(N_("File name"), length=255, required=True)
    file_id: Mapped[int] = reference("StoredFile", N_("Stored file"), required=True)
    category: Mapped[str | None] = text(N_("Attachment category"), length=40)
    remark: Mapped[str | None] = text(N_("Remark"), length=500)


class Job(Record):
    """Work done in the background, visible to its owner."""

    __label__ = N_("Background job")
    __title__ = "label"
    __table_args__ = (Index("ix_job_state", "state", "id"),)
    audited = False

    kind: Mapped[str] = text(N_("Job kind"), length=60, required=True)
    label: Mapped[str] = text(N_("Job name"), length=200, required=True)
    state: Mapped[JobState] = choice(N_("Job state"), JobState, default=JobState.QUEUED)
    done: Mapped[int] = integer(N_("Done so far"), nullable=False, default=0)
    total: Mapped[int | None] = integer(N_("Of"))
    message: Mapped[str | None] = long_text(N_("Message"))
    params: Mapped[dict] = mapped_column(JSON, nullable=False, default=dict)
    result_file_id: Mapped[int | None] = reference("StoredFile", N_("Result file"))
    result_name: Mapped[str | None] = text(N_("Result file name"), length=255)
    owner_id: Mapped[int | None] = reference("User", N_("Owner"))
    started_at: Mapped[datetime | None] = moment(N_("Started at"), nullable=True)
    finished_at: Mapped[datetime | None] = moment(N_("Finished at"), nullable=True)
    heartbeat_at: Mapped[datetime | None] = moment(N_("Last sign of life"), nullable=True)
    cancel_requested: Mapped[bool] = flag(N_("Cancel requested"))


class ImportMapping(Record):
    """How the headers of one kind of file were mapped to columns, offered again for the same headers.

    headers: [text]; mapping: {header or position: column}; constants: {column: value};
    fingerprint: digest of the headers.
    """

    __label__ = N_("Import mapping")
    __key__ = ("table_key", "name")
    __table_args__ = (
        UniqueConstraint("table_key", "name"),
        Index("ix_import_mapping_headers", "table_key", "fingerprint"),
    )
    audited = False

    table_key: Mapped[str] = table_key(N_("Table"), required=True)
    name: Mapped[str] = text(N_("Mapping name"), length=100, required=True)
    fingerprint: Mapped[str] = text(N_("Digest"), length=64, required=True)
    headers: Mapped[list] = mapped_column(JSON, nullable=False, default=list)
    mapping: Mapped[dict] = mapped_column(JSON, nullable=False, default=dict)
    constants: Mapped[dict] = mapped_column(JSON, nullable=False, default=dict)


class ImportBatch(Record):
    """One import: what was read, what became of it, and the mark its changes carry in the history."""

    __label__ = N_("Import batch")
    __title__ = "file_name"
    __table_args__ = (Index("ix_import_batch_table", "table_key", "id"),)
    audited = False

    table_key: Mapped[str] = table_key(N_("Table"), required=True)
    file_name: Mapped[str] = text(N_("File name"), length=255, required=True)
    mode: Mapped[ImportMode] = choice(N_("Import mode"), ImportMode, default=ImportMode.CREATE)
    state: Mapped[ImportState] = choice(N_("Import state"), ImportState, default=ImportState.RUNNING)
    mark: Mapped[str] = text(N_("Batch mark"), length=40, required=True, unique=True)
    rows_read: Mapped[int] = integer(N_("Rows read"), nullable=False, default=0)
    rows_created: Mapped[int] = integer(N_("Rows created"), nullable=False, default=0)
    rows_updated: Mapped[int] = integer(N_("Rows updated"), nullable=False, default=0)
    rows_same: Mapped[int] = integer(N_("Rows the same"), nullable=False, default=0)
    rows_refused: Mapped[int] = integer(N_("Rows refused"), nullable=False, default=0)
    rejected_file_id: Mapped[int | None] = reference("StoredFile", N_("Refused rows"))
    owner_id: Mapped[int | None] = reference("User", N_("Owner"))
    finished_at: Mapped[datetime | None] = moment(N_("Finished at"), nullable=True)
    undone_at: Mapped[datetime | None] = moment(N_("Undone at"), nullable=True)


class LoginEvent(Record):
    """One attempt to sign in, or a sign-out."""

    __label__ = N_("Sign-in log")
    __title__ = "username"
    __table_args__ = (Index("ix_login_event_username", "username", "at"), Index("ix_login_event_ip", "ip", "at"))
    audited = False

    username: Mapped[str] = text(N_("Login name"), length=128, required=True)
    user_id: Mapped[int | None] = reference("User", N_("User"))
    ip: Mapped[str] = text(N_("IP address"), length=45, nullable=False, default="")
    at: Mapped[datetime] = moment(N_("Time"), nullable=False, default=now, index=True)
    outcome: Mapped[LoginOutcome] = choice(N_("Outcome"), LoginOutcome, required=True)
