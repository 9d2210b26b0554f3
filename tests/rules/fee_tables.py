"""The official tables of fees and reductions as the tests of rules use them."""

import csv
from pathlib import Path

from app.rules.fee_row import read_table

GOLDEN = Path(__file__).parent.parent / "golden"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a golden file."""
    with (GOLDEN / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


FEES = rows("official_fees.csv")
REDUCTIONS = rows("fee_reduction.csv")
TABLE = read_table(FEES, REDUCTIONS)
