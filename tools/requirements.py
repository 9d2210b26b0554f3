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


def order(name: str) -> tuple[bool, list[int], str]:
    """A section's own rows (A-2.1-01) come before those of its parts (A-2.1.1-01)."""
    section, _dash, number = name.partition("-")[2].rpartition("-")
    parts = [int(part) for part in section.split(".")] if section[:1].isdigit() else []
    return not parts, [*parts, -1, int(number)], section  # 附 before msg


if __name__ == "__main__":
    sys.exit(main())
