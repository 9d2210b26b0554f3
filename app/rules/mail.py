"""How a mail server is spoken to."""

from app.rules.choice import N_, Choice


class MailSecurity(Choice):
    """Encryption of the way to a mail server."""

    SSL = N_("SSL/TLS from the start")
    STARTTLS = N_("STARTTLS")
    NONE = N_("Not encrypted")
