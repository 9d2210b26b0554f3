"""Parameters, custom fields, saved views, jobs and imports: their kinds and states."""

from app.rules.choice import N_, Choice


class ParameterKind(Choice):
    """How the value of a system parameter is written."""

    TEXT = N_("Text")
    LONG_TEXT = N_("Long text")
    INTEGER = N_("Whole number")
    FLAG = N_("Yes or no")
    CHOICE = N_("Choice")
    PASSWORD = N_("Password")


class ParameterGroup(Choice):
    """Which part of the page a system parameter stands in."""

    FIRM = N_("Firm")
    BUSINESS = N_("Business")
    MAIL = N_("Mailbox")
    SECURITY = N_("Security")
    OPERATION = N_("Operation")


class FirmNature(Choice):
    """Whether clients and cases are shared in the firm (机构性质, A-2.1.1.2-04)."""

    COMPANY = N_("Company")
    PARTNERSHIP = N_("Partnership")


class CustomFieldKind(Choice):
    """What an administrator's own field holds; the lower-case code is the kind of the field."""

    TEXT = N_("Text")
    LONG_TEXT = N_("Long text")
    INTEGER = N_("Whole number")
    DATE = N_("Date")
    FLAG = N_("Yes or no")
    OPTION = N_("Choice")


class ViewScope(Choice):
    """For whom a saved view is."""

    MINE = N_("Only me")
    POSITION = N_("A position")
    EVERYONE = N_("Everyone")


class JobState(Choice):
    """How far a background job has come."""

    QUEUED = N_("Queued"), "hollow"
    RUNNING = N_("Running"), "half"
    DONE = N_("Done"), "success"
    FAILED = N_("Failed"), "danger"
    CANCELLED = N_("Cancelled"), "muted"


class ImportMode(Choice):
    """What an import does with a row that exists already."""

    CREATE = N_("Add new rows only")
    UPDATE = N_("Update rows by key")


class ImportState(Choice):
    """How far an import has come."""

    RUNNING = N_("Running"), "half"
    DONE = N_("Done"), "success"
    FAILED = N_("Failed"), "danger"
    UNDONE = N_("Undone"), "muted"


class LoginOutcome(Choice):
    """What became of an attempt to sign in."""

    SUCCESS = N_("Signed in"), "success"
    WRONG_PASSWORD = N_("Wrong password"), "danger"
    UNKNOWN_USER = N_("Unknown user"), "danger"
    INVALID_USER = N_("Account not valid"), "warning"
    LOCKED = N_("Account locked"), "warning"
    LIMITED = N_("Too many attempts"), "warning"
    EXPIRED = N_("Password expired"), "warning"
    SIGNED_OUT = N_("Signed out"), "muted"
