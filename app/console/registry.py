"""Every console by the key of its table, in order of declaration; views/ fills it."""

from typing import Any

REGISTRY: dict[str, Any] = {}
