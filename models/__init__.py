"""The tables. Importing this package declares every one of them on `flask_appbuilder.Model.metadata`."""

from models import (
    access,
    audit,
    case,
    case_names,
    deadline,
    document,
    fee,
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
    deadline,
    document,
    fee,
    numbering,
    organization,
    party,
    reference,
    system,
    task,
)
