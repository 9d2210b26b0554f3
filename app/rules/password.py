"""What a password must be, wherever it is set: page, command line, environment."""

from collections.abc import Callable

from app.rules.choice import N_
from app.rules.errors import RuleError, RuleErrors

LEAST = 8
#: Longer ones would only cost time to hash.
MOST = 128


def _special(char: str) -> bool:
    return not char.isalnum() and not char.isspace() and char.isprintable()


#: Kinds of characters a password must have, each with what to say where it is missing.
KINDS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (str.isupper, N_("The password needs an upper-case letter")),
    (str.islower, N_("The password needs a lower-case letter")),
    (str.isdigit, N_("The password needs a digit")),
    (_special, N_("The password needs a special character, such as # or !")),
)


def problems(password: str, username: str = "", *, field: str = "password") -> list[RuleError]:
    """Everything that is wrong with a new password of the user `username`; none: it may be used."""
    found = []
    if len(password) < LEAST:
        found.append(RuleError(N_("The password needs at least %(least)s characters"), field=field, least=LEAST))
    if len(password) > MOST:
        found.append(RuleError(N_("The password may have at most %(most)s characters"), field=field, most=MOST))
    found += [RuleError(message, field=field) for kind, message in KINDS if not any(map(kind, password))]
    if username and password.casefold() == username.casefold():
        found.append(RuleError(N_("The password must not be the login name"), field=field))
    return found


def check(password: str, username: str = "", *, field: str = "password") -> None:
    """Raises RuleErrors with all that is wrong with a new password."""
    found = problems(password, username, field=field)
    if found:
        raise RuleErrors(found)
