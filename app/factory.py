"""`create_app`: the only place that sees everything."""

import base64
import functools
import os
from pathlib import Path
from typing import Any

from flask import Flask, g, redirect, request
from flask_appbuilder import AppBuilder, IndexView, expose
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

import views
from app import texts
from app.console import addresses, exporting, guard, importing, render, shell  # noqa: F401 - two of them register their jobs
from app.console.api import ApiView
from app.console.desk_page import DeskView
from app.console.json_body import JsonBody
from app.console.security import ConsoleSecurity
from app.console.view import REGISTRY
from app.extensions import csrf, db
from app.jobs import housekeeping, safety_net  # noqa: F401 - they register their jobs
from app.routing import LateFlask
from app.rules.errors import RuleError
from app.services import accounts, firm, kept, ledger, scope, text_index
from app.services.files import FileStore
from app.services.secrets import Vault
from app.services.setup import permissions_of
from config import settings
from translations.compiled import compile_catalog

ROOT = Path(__file__).parent


class StartView(IndexView):
    """The root leads to the console."""

    @expose("/")
    def index(self) -> Any:
        return redirect("/app/")


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application with its tables, pages and rights. `overrides` win over the environment (see config.py)."""
    app = LateFlask(
        "app", root_path=str(ROOT), static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates")
    )
    app.config.update(settings(overrides))
    compile_catalog()
    app.json = JsonBody(app)
    db.init_app(app)
    ledger.install()
    scope.install(firm)
    kept.install()
    text_index.install()
    _session_info(app)
    csrf.init_app(app)
    with app.app_context():
        builder = AppBuilder(app, db.registry, indexview=StartView, security_manager_class=ConsoleSecurity)
        csrf.exempt(app.view_functions["SecurityApi.login"])
        _pages(app, builder)
    _templates(app)
    _headers(app)
    _errors(app)
    return app


def _session_info(app: Flask) -> None:
    """What every session carries for services: the file store, the vault of secrets, how passwords are hashed."""

    @functools.cache
    def store() -> FileStore:
        return FileStore(app.config["FILES_URL"])

    if "://" in app.config["FILES_URL"]:  # a store that cannot be had is told at the start; a folder always can
        store()

    @functools.cache
    def vault() -> Vault:
        return Vault(app.config["DATA_DIR"])

    info = {"file_store": store, "vault": vault, kept.STORE: {}}
    info[accounts.HASH_METHOD] = app.config.get("FAB_PASSWORD_HASH_METHOD")
    app.extensions["patentdesk.session"].session_factory.configure(info=info)


def _pages(app: Flask, builder: AppBuilder) -> None:
    for page in (DeskView, ApiView, *views.PAGES, *REGISTRY.values()):
        builder.add_view_no_menu(page)
        if getattr(page, "csrf_exempt", False):  # it asks for the token itself, see console.api
            csrf.exempt(app.blueprints[page.__name__])
    addresses.share(app)
    shell.use_menu(views.MENU)
    app.extensions["patentdesk.permissions"] = permissions_of(REGISTRY.values(), shell.PAGES)


def _templates(app: Flask) -> None:
    app.jinja_env.globals.update(
        static=render.static_url, icon=render.icon, csp_nonce=_nonce, _=texts.markup, gettext=texts.markup,
        once=texts.once, ui=render.Macros(app.jinja_env), function_name=shell.function_name,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}

    @app.context_processor
    def _shell() -> dict[str, Any]:
        return {"shell": shell.Shell(), "flashes": shell.Flashes()}


def _nonce() -> str:
    """The mark of this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = base64.b64encode(os.urandom(12)).decode()
    return g.csp_nonce


def _headers(app: Flask) -> None:
    @app.after_request
    def _secure(response: Any) -> Any:
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{_nonce()}'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; "
            "form-action 'self'",
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def _errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        return guard.error_page(error.code or 500, None)

    @app.errorhandler(RuleError)
    def _refused(error: RuleError) -> Any:
        return guard.error_page(guard.STATUS.get(error.code, 422), guard.say(error))

    @app.errorhandler(OperationalError)
    def _held(error: OperationalError) -> Any:
        if not guard.busy(error):
            return _crash(error)
        app.logger.warning("the database was busy at %s: %s", request.path, error.orig)
        db.session.rollback()
        return *guard.error_page(503, None), {"Retry-After": str(guard.RETRY_AFTER)}

    @app.errorhandler(Exception)
    def _crash(error: Exception) -> Any:
        app.logger.exception("unhandled error at %s", request.path, exc_info=error)
        db.session.rollback()
        return guard.error_page(500, None)
