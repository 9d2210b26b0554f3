"""Every console by the key of its table, in order of declaration; views/ fills it."""

from typing import Any

from models.base import key_of

REGISTRY: dict[str, Any] = {}


def console_of(model: type | None) -> Any:
    """The console of a table: of several that stand on it the one under the table's own key."""
    found = [console for console in REGISTRY.values() if console.model is model]
    return next((console for console in found if console.key == key_of(console.model)), found[0] if found else None)
