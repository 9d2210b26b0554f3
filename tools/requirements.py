"""Put docs/requirements.csv in the order of the manual: append rows in any order, then run this.

    python3 tools/requirements.py

Of two rows of one ID the last counts.
"""

import csv
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "docs" / "requirements.csv"


def main() -> int:
    """Sort the file; 0."""
    with FILE.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = {row["id"]: row for row in reader}
        names = reader.fieldnames or []
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows.values(), key=lambda row: order(row["id"])))
    return 0


def order(name: str) -> tuple[int, list[int]]:
    """A section's own rows (A-2.1-01) come before those of its parts (A-2.1.1-01); after all sections 附, then msg."""
    section, _dash, number = name.partition("-")[2].rpartition("-")
    parts = [int(part) for part in section.split(".")] if section[:1].isdigit() else []
    return 0 if parts else 1 + (section == "msg"), [*parts, -1, int(number)]


if __name__ == "__main__":
    sys.exit(main())
