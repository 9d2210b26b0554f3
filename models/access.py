"""Rights beside Flask-AppBuilder's own: marks shared by all processes, and rights on single fields."""

from flask_appbuilder import Model
from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.rules.access import FieldRightKind
from app.rules.choice import N_
from models.base import Record, choice, reference, text


class Stamp(Model):
    """A mark every process can compare: "grants" grows whenever rights change, "seed" names the loaded seed files."""

    __tablename__ = "stamp"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(100), nullable=False)


class ShippedRow(Model):
    """The natural key of a row that came with the product once: what the firm deleted since does not come back."""

    __tablename__ = "shipped_row"

    table_key: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(300), primary_key=True)


class FieldRight(Record):
    """What a position may do with one column of a table: nothing (hidden) or only read."""

    __label__ = N_("Field right")
    __title__ = "column"
    __table_args__ = (UniqueConstraint("position_id", "table_key", "column"),)

    position_id: Mapped[int] = reference("Role", N_("Position"), required=True, owner=True)
    table_key: Mapped[str] = text(N_("Table"), length=60, required=True)
    column: Mapped[str] = text(N_("Field"), length=60, required=True)
    right: Mapped[FieldRightKind] = choice(N_("Right"), FieldRightKind, required=True)
