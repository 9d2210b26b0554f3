"""The list of cases in Flask-Admin, on the same tables."""

from pathlib import Path
from typing import Any

from flask import Flask, session
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from sqlalchemy import Table, create_engine, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, foreign, relationship, scoped_session, sessionmaker

from benchmarks.data import COLUMNS


def make(database: Path) -> tuple[Flask, Engine]:
    """The application on the benchmark's database, and its engine."""
    app = Flask(__name__)
    app.secret_key = "benchmark"
    Babel(app, default_locale="zh_CN")
    engine = create_engine(f"sqlite:///{database.as_posix()}")
    event.listen(engine, "connect", _tune)
    registry = scoped_session(sessionmaker(engine))
    app.teardown_appcontext(lambda _error: registry.remove())
    case, client, user = _models(engine)

    class CaseView(ModelView):
        column_list = COLUMNS
        column_auto_select_related = True
        column_default_sort = ("id", True)
        column_searchable_list = ("title",)
        column_filters = ("status", "patent_type")
        column_sortable_list = ("our_ref", "title", "app_no", "filing_date", "status", "opened_on")
        named_filter_urls = True
        page_size = 50
        can_view_details = True
        form_excluded_columns = ("extra",)
        form_ajax_refs = {
            "client": {"fields": (client.short_name,)}, "handler": {"fields": (user.first_name,)},
            "first_attorney": {"fields": (user.first_name,)}, "opened_by": {"fields": (user.first_name,)},
        }  # fmt: skip

        def is_accessible(self) -> bool:
            """The user of the cookie is active and has not signed out since."""
            wanted = select(user.active, user.session_counter).where(user.id == session.get("user_id"))
            found = registry.execute(wanted).first()
            return found is not None and found.active and found.session_counter == session.get("counter")

    Admin(app, name="PatentDesk").add_view(CaseView(case, registry, endpoint="cases"))
    return app, engine


def _tune(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")


def _models(engine: Engine) -> tuple[Any, Any, Any]:
    """Mapped classes with every column of the tables, as they are in the database."""

    class Base(DeclarativeBase):
        pass

    def table(name: str) -> Table:
        return Table(name, Base.metadata, autoload_with=engine, resolve_fks=False)

    class Client(Base):
        __table__ = table("client")

        def __str__(self) -> str:
            return self.short_name

    class User(Base):
        __table__ = table("ab_user")

        def __str__(self) -> str:
            return self.first_name

    class Case(Base):
        __table__ = table("patent_case")
        client = relationship(Client, primaryjoin=lambda: foreign(Case.client_id) == Client.id)
        handler = relationship(User, primaryjoin=lambda: foreign(Case.handler_id) == User.id)
        first_attorney = relationship(User, primaryjoin=lambda: foreign(Case.first_attorney_id) == User.id)
        opened_by = relationship(User, primaryjoin=lambda: foreign(Case.opened_by_id) == User.id)

    return Case, Client, User
