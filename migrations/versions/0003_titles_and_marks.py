"""titles are searched through an index; marks of what processes keep"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_patent_case_title", "patent_case", ["title"])
    for mark in ("grants", "setup"):
        there = f"SELECT 1 FROM stamp WHERE name = '{mark}'"
        op.execute(f"INSERT INTO stamp (name, value) SELECT '{mark}', '1' WHERE NOT EXISTS ({there})")


def downgrade() -> None:
    op.execute("DELETE FROM stamp WHERE name = 'setup'")
    op.drop_index("ix_patent_case_title", "patent_case")
