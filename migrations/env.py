"""Alembic: the tables of Flask-AppBuilder's metadata, on SQLite and PostgreSQL."""

from typing import Any

from alembic import context
from flask_appbuilder import Model
from sqlalchemy.types import TypeDecorator

import models

TABLES = models.ALL

config = context.config


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our column types as what the database keeps, so that a migration outlives the code it was made with."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    """Run the migrations on the connection the application hands over."""
    connection = config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
