"""A refusal in words, for whoever reads it."""

from app.rules.errors import RuleError
from app.texts import gettext as _


def say(error: RuleError) -> str:
    """The refusal in the user's language."""
    params = {k: _(v) if k in ("table", "label") and v else v for k, v in error.params.items()}
    return _(error.message) % params if params else _(error.message)
