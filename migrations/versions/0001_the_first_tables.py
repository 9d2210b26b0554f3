"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ab_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=150), nullable=True),
        sa.Column("description", sa.String(length=512), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ab_permission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ab_register_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("registration_date", sa.DateTime(), nullable=True),
        sa.Column("registration_hash", sa.String(length=256), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ab_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("last_name", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("last_login", sa.DateTime(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("fail_login_count", sa.Integer(), nullable=True),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("changed_on", sa.DateTime(), nullable=True),
        sa.Column("created_by_fk", sa.Integer(), nullable=True),
        sa.Column("changed_by_fk", sa.Integer(), nullable=True),
        sa.Column("user_type", sa.String(length=40), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("certificate_no", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("mobile", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(), nullable=True),
        sa.Column("password_expires_at", sa.DateTime(), nullable=True),
        sa.Column("session_counter", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_fk"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_fk"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_ab_user_department", use_alter=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ab_user_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ab_user_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "ab_view_menu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=130), nullable=False),
        sa.Column("table", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entry_batch", ["batch"], unique=False)
        batch_op.create_index("ix_audit_entry_record", ["table", "record_id"], unique=False)

    op.create_table(
        "shipped_row",
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("table_key", "key"),
    )
    op.create_table(
        "stamp",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "ab_api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("key_hash", sa.String(length=256), nullable=False),
        sa.Column("lookup_hash", sa.String(length=256), nullable=True),
        sa.Column("key_prefix", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_on", sa.DateTime(), nullable=True),
        sa.Column("expires_on", sa.DateTime(), nullable=True),
        sa.Column("revoked_on", sa.DateTime(), nullable=True),
        sa.Column("last_used_on", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("lookup_hash"),
        sa.UniqueConstraint("uuid"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.create_index("idx_api_key_lookup_hash", ["lookup_hash"], unique=True)
        batch_op.create_index("idx_api_key_prefix", ["key_prefix"], unique=False)
        batch_op.create_index("idx_api_key_user_id", ["user_id"], unique=False)

    op.create_table(
        "ab_permission_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_id", sa.Integer(), nullable=False),
        sa.Column("view_menu_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_id"],
            ["ab_permission.id"],
        ),
        sa.ForeignKeyConstraint(
            ["view_menu_id"],
            ["ab_view_menu.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("permission_id", "view_menu_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.create_index("idx_permission_id", ["permission_id"], unique=False)
        batch_op.create_index("idx_view_menu_id", ["view_menu_id"], unique=False)

    op.create_table(
        "ab_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("position_type", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ab_role_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "ab_user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["ab_group.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "group_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.create_index("idx_user_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_user_id", ["user_id"], unique=False)

    op.create_table(
        "country",
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("country", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_country_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "custom_field",
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("choices", sa.Text(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("in_list", sa.Boolean(), nullable=False),
        sa.Column("in_query", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("table_key", "code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deadline_rule",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("trigger_document", sa.String(length=300), nullable=True),
        sa.Column("triggers", sa.String(length=300), nullable=True),
        sa.Column("action", sa.String(length=300), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("base", sa.String(length=40), nullable=True),
        sa.Column("base_note", sa.String(length=200), nullable=True),
        sa.Column("later_number", sa.Integer(), nullable=True),
        sa.Column("later_unit", sa.String(length=40), nullable=True),
        sa.Column("later_base", sa.String(length=40), nullable=True),
        sa.Column("combined_rule", sa.Text(), nullable=True),
        sa.Column("extendable", sa.Boolean(), nullable=False),
        sa.Column("max_extension", sa.String(length=200), nullable=True),
        sa.Column("restorable", sa.Boolean(), nullable=False),
        sa.Column("restore_period", sa.String(length=200), nullable=True),
        sa.Column("internal_days", sa.Integer(), nullable=True),
        sa.Column("remind_days", sa.Integer(), nullable=True),
        sa.Column("patent_scope", sa.String(length=40), nullable=False),
        sa.Column("route", sa.String(length=40), nullable=True),
        sa.Column("applies_to", sa.String(length=200), nullable=True),
        sa.Column("consequence", sa.String(length=300), nullable=True),
        sa.Column("article", sa.String(length=300), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("confidence", sa.String(length=40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deadline_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_rule_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "department",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["department.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("parent_id", "name"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "division",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["division.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_division_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_division_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "fee_item",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("patent_scope", sa.String(length=40), nullable=False),
        sa.Column("case_type", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("above", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("formula", sa.String(length=300), nullable=True),
        sa.Column("reducible", sa.Boolean(), nullable=False),
        sa.Column("reduction_note", sa.String(length=300), nullable=True),
        sa.Column("year_from", sa.Integer(), nullable=True),
        sa.Column("year_to", sa.Integer(), nullable=True),
        sa.Column("due_rule", sa.String(length=300), nullable=True),
        sa.Column("payment_code", sa.String(length=120), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("article", sa.String(length=300), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("confidence", sa.String(length=40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fee_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fee_item_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_item_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "fee_reduction_rule",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("percents", sa.String(length=60), nullable=True),
        sa.Column("eligible", sa.Text(), nullable=True),
        sa.Column("fees_covered", sa.Text(), nullable=True),
        sa.Column("annuity_years", sa.Integer(), nullable=True),
        sa.Column("request_timing", sa.String(length=300), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("confidence", sa.String(length=40), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "holiday",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("day", "kind"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("holiday", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holiday_day"), ["day"], unique=False)

    op.create_table(
        "import_mapping",
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("constants", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("table_key", "name"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("import_mapping", schema=None) as batch_op:
        batch_op.create_index("ix_import_mapping_headers", ["table_key", "fingerprint"], unique=False)

    op.create_table(
        "industry",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["industry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("industry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_industry_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_industry_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "ipc_class",
        sa.Column("symbol", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["ipc_class.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("symbol"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ipc_class", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ipc_class_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "login_event",
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("login_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_event_at"), ["at"], unique=False)
        batch_op.create_index("ix_login_event_ip", ["ip", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_event_user_id"), ["user_id"], unique=False)
        batch_op.create_index("ix_login_event_username", ["username", "at"], unique=False)

    op.create_table(
        "numbering_scheme",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "numbering_symbol",
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("value"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "preference",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "referrer",
        sa.Column("referrer_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("referrer_type", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("commission_rate", sa.BigInteger(), nullable=True),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("referrer_no"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("referrer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referrer_pinyin"), ["pinyin"], unique=False)
        batch_op.create_index(batch_op.f("ix_referrer_user_id"), ["user_id"], unique=False)

    op.create_table(
        "requirement_item",
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("requirement_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "serial",
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("scope"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "system_parameter",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("needs_restart", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=True),
        sa.Column("help", sa.String(length=500), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ab_group_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["ab_group.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "role_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.create_index("idx_group_id", ["group_id"], unique=False)
        batch_op.create_index("idx_group_role_id", ["role_id"], unique=False)

    op.create_table(
        "ab_permission_view_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("permission_view_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["permission_view_id"], ["ab_permission_view.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("permission_view_id", "role_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.create_index("idx_permission_view_id", ["permission_view_id"], unique=False)
        batch_op.create_index("idx_role_id", ["role_id"], unique=False)

    op.create_table(
        "ab_user_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "role_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "attachment",
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_file_id"), ["file_id"], unique=False)
        batch_op.create_index("ix_attachment_record", ["table_key", "record_id"], unique=False)

    op.create_table(
        "client",
        sa.Column("client_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("client_type", sa.String(length=40), nullable=False),
        sa.Column("nature", sa.String(length=40), nullable=True),
        sa.Column("certificate_type", sa.String(length=40), nullable=True),
        sa.Column("certificate_no", sa.String(length=60), nullable=True),
        sa.Column("referrer_id", sa.Integer(), nullable=True),
        sa.Column("first_attorney_id", sa.Integer(), nullable=True),
        sa.Column("industry_id", sa.Integer(), nullable=True),
        sa.Column("country_id", sa.Integer(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("review_status", sa.String(length=40), nullable=False),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("invoice_title", sa.String(length=200), nullable=True),
        sa.Column("invoice_type", sa.String(length=40), nullable=True),
        sa.Column("tax_no", sa.String(length=40), nullable=True),
        sa.Column("bank", sa.String(length=200), nullable=True),
        sa.Column("bank_account", sa.String(length=60), nullable=True),
        sa.Column("invoice_address", sa.String(length=300), nullable=True),
        sa.Column("invoice_phone", sa.String(length=60), nullable=True),
        sa.Column("delivery_address", sa.String(length=300), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("charge_mode", sa.String(length=40), nullable=True),
        sa.Column("discount_rate", sa.BigInteger(), nullable=True),
        sa.Column("lump_scope", sa.String(length=40), nullable=True),
        sa.Column("lump_amount", sa.BigInteger(), nullable=True),
        sa.Column("bill_cycle", sa.String(length=40), nullable=True),
        sa.Column("official_fee_mode", sa.String(length=40), nullable=True),
        sa.Column("annuity_fee_mode", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=40), nullable=True),
        sa.Column("official_invoice", sa.String(length=200), nullable=True),
        sa.Column("annuity_adjustment_invention", sa.BigInteger(), nullable=True),
        sa.Column("annuity_adjustment_utility", sa.BigInteger(), nullable=True),
        sa.Column("fee_remark", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["division.id"],
        ),
        sa.ForeignKeyConstraint(
            ["country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["district_id"],
            ["division.id"],
        ),
        sa.ForeignKeyConstraint(
            ["first_attorney_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["industry_id"],
            ["industry.id"],
        ),
        sa.ForeignKeyConstraint(
            ["province_id"],
            ["division.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["referrer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_no"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_city_id"), ["city_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_district_id"), ["district_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_first_attorney_id"), ["first_attorney_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_industry_id"), ["industry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_pinyin"), ["pinyin"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_province_id"), ["province_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_referrer_id"), ["referrer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_registered_by_id"), ["registered_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_short_name"), ["short_name"], unique=False)

    op.create_table(
        "depositary",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("country_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("depositary", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_depositary_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_depositary_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "field_right",
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("column", sa.String(length=60), nullable=False),
        sa.Column("right", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(["position_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("position_id", "table_key", "column"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("field_right", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_right_position_id"), ["position_id"], unique=False)

    op.create_table(
        "foreign_associate",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("country_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("contact_name", sa.String(length=100), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("foreign_associate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_foreign_associate_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_foreign_associate_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_foreign_associate_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_created", sa.Integer(), nullable=False),
        sa.Column("rows_updated", sa.Integer(), nullable=False),
        sa.Column("rows_same", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("rejected_file_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["rejected_file_id"],
            ["stored_file.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mark"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_batch_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_batch_rejected_file_id"), ["rejected_file_id"], unique=False)
        batch_op.create_index("ix_import_batch_table", ["table_key", "id"], unique=False)

    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("result_file_id", sa.Integer(), nullable=True),
        sa.Column("result_name", sa.String(length=255), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["result_file_id"],
            ["stored_file.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_result_file_id"), ["result_file_id"], unique=False)
        batch_op.create_index("ix_job_state", ["state", "id"], unique=False)

    op.create_table(
        "letter_template",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("letter_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_template_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_template_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "numbering_segment",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("fixed_value", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["numbering_scheme.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("numbering_segment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_numbering_segment_scheme_id"), ["scheme_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("table_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["ab_user.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["position_id"], ["ab_role.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_saved_view_position_id"), ["position_id"], unique=False)
        batch_op.create_index("ix_saved_view_table", ["table_key", "scope"], unique=False)

    op.create_table(
        "task_type",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("flow", sa.String(length=40), nullable=False),
        sa.Column("creation", sa.String(length=40), nullable=False),
        sa.Column("switchable", sa.Boolean(), nullable=False),
        sa.Column("switch", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("deadline_rule_id", sa.Integer(), nullable=True),
        sa.Column("base", sa.String(length=40), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=True),
        sa.Column("internal_days", sa.Integer(), nullable=True),
        sa.Column("remind_days", sa.Integer(), nullable=True),
        sa.Column("page", sa.String(length=60), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deadline_rule_id"],
            ["deadline_rule.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("name", "flow"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_type_deadline_rule_id"), ["deadline_rule_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_type_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_type_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "applicant",
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("short_name", sa.String(length=100), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("applicant_type", sa.String(length=40), nullable=True),
        sa.Column("certificate_type", sa.String(length=40), nullable=True),
        sa.Column("certificate_no", sa.String(length=60), nullable=True),
        sa.Column("country_id", sa.Integer(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("address_en", sa.String(length=500), nullable=True),
        sa.Column("fee_reduction_filed", sa.Boolean(), nullable=False),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id"],
            ["division.id"],
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
        ),
        sa.ForeignKeyConstraint(
            ["country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["province_id"],
            ["division.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applicant_certificate_no"), ["certificate_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_city_id"), ["city_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_pinyin"), ["pinyin"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_province_id"), ["province_id"], unique=False)

    op.create_table(
        "client_requirement",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("requirement_type", sa.String(length=40), nullable=False),
        sa.Column("instructed_on", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["requirement_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("client_requirement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_requirement_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_requirement_item_id"), ["item_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("form_of_address", sa.String(length=40), nullable=True),
        sa.Column("department_title", sa.String(length=100), nullable=True),
        sa.Column("mobile", sa.String(length=60), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "document_type",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=True),
        sa.Column("patent_scope", sa.String(length=40), nullable=False),
        sa.Column("applies_to", sa.String(length=100), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("file_type", sa.String(length=40), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("confidence", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["letter_template.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("document_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_type_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_type_pinyin"), ["pinyin"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_type_template_id"), ["template_id"], unique=False)

    op.create_table(
        "inventor",
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("country_id", sa.Integer(), nullable=True),
        sa.Column("id_no", sa.String(length=60), nullable=True),
        sa.Column("name_withheld", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
        ),
        sa.ForeignKeyConstraint(
            ["country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inventor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inventor_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventor_country_id"), ["country_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventor_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_inventor_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "patent_case",
        sa.Column("our_ref", sa.String(length=60), nullable=False),
        sa.Column("case_no", sa.String(length=60), nullable=True),
        sa.Column("case_type", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("client_ref", sa.String(length=100), nullable=True),
        sa.Column("related_case_id", sa.Integer(), nullable=True),
        sa.Column("start_phase", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("foreign_associate_id", sa.Integer(), nullable=True),
        sa.Column("foreign_ref", sa.String(length=100), nullable=True),
        sa.Column("target_country_id", sa.Integer(), nullable=True),
        sa.Column("filing_method", sa.String(length=40), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("first_attorney_id", sa.Integer(), nullable=True),
        sa.Column("second_attorney_id", sa.Integer(), nullable=True),
        sa.Column("drafter_id", sa.Integer(), nullable=True),
        sa.Column("translator_id", sa.Integer(), nullable=True),
        sa.Column("illustrator_id", sa.Integer(), nullable=True),
        sa.Column("docketer_id", sa.Integer(), nullable=True),
        sa.Column("referrer_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("title_en", sa.String(length=500), nullable=True),
        sa.Column("patent_type", sa.String(length=40), nullable=False),
        sa.Column("app_no", sa.String(length=40), nullable=True),
        sa.Column("filing_date", sa.Date(), nullable=True),
        sa.Column("applicant_names", sa.String(length=2000), nullable=True),
        sa.Column("inventor_names", sa.String(length=2000), nullable=True),
        sa.Column("main_ipc", sa.String(length=60), nullable=True),
        sa.Column("ipc", sa.Text(), nullable=True),
        sa.Column("locarno", sa.String(length=100), nullable=True),
        sa.Column("abstract", sa.Text(), nullable=True),
        sa.Column("main_claim", sa.Text(), nullable=True),
        sa.Column("claims_count", sa.Integer(), nullable=True),
        sa.Column("description_pages", sa.Integer(), nullable=True),
        sa.Column("drawings_pages", sa.Integer(), nullable=True),
        sa.Column("similar_designs", sa.Integer(), nullable=True),
        sa.Column("set_products", sa.Integer(), nullable=True),
        sa.Column("applicant_address", sa.String(length=500), nullable=True),
        sa.Column("applicant_postcode", sa.String(length=20), nullable=True),
        sa.Column("applicant_region", sa.String(length=60), nullable=True),
        sa.Column("agency_name", sa.String(length=200), nullable=True),
        sa.Column("agency_code", sa.String(length=20), nullable=True),
        sa.Column("agent_names", sa.String(length=500), nullable=True),
        sa.Column("examiner", sa.String(length=100), nullable=True),
        sa.Column("legal_status", sa.String(length=60), nullable=True),
        sa.Column("parent_app_no", sa.String(length=40), nullable=True),
        sa.Column("cited_documents", sa.Text(), nullable=True),
        sa.Column("pct_app_no", sa.String(length=40), nullable=True),
        sa.Column("pct_filing_date", sa.Date(), nullable=True),
        sa.Column("pct_publication_no", sa.String(length=40), nullable=True),
        sa.Column("pct_publication_date", sa.Date(), nullable=True),
        sa.Column("national_entry_date", sa.Date(), nullable=True),
        sa.Column("publication_no", sa.String(length=40), nullable=True),
        sa.Column("publication_date", sa.Date(), nullable=True),
        sa.Column("examination_date", sa.Date(), nullable=True),
        sa.Column("grant_no", sa.String(length=40), nullable=True),
        sa.Column("grant_date", sa.Date(), nullable=True),
        sa.Column("patent_no", sa.String(length=40), nullable=True),
        sa.Column("certificate_no", sa.String(length=40), nullable=True),
        sa.Column("certificate_date", sa.Date(), nullable=True),
        sa.Column("fee_reduction", sa.String(length=40), nullable=False),
        sa.Column("annuity_start_year", sa.Integer(), nullable=True),
        sa.Column("pinyin", sa.String(length=200), nullable=True),
        sa.Column("charge_mode", sa.String(length=40), nullable=True),
        sa.Column("discount_rate", sa.BigInteger(), nullable=True),
        sa.Column("lump_scope", sa.String(length=40), nullable=True),
        sa.Column("lump_amount", sa.BigInteger(), nullable=True),
        sa.Column("bill_cycle", sa.String(length=40), nullable=True),
        sa.Column("official_fee_mode", sa.String(length=40), nullable=True),
        sa.Column("annuity_fee_mode", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=40), nullable=True),
        sa.Column("official_invoice", sa.String(length=200), nullable=True),
        sa.Column("annuity_adjustment_invention", sa.BigInteger(), nullable=True),
        sa.Column("annuity_adjustment_utility", sa.BigInteger(), nullable=True),
        sa.Column("fee_remark", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["docketer_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["drafter_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["first_attorney_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["foreign_associate_id"],
            ["foreign_associate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["illustrator_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["referrer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["related_case_id"],
            ["patent_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["second_attorney_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["target_country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["translator_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_no"),
        sa.UniqueConstraint("our_ref"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("patent_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patent_case_app_no"), ["app_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_client_ref"), ["client_ref"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_filing_date"), ["filing_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_first_attorney_id"), ["first_attorney_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_foreign_associate_id"), ["foreign_associate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_grant_date"), ["grant_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_grant_no"), ["grant_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_handler_id"), ["handler_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_legal_status"), ["legal_status"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_main_ipc"), ["main_ipc"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_opened_by_id"), ["opened_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_opened_on"), ["opened_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_pct_app_no"), ["pct_app_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_pinyin"), ["pinyin"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_publication_no"), ["publication_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_referrer_id"), ["referrer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_related_case_id"), ["related_case_id"], unique=False)
        batch_op.create_index("ix_patent_case_status", ["status", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patent_case_target_country_id"), ["target_country_id"], unique=False)

    op.create_table(
        "applicant_requirement",
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("requirement_type", sa.String(length=40), nullable=False),
        sa.Column("instructed_on", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("valid", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["requirement_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("applicant_requirement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applicant_requirement_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_applicant_requirement_item_id"), ["item_id"], unique=False)

    op.create_table(
        "case_applicant",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("is_representative", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["applicant_id"],
            ["applicant.id"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["patent_case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "applicant_id", "role"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("case_applicant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_applicant_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_applicant_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_inventor",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("inventor_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["patent_case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["inventor_id"],
            ["inventor.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "inventor_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("case_inventor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_inventor_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_inventor_inventor_id"), ["inventor_id"], unique=False)

    op.create_table(
        "deposit",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("depositary_id", sa.Integer(), nullable=False),
        sa.Column("deposit_no", sa.String(length=60), nullable=False),
        sa.Column("deposited_on", sa.Date(), nullable=False),
        sa.Column("taxonomy", sa.String(length=300), nullable=True),
        sa.Column("viable", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["patent_case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["depositary_id"],
            ["depositary.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deposit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deposit_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_depositary_id"), ["depositary_id"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("document_type_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=300), nullable=False),
        sa.Column("task_type_id", sa.Integer(), nullable=True),
        sa.Column("deadline_rule_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deadline_rule_id"],
            ["deadline_rule.id"],
        ),
        sa.ForeignKeyConstraint(["document_type_id"], ["document_type.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["task_type_id"],
            ["task_type.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_deadline_rule_id"), ["deadline_rule_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_document_type_id"), ["document_type_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_task_type_id"), ["task_type_id"], unique=False)

    op.create_table(
        "general_power",
        sa.Column("applicant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("general_power", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_general_power_applicant_id"), ["applicant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_general_power_file_id"), ["file_id"], unique=False)

    op.create_table(
        "legal_item",
        sa.Column("document_type_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(["document_type_id"], ["document_type.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_type_id", "name"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("legal_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_item_document_type_id"), ["document_type_id"], unique=False)

    op.create_table(
        "priority",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("prior_app_no", sa.String(length=60), nullable=False),
        sa.Column("prior_filing_date", sa.Date(), nullable=False),
        sa.Column("prior_country_id", sa.Integer(), nullable=False),
        sa.Column("prior_applicant", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["patent_case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["prior_country_id"],
            ["country.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("priority", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_priority_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_priority_prior_country_id"), ["prior_country_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("task_type_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=False),
        sa.Column("deadline_rule_id", sa.Integer(), nullable=True),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("internal_deadline", sa.Date(), nullable=True),
        sa.Column("hard_deadline", sa.Date(), nullable=True),
        sa.Column("basis", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("cleared_by_id", sa.Integer(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["patent_case.id"],
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deadline_rule_id"],
            ["deadline_rule.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_type_id"],
            ["task_type.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_assignee", ["assignee_id", "status", "hard_deadline"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_task_deadline", ["hard_deadline", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_deadline_rule_id"), ["deadline_rule_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_task_type_id"), ["task_type_id"], unique=False)

    op.create_table(
        "case_requirement",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("client_requirement_id", sa.Integer(), nullable=True),
        sa.Column("applicant_requirement_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("extra", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["applicant_requirement_id"],
            ["applicant_requirement.id"],
        ),
        sa.ForeignKeyConstraint(["case_id"], ["patent_case.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["client_requirement_id"],
            ["client_requirement.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["ab_user.id"],
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["requirement_item.id"],
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"],
            ["ab_user.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("case_requirement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_requirement_applicant_requirement_id"), ["applicant_requirement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_case_requirement_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_case_requirement_client_requirement_id"), ["client_requirement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_case_requirement_item_id"), ["item_id"], unique=False)

    if op.get_bind().dialect.name != "sqlite":  # SQLite has it in the table; users and departments need each other
        op.create_foreign_key("fk_ab_user_department", "ab_user", "department", ["department_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("case_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_requirement_item_id"))
        batch_op.drop_index(batch_op.f("ix_case_requirement_client_requirement_id"))
        batch_op.drop_index(batch_op.f("ix_case_requirement_case_id"))
        batch_op.drop_index(batch_op.f("ix_case_requirement_applicant_requirement_id"))

    op.drop_table("case_requirement")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_task_type_id"))
        batch_op.drop_index(batch_op.f("ix_task_deadline_rule_id"))
        batch_op.drop_index("ix_task_deadline")
        batch_op.drop_index(batch_op.f("ix_task_case_id"))
        batch_op.drop_index("ix_task_assignee")

    op.drop_table("task")
    with op.batch_alter_table("priority", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_priority_prior_country_id"))
        batch_op.drop_index(batch_op.f("ix_priority_case_id"))

    op.drop_table("priority")
    with op.batch_alter_table("legal_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_item_document_type_id"))

    op.drop_table("legal_item")
    with op.batch_alter_table("general_power", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_general_power_file_id"))
        batch_op.drop_index(batch_op.f("ix_general_power_applicant_id"))

    op.drop_table("general_power")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_task_type_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_document_type_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_deadline_rule_id"))

    op.drop_table("follow_up")
    with op.batch_alter_table("deposit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deposit_depositary_id"))
        batch_op.drop_index(batch_op.f("ix_deposit_case_id"))

    op.drop_table("deposit")
    with op.batch_alter_table("case_inventor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_inventor_inventor_id"))
        batch_op.drop_index(batch_op.f("ix_case_inventor_case_id"))

    op.drop_table("case_inventor")
    with op.batch_alter_table("case_applicant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_applicant_case_id"))
        batch_op.drop_index(batch_op.f("ix_case_applicant_applicant_id"))

    op.drop_table("case_applicant")
    with op.batch_alter_table("applicant_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_applicant_requirement_item_id"))
        batch_op.drop_index(batch_op.f("ix_applicant_requirement_applicant_id"))

    op.drop_table("applicant_requirement")
    with op.batch_alter_table("patent_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patent_case_target_country_id"))
        batch_op.drop_index("ix_patent_case_status")
        batch_op.drop_index(batch_op.f("ix_patent_case_related_case_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_referrer_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_publication_no"))
        batch_op.drop_index(batch_op.f("ix_patent_case_pinyin"))
        batch_op.drop_index(batch_op.f("ix_patent_case_pct_app_no"))
        batch_op.drop_index(batch_op.f("ix_patent_case_opened_on"))
        batch_op.drop_index(batch_op.f("ix_patent_case_opened_by_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_main_ipc"))
        batch_op.drop_index(batch_op.f("ix_patent_case_legal_status"))
        batch_op.drop_index(batch_op.f("ix_patent_case_handler_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_grant_no"))
        batch_op.drop_index(batch_op.f("ix_patent_case_grant_date"))
        batch_op.drop_index(batch_op.f("ix_patent_case_foreign_associate_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_first_attorney_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_filing_date"))
        batch_op.drop_index(batch_op.f("ix_patent_case_client_ref"))
        batch_op.drop_index(batch_op.f("ix_patent_case_client_id"))
        batch_op.drop_index(batch_op.f("ix_patent_case_app_no"))

    op.drop_table("patent_case")
    with op.batch_alter_table("inventor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inventor_pinyin"))
        batch_op.drop_index(batch_op.f("ix_inventor_name"))
        batch_op.drop_index(batch_op.f("ix_inventor_country_id"))
        batch_op.drop_index(batch_op.f("ix_inventor_client_id"))

    op.drop_table("inventor")
    with op.batch_alter_table("document_type", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_type_template_id"))
        batch_op.drop_index(batch_op.f("ix_document_type_pinyin"))
        batch_op.drop_index(batch_op.f("ix_document_type_name"))

    op.drop_table("document_type")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_pinyin"))
        batch_op.drop_index(batch_op.f("ix_contact_name"))
        batch_op.drop_index(batch_op.f("ix_contact_client_id"))

    op.drop_table("contact")
    with op.batch_alter_table("client_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_requirement_item_id"))
        batch_op.drop_index(batch_op.f("ix_client_requirement_client_id"))

    op.drop_table("client_requirement")
    with op.batch_alter_table("applicant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_applicant_province_id"))
        batch_op.drop_index(batch_op.f("ix_applicant_pinyin"))
        batch_op.drop_index(batch_op.f("ix_applicant_name"))
        batch_op.drop_index(batch_op.f("ix_applicant_country_id"))
        batch_op.drop_index(batch_op.f("ix_applicant_client_id"))
        batch_op.drop_index(batch_op.f("ix_applicant_city_id"))
        batch_op.drop_index(batch_op.f("ix_applicant_certificate_no"))

    op.drop_table("applicant")
    with op.batch_alter_table("task_type", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_type_pinyin"))
        batch_op.drop_index(batch_op.f("ix_task_type_owner_id"))
        batch_op.drop_index(batch_op.f("ix_task_type_deadline_rule_id"))

    op.drop_table("task_type")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_view_table")
        batch_op.drop_index(batch_op.f("ix_saved_view_position_id"))
        batch_op.drop_index(batch_op.f("ix_saved_view_owner_id"))

    op.drop_table("saved_view")
    with op.batch_alter_table("numbering_segment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_numbering_segment_scheme_id"))

    op.drop_table("numbering_segment")
    with op.batch_alter_table("letter_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_template_pinyin"))
        batch_op.drop_index(batch_op.f("ix_letter_template_file_id"))

    op.drop_table("letter_template")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state")
        batch_op.drop_index(batch_op.f("ix_job_result_file_id"))
        batch_op.drop_index(batch_op.f("ix_job_owner_id"))

    op.drop_table("job")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_import_batch_table")
        batch_op.drop_index(batch_op.f("ix_import_batch_rejected_file_id"))
        batch_op.drop_index(batch_op.f("ix_import_batch_owner_id"))

    op.drop_table("import_batch")
    with op.batch_alter_table("foreign_associate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_foreign_associate_pinyin"))
        batch_op.drop_index(batch_op.f("ix_foreign_associate_name"))
        batch_op.drop_index(batch_op.f("ix_foreign_associate_country_id"))

    op.drop_table("foreign_associate")
    with op.batch_alter_table("field_right", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_field_right_position_id"))

    op.drop_table("field_right")
    with op.batch_alter_table("depositary", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_depositary_pinyin"))
        batch_op.drop_index(batch_op.f("ix_depositary_country_id"))

    op.drop_table("depositary")
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_short_name"))
        batch_op.drop_index(batch_op.f("ix_client_registered_by_id"))
        batch_op.drop_index(batch_op.f("ix_client_referrer_id"))
        batch_op.drop_index(batch_op.f("ix_client_province_id"))
        batch_op.drop_index(batch_op.f("ix_client_pinyin"))
        batch_op.drop_index(batch_op.f("ix_client_name"))
        batch_op.drop_index(batch_op.f("ix_client_industry_id"))
        batch_op.drop_index(batch_op.f("ix_client_first_attorney_id"))
        batch_op.drop_index(batch_op.f("ix_client_district_id"))
        batch_op.drop_index(batch_op.f("ix_client_country_id"))
        batch_op.drop_index(batch_op.f("ix_client_city_id"))

    op.drop_table("client")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_record")
        batch_op.drop_index(batch_op.f("ix_attachment_file_id"))

    op.drop_table("attachment")
    op.drop_table("ab_user_role")
    with op.batch_alter_table("ab_permission_view_role", schema=None) as batch_op:
        batch_op.drop_index("idx_role_id")
        batch_op.drop_index("idx_permission_view_id")

    op.drop_table("ab_permission_view_role")
    with op.batch_alter_table("ab_group_role", schema=None) as batch_op:
        batch_op.drop_index("idx_group_role_id")
        batch_op.drop_index("idx_group_id")

    op.drop_table("ab_group_role")
    op.drop_table("system_parameter")
    op.drop_table("stored_file")
    op.drop_table("serial")
    op.drop_table("requirement_item")
    with op.batch_alter_table("referrer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referrer_user_id"))
        batch_op.drop_index(batch_op.f("ix_referrer_pinyin"))

    op.drop_table("referrer")
    op.drop_table("preference")
    op.drop_table("numbering_symbol")
    op.drop_table("numbering_scheme")
    with op.batch_alter_table("login_event", schema=None) as batch_op:
        batch_op.drop_index("ix_login_event_username")
        batch_op.drop_index(batch_op.f("ix_login_event_user_id"))
        batch_op.drop_index("ix_login_event_ip")
        batch_op.drop_index(batch_op.f("ix_login_event_at"))

    op.drop_table("login_event")
    with op.batch_alter_table("ipc_class", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ipc_class_parent_id"))

    op.drop_table("ipc_class")
    with op.batch_alter_table("industry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_industry_pinyin"))
        batch_op.drop_index(batch_op.f("ix_industry_parent_id"))

    op.drop_table("industry")
    with op.batch_alter_table("import_mapping", schema=None) as batch_op:
        batch_op.drop_index("ix_import_mapping_headers")

    op.drop_table("import_mapping")
    with op.batch_alter_table("holiday", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holiday_day"))

    op.drop_table("holiday")
    op.drop_table("fee_reduction_rule")
    with op.batch_alter_table("fee_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fee_item_pinyin"))
        batch_op.drop_index(batch_op.f("ix_fee_item_name"))

    op.drop_table("fee_item")
    with op.batch_alter_table("division", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_division_pinyin"))
        batch_op.drop_index(batch_op.f("ix_division_parent_id"))

    op.drop_table("division")
    with op.batch_alter_table("department", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_pinyin"))
        batch_op.drop_index(batch_op.f("ix_department_parent_id"))

    op.drop_table("department")
    with op.batch_alter_table("deadline_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deadline_rule_pinyin"))

    op.drop_table("deadline_rule")
    op.drop_table("custom_field")
    with op.batch_alter_table("country", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_country_pinyin"))

    op.drop_table("country")
    with op.batch_alter_table("ab_user_group", schema=None) as batch_op:
        batch_op.drop_index("idx_user_id")
        batch_op.drop_index("idx_user_group_id")

    op.drop_table("ab_user_group")
    with op.batch_alter_table("ab_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ab_role_pinyin"))

    op.drop_table("ab_role")
    with op.batch_alter_table("ab_permission_view", schema=None) as batch_op:
        batch_op.drop_index("idx_view_menu_id")
        batch_op.drop_index("idx_permission_id")

    op.drop_table("ab_permission_view")
    with op.batch_alter_table("ab_api_key", schema=None) as batch_op:
        batch_op.drop_index("idx_api_key_user_id")
        batch_op.drop_index("idx_api_key_prefix")
        batch_op.drop_index("idx_api_key_lookup_hash")

    op.drop_table("ab_api_key")
    op.drop_table("stamp")
    op.drop_table("shipped_row")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_record")
        batch_op.drop_index("ix_audit_entry_batch")
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
    op.drop_table("ab_view_menu")
    with op.batch_alter_table("ab_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ab_user_pinyin"))
        batch_op.drop_index(batch_op.f("ix_ab_user_department_id"))

    op.drop_table("ab_user")
    op.drop_table("ab_register_user")
    op.drop_table("ab_permission")
    op.drop_table("ab_group")
