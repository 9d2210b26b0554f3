"""Which release of the product runs."""

import tomllib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@cache
def version() -> str:
    """The product's version."""
    return tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
