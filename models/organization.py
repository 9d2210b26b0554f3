"""Departments, users and positions (A-2.2). Users and positions are Flask-AppBuilder's own tables with more columns."""

import secrets
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import Role, User, assoc_user_role
from sqlalchemy import JSON, Column, ColumnDefault, ColumnElement, Integer, UniqueConstraint, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.rules.choice import N_
from app.rules.organization import PositionType, UserType
from models.base import Field, Record, choice, flag, integer, long_text, moment, now, reference, text

Position = Role


class Department(Record):
    """A department or group of the firm (机构、部门、组, A-2.2.1); they form a tree."""

    __label__ = N_("Department")
    __pinyin__ = "name"
    __key__ = ("name",)
    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    name: Mapped[str] = text(N_("Department name"), length=100, required=True)
    parent_id: Mapped[int | None] = reference("Department", N_("Parent department"))
    code: Mapped[str | None] = text(N_("Department code"), length=40)
    remark: Mapped[str | None] = long_text(N_("Remark"))


def first_counter() -> int:
    """Where the counter of a user's sessions begins: no cookie or token of somebody before him can fit."""
    return secrets.randbelow(1 << 30)


def _complete(model: type[Model], label: str, title: str, key: str, **columns: Any) -> None:
    """Make a table of Flask-AppBuilder like a `Record`: its columns, what names its rows, its history."""
    model.__label__, model.__title__, model.__pinyin__, model.__key__ = label, title, title, (key,)
    model.__scope_parent__, model.workflow, model.audited = "", None, True
    model.__str__ = Record.__str__  # type: ignore[assignment]
    columns |= {
        "pinyin": text(N_("Pinyin initials"), length=200, index=True),
        "version": mapped_column(Integer, nullable=False, default=1),
        "created_at": moment(N_("Created at"), nullable=False, default=now),
        "updated_at": moment(N_("Updated at"), nullable=False, default=now),
        "extra": mapped_column(JSON, nullable=True),
    }
    for name, column in columns.items():
        setattr(model, name, column)


def _label(model: type[Model], **fields: Field) -> None:
    """Describe the columns Flask-AppBuilder declared."""
    for name, spec in fields.items():
        model.__table__.c[name].info["field"] = spec


def _default(column: Column, value: Any) -> None:
    """Give a column of Flask-AppBuilder a default."""
    column.default = ColumnDefault(value)
    column.default.column = column


_complete(
    User, N_("User"), "first_name", "username",
    user_type=choice(N_("User type"), UserType, required=True, nullable=True),
    department_id=reference("Department", N_("Department"), cycle="fk_ab_user_department"),
    certificate_no=text(N_("Attorney certificate no."), length=40, help=N_("Only holders may sign as attorney")),
    phone=text(N_("Telephone"), length=40),
    mobile=text(N_("Mobile phone"), length=40),
    capacity=integer(N_("Cases at once"), help=N_("How many cases the user can handle at the same time")),
    specialities=text(
        N_("Technical fields"), length=300, help=N_("IPC classes the user works in, separated by semicolons")
    ),
    remark=long_text(N_("Remark")),
    must_change_password=flag(N_("Must change password")),
    password_changed_at=moment(N_("Password changed at"), nullable=True),
    password_expires_at=moment(N_("Password expires at"), nullable=True),
    session_counter=mapped_column(Integer, nullable=False, default=first_counter),
    failed_count=mapped_column(Integer, nullable=False, default=0),
    locked_until=moment(N_("Locked until"), nullable=True),
)  # fmt: skip
User.department = relationship(Department, foreign_keys=[User.department_id])
User.created_by_id, User.updated_by_id = synonym("created_by_fk"), synonym("changed_by_fk")
User.__table__.c.email.nullable = True
_default(User.__table__.c.last_name, "")  # the whole name stands in `first_name`
_label(
    User,
    username=Field("text", N_("Login name"), required=True, length=128),
    first_name=Field("text", N_("Name"), required=True, length=64),
    email=Field("text", N_("E-mail"), length=320),
    active=Field("flag", N_("Valid account"), options=(N_("Valid"), N_("Invalid"))),
    department_id=Field("reference", N_("Department"), required=True, target="Department"),
    password=Field("password", N_("Password"), hidden=True),
)


#: Stands between the names in `User.position_names`.
BETWEEN = "、"


def _position_names(user: User) -> str:
    return BETWEEN.join(sorted(r.name for r in user.roles))


def _position_names_sql(user: type[User]) -> ColumnElement[str | None]:
    held = assoc_user_role.c
    query = select(func.aggregate_strings(Role.name, BETWEEN)).join(assoc_user_role, held.role_id == Role.id)
    return query.where(held.user_id == user.id).correlate(user).scalar_subquery()


User.position_names = hybrid_property(_position_names, expr=_position_names_sql)

_complete(
    Position, N_("Position"), "name", "name",
    position_type=choice(N_("Position type"), PositionType, nullable=False, default=PositionType.ORDINARY),
    remark=long_text(N_("Remark")),
    created_by_id=reference("User", N_("Created by"), index=False),
    updated_by_id=reference("User", N_("Updated by"), index=False),
)  # fmt: skip
Position.created_by, Position.updated_by = Record.created_by, Record.updated_by
_label(Position, name=Field("text", N_("Position name"), required=True, length=64))
