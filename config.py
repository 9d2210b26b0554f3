"""Every setting, from the environment, with a safe default. Standard library only: the launcher shows the list too."""

import os
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024
ADMIN = "系统管理员"  # the position that may do everything
AUTH_DB = 1  # FAB's number for users kept in the database


class Variable(NamedTuple):
    """One environment variable an operator may set."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("PATENTDESK_DATA", "data", "folder of the database, the files and the secret key"),
    Variable("DATABASE_URL", "", "postgresql://user:password@host/name; empty: SQLite in the data folder"),
    Variable("PATENTDESK_SECRET_KEY", "", "signs sessions; empty: made once and kept in the data folder"),
    Variable("PATENTDESK_OLD_SECRET_KEYS", "", "earlier keys, comma-separated, still accepted after a change"),
    Variable("PATENTDESK_ADMIN_PASSWORD", "", "first password of admin; empty: a random one is printed once"),
    Variable("PATENTDESK_NAME", "PatentDesk", "name shown in the title bar"),
    Variable("PATENTDESK_HTTPS", "0", "1: cookies only over https (behind a proxy that speaks it)"),
    Variable("PATENTDESK_PROXY", "", "address of the reverse proxy whose X-Forwarded headers are believed"),
    Variable("PATENTDESK_THREADS", "8", "requests served at once"),
    Variable("PATENTDESK_BACKGROUND", "1", "1: the server does the background work too; 0: only `worker` does"),
    Variable("PATENTDESK_SESSION_HOURS", "12", "a sign-in ends after so many hours"),
    Variable("PATENTDESK_UPLOAD_MB", "64", "largest upload"),
    Variable("PATENTDESK_FILES", "", "file store, a folder or s3://bucket/prefix; empty: files/ in the data folder"),
    Variable("PATENTDESK_SMTP", "", "smtp://user:password@host:587 of the system's outgoing mail; empty: none"),
    Variable("PATENTDESK_MAIL_FROM", "", "sender of the system's mail"),
    Variable("PATENTDESK_RATE_LIMIT_STORE", "memory://", "where requests are counted; several processes: redis://"),
    Variable("PATENTDESK_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
)


class SettingError(ValueError):
    """A variable that cannot be used; the message names it."""


def settings(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The application's configuration; `overrides` (by configuration key) win over the environment.

    Makes the data folder and, where none is given, the secret key in it. Raises SettingError.
    """
    given = dict(overrides or {})
    env = {v.name: environ.get(v.name, "").strip() or v.default for v in VARIABLES}
    data = Path(given.pop("DATA_DIR", None) or ROOT / env["PATENTDESK_DATA"]).absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if "SECRET_KEY" not in given:
        given["SECRET_KEY"] = env["PATENTDESK_SECRET_KEY"] or kept_secret(data / "secret.key")
    return {"DATA_DIR": data, **_own(env, data), **_flask(env), **_framework(env), **given}


def _own(env: Mapping[str, str], data: Path) -> dict[str, Any]:
    return {
        "SQLALCHEMY_DATABASE_URI": database_url(env["DATABASE_URL"], data),
        "FILES_URL": env["PATENTDESK_FILES"] or (data / "files").as_posix(),
        "ADMIN_PASSWORD": env["PATENTDESK_ADMIN_PASSWORD"],
        "TRUSTED_PROXY": env["PATENTDESK_PROXY"],
        "THREADS": _whole(env, "PATENTDESK_THREADS"),
        "BACKGROUND": _one_of(env, "PATENTDESK_BACKGROUND", "0", "1") == "1",
        "SMTP_URL": env["PATENTDESK_SMTP"],
        "MAIL_FROM": env["PATENTDESK_MAIL_FROM"],
        "MAIL_PRIVATE_HOSTS": (),  # host:port of mail servers people may use although they are inside
        "LOG_LEVEL": _one_of(env, "PATENTDESK_LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR"),
    }


def _flask(env: Mapping[str, str]) -> dict[str, Any]:
    https = _one_of(env, "PATENTDESK_HTTPS", "0", "1") == "1"
    return {
        "SECRET_KEY_FALLBACKS": [key.strip() for key in env["PATENTDESK_OLD_SECRET_KEYS"].split(",") if key.strip()],
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "SESSION_COOKIE_NAME": "patentdesk",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=_whole(env, "PATENTDESK_SESSION_HOURS")),
        "MAX_CONTENT_LENGTH": _whole(env, "PATENTDESK_UPLOAD_MB") * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 16 * MEGABYTE,  # a form with a few thousand child rows
        "MAX_FORM_PARTS": 50_000,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),  # static addresses carry a version
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session: forms stay open all day
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}},
        "RATELIMIT_ENABLED": True,
        "RATELIMIT_STORAGE_URI": env["PATENTDESK_RATE_LIMIT_STORE"],
    }


def _framework(env: Mapping[str, str]) -> dict[str, Any]:
    return {
        "APP_NAME": env["PATENTDESK_NAME"],
        "AUTH_TYPE": AUTH_DB,
        "AUTH_USER_REGISTRATION": False,
        "AUTH_RATE_LIMITED": True,
        "JWT_REFRESH_TOKEN_EXPIRES": timedelta(days=1),
        "AUTH_RATE_LIMIT": "60 per minute",  # by address, and an office shares one; accounts are locked by name
        "FAB_CREATE_DB": False,  # the tables are made by migrations, and so are the roles Admin and Public
        "FAB_UPDATE_PERMS": False,  # permissions are written once per deployment
        "AUTH_ROLE_ADMIN": ADMIN,
        "AUTH_ROLE_PUBLIC": "未登录访客",
        "FAB_ROLES": {ADMIN: [["^.*$", "^.*$"]]},
        "FAB_PASSWORD_COMPLEXITY_ENABLED": True,
        "FAB_ADD_SECURITY_API": False,
        "FAB_API_SWAGGER_UI": False,
        "FAB_API_MAX_PAGE_SIZE": 200,
    }


def database_url(url: str, data: Path) -> str:
    """SQLAlchemy's address of the database; PostgreSQL is always spoken to by psycopg 3."""
    if not url:
        return f"sqlite:///{(data / 'patentdesk.sqlite3').as_posix()}"
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("sqlite", "postgres", "postgresql", "postgresql+psycopg"):
        raise SettingError("DATABASE_URL must begin with postgresql:// or sqlite:///")
    return url if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def kept_secret(file: Path) -> str:
    """The secret in `file`, made on the first call, readable by its owner only; one for all processes."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as made:
            made.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    for _attempt in range(20):
        secret = file.read_text(encoding="ascii").strip()
        if secret:
            return secret
        time.sleep(0.05)  # another process has made the file and not yet written it
    raise SettingError(f"{file} is empty: delete it, and everyone signs in anew")


def _whole(env: Mapping[str, str], name: str) -> int:
    if not env[name].isdecimal() or not int(env[name]):
        raise SettingError(f"{name} must be a whole number above 0, not {env[name]!r}")
    return int(env[name])


def _one_of(env: Mapping[str, str], name: str, *allowed: str) -> str:
    if env[name].upper() not in allowed:
        raise SettingError(f"{name} must be one of {', '.join(allowed)}, not {env[name]!r}")
    return env[name].upper()
