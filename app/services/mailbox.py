"""A person's own mailbox for sending (个人邮箱信息, A-2.2.4.1-04): kept with its password encrypted, and tried out."""

import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors
from app.rules.mail import MailSecurity
from app.services import parameters
from app.services.accounts import EMAIL
from app.services.preferences import prefer, preference
from app.services.secrets import Vault

KEY = "mailbox"
TIMEOUT = 8.0  # seconds; a person is waiting
MOST = 255
#: Where mail servers take mail from people.
PORTS = (25, 465, 587, 2525)


@dataclass(frozen=True)
class Mailbox:
    """One SMTP account. `password` is plain and only in memory; tested_at: when it last worked (ISO), or empty."""

    address: str = ""
    host: str = ""
    port: int = 465
    security: str = MailSecurity.SSL.name
    username: str = ""
    password: str = ""
    tested_at: str = ""


def mailbox_of(session: Session, user_id: int, vault: Vault) -> Mailbox:
    """The user's mailbox, empty where he has none. Raises RuleError where its password cannot be read any more."""
    kept = preference(session, user_id, KEY)
    if not isinstance(kept, dict):
        return Mailbox()
    return Mailbox(**{**kept, "password": vault.unlock(kept["password"]) if kept["password"] else ""})


def read(values: dict[str, str], before: Mailbox) -> Mailbox:
    """A mailbox as typed; an empty password keeps the one before. Raises RuleErrors by field."""
    names = ("address", "host", "port", "security", "username")
    text = {name: (values.get(name) or "").strip()[:MOST] for name in names}
    password = (values.get("password") or "")[:MOST]
    errors = []
    if not EMAIL.fullmatch(text["address"]):
        errors.append(RuleError(N_("This is not an e-mail address"), field="address"))
    if not text["host"] or any(c.isspace() or c in "/@" for c in text["host"]):
        errors.append(RuleError(N_("Give the name of the mail server, such as smtp.example.com"), field="host"))
    if not text["port"].isascii() or not text["port"].isdecimal() or not 0 < int(text["port"]) < 65536:
        errors.append(RuleError(N_("A port is a number from 1 to 65535"), field="port"))
    if MailSecurity.find(text["security"]) is None:
        errors.append(RuleError(N_("Choose one from the list"), field="security"))
    if not password and (before.host, before.username) != (text["host"], text["username"]):
        errors.append(RuleError(N_("Type the password of this mailbox"), field="password"))
    if errors:
        raise RuleErrors(errors)
    port = int(text.pop("port"))
    made = Mailbox(**text, port=port, password=password or before.password)
    return replace(made, tested_at=before.tested_at if made == replace(before, tested_at="") else "")


def keep(session: Session, user_id: int, box: Mailbox, vault: Vault) -> None:
    """Keep the user's mailbox; its password is written encrypted only."""
    kept: dict[str, Any] = asdict(box) | {"password": vault.lock(box.password) if box.password else ""}
    prefer(session, user_id, KEY, kept)


def forget(session: Session, user_id: int) -> None:
    """Drop the user's mailbox."""
    prefer(session, user_id, KEY, None)


def inside(session: Session, private: Collection[str]) -> set[str]:
    """The mail servers (host:port) people may use wherever they are: `private`, and the one the firm named itself."""
    named = parameters.value(session, "mail_server").strip().lower().partition(":")[0]
    return {p.lower() for p in private} | ({f"{named}:{port}" for port in PORTS} if named else set())


def connect(box: Mailbox, trusted: Collection[str] = (), timeout: float = TIMEOUT) -> smtplib.SMTP:
    """A signed-in connection to the mailbox's server; the caller ends it.

    trusted: servers (host:port) that may be inside. Any other must be public and listen where mail servers do, so
    that nobody explores the firm's network from here. Raises RuleError: of the port, the connection or the sign-in.
    """
    known = f"{box.host.lower()}:{box.port}" in trusted
    if not known and box.port not in PORTS:
        raise RuleError(N_("Mail servers are reached at port 25, 465, 587 or 2525"), field="port")
    server: smtplib.SMTP | None = None
    try:
        address = _resolved(box, public=not known)
        context = ssl.create_default_context()
        ssl_first = box.security == MailSecurity.SSL.name
        server = smtplib.SMTP_SSL(timeout=timeout, context=context) if ssl_first else smtplib.SMTP(timeout=timeout)
        server._host = box.host  # type: ignore[attr-defined]  # the certificate names it; a name may resolve anew
        server.connect(address, box.port)
        server.ehlo()
        if box.security == MailSecurity.STARTTLS.name:
            server.starttls(context=context)
        if box.username:
            server.login(box.username, box.password)
        return server
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        if server is not None:
            server.close()
        raise _told(error, box) from error


def _resolved(box: Mailbox, *, public: bool) -> str:
    """An address of the server. Raises OSError where it has none, or one inside though it must be public."""
    address = str(socket.getaddrinfo(box.host, box.port, type=socket.SOCK_STREAM)[0][4][0])
    if public and not _is_public(address):
        raise OSError("an address inside")
    return address


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_global and not found.is_multicast


def _told(error: Exception, box: Mailbox) -> RuleError:
    """Whether connection or sign-in failed, and no more: what answers where is no business of who types a host."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return RuleError(N_("The mail server refused the account or its password"), field="password")
    sentence = N_(
        "No mail server can be used at %(host)s:%(port)s with this encryption; one inside the firm must be named in "
        "the system parameters"
    )
    return RuleError(sentence, field="host", host=box.host, port=box.port)


def probe(box: Mailbox, moment: datetime, trusted: Collection[str] = ()) -> Mailbox:
    """The mailbox, marked as working: really connected and signed in (【测试】). Raises RuleError (see `connect`)."""
    server = connect(box, trusted)
    try:
        server.noop()
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
    return replace(box, tested_at=moment.isoformat(timespec="seconds"))
