"""The list of cases in Django's admin, on the same tables; its own users and sessions lie in a second SQLite file."""

from pathlib import Path
from typing import Any

import django
from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import path
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from benchmarks.data import COLUMNS
from models.case import Case
from models.organization import User
from models.party import Client
from models.types import ChoiceType

PEOPLE = ("client", "handler", "first_attorney", "opened_by")
SHARED = "shared"
urlpatterns: list[Any] = []


class Agency(AppConfig):
    """The application that owns the unmanaged models."""

    name = "benchmarks.peers"
    label = "agency"


class Router:
    """The unmanaged models live in the benchmark's database, Django's own tables in the second one."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """The database of a model."""
        return SHARED if model._meta.app_label == "agency" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Only Django's own tables are made."""
        return db == "default" and app_label != "agency"


def make(database: Path) -> Browser:
    """A browser signed in to the admin of the benchmark's database."""
    own = database.with_name("django.sqlite3")
    own.unlink(missing_ok=True)
    sqlite = {"ENGINE": "django.db.backends.sqlite3"}
    settings.configure(
        SECRET_KEY="benchmark", DEBUG=False, ALLOWED_HOSTS=["testserver"], ROOT_URLCONF=__name__, USE_TZ=False,
        LANGUAGE_CODE="zh-hans", STATIC_URL="/static/", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={"default": sqlite | {"NAME": own}, SHARED: sqlite | {"NAME": database}},
        DATABASE_ROUTERS=[f"{__name__}.Router"],
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions", "django.contrib.messages", f"{__name__}.Agency"],
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                    "django.contrib.sessions.middleware.SessionMiddleware",
                    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
            "context_processors": ["django.template.context_processors.request",
                                   "django.contrib.auth.context_processors.auth",
                                   "django.contrib.messages.context_processors.messages"]}}],
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)
    return _site()


def _site() -> Browser:
    from django.contrib import admin  # noqa: PLC0415 - Django's parts can be imported only once it is set up
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.db import models  # noqa: PLC0415

    user = _model(models, "User", User.__table__, "first_name", {})
    client = _model(models, "Client", Client.__table__, "short_name", {})
    case = _model(models, "Case", Case.__table__, "our_ref", {"ab_user": user, "client": client})
    for model, searched in ((user, ("first_name",)), (client, ("short_name", "client_no"))):
        options: dict[str, Any] = {"search_fields": searched, "ordering": ("id",)}
        admin.site.register(model, type("TargetAdmin", (admin.ModelAdmin,), options))
    options = {
        "list_display": COLUMNS, "list_select_related": PEOPLE, "list_per_page": 50, "show_full_result_count": False,
        "search_fields": ("title",), "list_filter": ("status", "patent_type"), "ordering": ("-id",),
        "autocomplete_fields": [f.name for f in case._meta.fields if f.is_relation], "exclude": ("extra",),
    }  # fmt: skip
    admin.site.register(case, type("CaseAdmin", (admin.ModelAdmin,), options))
    urlpatterns.append(path("admin/", admin.site.urls))
    browser = Browser()
    browser.force_login(get_user_model().objects.create_superuser("admin", "", "benchmark"))
    return browser


def _model(models: Any, name: str, table: Table, title: str, targets: dict[str, Any]) -> Any:
    """An unmanaged model with every column of a table."""
    meta = type("Meta", (), {"app_label": "agency", "managed": False, "db_table": table.name})
    fields: dict[str, Any] = {"__module__": __name__, "Meta": meta, "__str__": lambda self: str(getattr(self, title))}
    for column in table.columns:
        options: dict[str, Any] = {"null": column.nullable, "blank": column.nullable}
        target = next((targets.get(key.column.table.name) for key in column.foreign_keys), None)
        if column.primary_key:
            fields[column.name] = models.AutoField(primary_key=True)
        elif target is not None:
            options |= {"db_column": column.name, "related_name": "+"}
            fields[column.name.removesuffix("_id")] = models.ForeignKey(target, models.DO_NOTHING, **options)
        else:
            fields[column.name] = _field(models, column.type, options)
    return type(name, (models.Model,), fields)


def _field(models: Any, kind: TypeEngine, options: dict[str, Any]) -> Any:
    if isinstance(kind, ChoiceType):
        return models.CharField(max_length=40, choices=[(c.name, c.label) for c in kind.choices], **options)
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    fields = {Boolean: models.BooleanField, DateTime: models.DateTimeField, Date: models.DateField,
              Integer: models.IntegerField, Text: models.TextField, JSON: models.JSONField}  # fmt: skip
    for known, field in fields.items():
        if isinstance(plain, known):
            return field(**options)
    return models.CharField(max_length=getattr(plain, "length", None) or 200, **options)
