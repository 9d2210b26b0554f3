"""texts are indexed by their parts: an older version would write past the index, and is kept out by this revision"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: the index is made by `app/services/text_index.py`, since all in it is derived."""


def downgrade() -> None:
    """Nothing."""
