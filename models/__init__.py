"""The tables. Importing this package declares every one of them on `flask_appbuilder.Model.metadata`."""

from flask_appbuilder import Model
from sqlalchemy import Integer, Table

from models import (
    access,
    audit,
    case,
    case_names,
    closing,
    deadline,
    document,
    fee,
    fee_sheet,
    filing,
    numbering,
    organization,
    party,
    reference,
    system,
    task,
)

ALL = (
    access,
    audit,
    case,
    case_names,
    closing,
    deadline,
    document,
    fee,
    fee_sheet,
    filing,
    numbering,
    organization,
    party,
    reference,
    system,
    task,
)


def _never_reuse_ids(table: Table) -> None:
    """SQLite gives the last id out again once its row is gone: what still names the old row would mean the new one."""
    key = list(table.primary_key.columns)
    if len(key) == 1 and isinstance(key[0].type, Integer):
        table.kwargs["sqlite_autoincrement"] = True


for _table in Model.metadata.tables.values():
    _never_reuse_ids(_table)
