"""The one error rules and services raise for a person to read."""

from typing import Any


class RuleError(Exception):
    """A refusal: an English message id with its parameters, the field it concerns, and a code.

    `message` is translated where it is shown (`_(message) % params`), so it must be a literal marked with N_.
    Codes: "invalid" (422), "missing" (404), "forbidden" (403), "conflict" (409).
    """

    def __init__(self, message: str, *, field: str | None = None, code: str = "invalid", **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.field = field
        self.code = code
        self.params = params


class RuleErrors(RuleError):
    """Several refusals at once, one per field."""

    def __init__(self, errors: "list[RuleError]") -> None:
        first = errors[0]
        super().__init__(first.message, field=first.field, code=first.code, **first.params)
        self.errors = list(errors)
