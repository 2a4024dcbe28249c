"""The first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("digits", sa.Text(), nullable=True),
        sa.Column("shortcuts", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "calendar IN ('gregorian', 'jalali')", name=op.f("ck_accounts_calendar")
        ),
        sa.CheckConstraint("digits IN ('latin', 'persian')", name=op.f("ck_accounts_digits")),
        sa.CheckConstraint("language IN ('en', 'fa')", name=op.f("ck_accounts_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "attempts",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "window_start", name=op.f("pk_attempts")),
    )
    op.create_table(
        "audit_events",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "happened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_events")),
    )
    op.execute("ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit_events FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON audit_events USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON audit_events TO payvand_app")
    op.create_index(
        "ix_audit_events_time", "audit_events", ["tenant_id", "happened_at", "id"], unique=False
    )
    op.create_table(
        "imports",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="orders", nullable=False),
        sa.Column("state", sa.Text(), server_default="uploaded", nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column(
            "columns", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "mapping", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "options", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "preview", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'queued', 'running', 'finished', 'failed', 'undoing', 'undone')",
            name=op.f("ck_imports_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imports")),
    )
    op.execute("ALTER TABLE imports ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE imports FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON imports USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON imports TO payvand_app")
    op.create_index("ix_imports_time", "imports", ["tenant_id", "created_at", "id"], unique=False)
    op.create_table(
        "job_receipts",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_job_receipts")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_time", "mails", ["created_at", "id"], unique=False)
    op.create_table(
        "order_revisions",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_revisions")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_order_revisions_tenant_id")),
    )
    op.execute("ALTER TABLE order_revisions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE order_revisions FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON order_revisions USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON order_revisions TO payvand_app")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("queued_at IS NULL AND finished_at IS NULL AND failed_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "report_runs",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("order_revision", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("progress", sa.Float(), server_default="0", nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'finished', 'failed')",
            name=op.f("ck_report_runs_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_report_runs")),
    )
    op.execute("ALTER TABLE report_runs ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE report_runs FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON report_runs USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON report_runs TO payvand_app")
    op.create_index(
        "ix_report_runs_fingerprint",
        "report_runs",
        ["tenant_id", "report", "fingerprint", "created_at"],
        unique=False,
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("calendar", sa.Text(), server_default="gregorian", nullable=False),
        sa.Column("digits", sa.Text(), server_default="latin", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("currency", sa.Text(), server_default="USD", nullable=False),
        sa.Column("money_unit", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="US", nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("calendar IN ('gregorian', 'jalali')", name=op.f("ck_tenants_calendar")),
        sa.CheckConstraint("digits IN ('latin', 'persian')", name=op.f("ck_tenants_digits")),
        sa.CheckConstraint("language IN ('en', 'fa')", name=op.f("ck_tenants_language")),
        sa.CheckConstraint("money_unit IN ('', 'toman')", name=op.f("ck_tenants_money_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenants_slug")),
    )
    op.create_table(
        "email_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('verify', 'reset')", name=op.f("ck_email_tokens_purpose")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_email_tokens_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_tokens_token_hash")),
    )
    op.create_index(
        op.f("ix_email_tokens_account_id"), "email_tokens", ["account_id"], unique=False
    )
    op.create_table(
        "import_chunks",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["imports.tenant_id", "imports.id"],
            name=op.f("fk_import_chunks_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_chunks")),
    )
    op.execute("ALTER TABLE import_chunks ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE import_chunks FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON import_chunks USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON import_chunks TO payvand_app")
    op.create_index(
        "ix_import_chunks_position",
        "import_chunks",
        ["tenant_id", "import_id", "position"],
        unique=True,
    )
    op.create_table(
        "import_refusals",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["imports.tenant_id", "imports.id"],
            name=op.f("fk_import_refusals_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_import_refusals")),
    )
    op.execute("ALTER TABLE import_refusals ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE import_refusals FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON import_refusals USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON import_refusals TO payvand_app")
    op.create_index(
        "ix_import_refusals_row",
        "import_refusals",
        ["tenant_id", "import_id", "row_number", "id"],
        unique=False,
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'manager', 'rep', 'read-only')",
            name=op.f("ck_invitations_role"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["accounts.id"],
            name=op.f("fk_invitations_invited_by"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_invitations_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_tenant_id"), "invitations", ["tenant_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'manager', 'rep', 'read-only')",
            name=op.f("ck_memberships_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_memberships_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_memberships_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", name=op.f("uq_memberships_tenant_id_account_id")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_memberships_tenant_id_id")),
    )
    op.create_index(op.f("ix_memberships_account_id"), "memberships", ["account_id"], unique=False)
    op.create_table(
        "products",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["imports.tenant_id", "imports.id"],
            name=op.f("fk_products_tenant_id_import_id"),
            ondelete="SET NULL (import_id)",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_products")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_products_tenant_id_code")),
    )
    op.execute("ALTER TABLE products ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE products FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON products USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON products TO payvand_app")
    op.create_index("ix_products_name", "products", ["tenant_id", "sort_key", "id"], unique=False)
    op.create_index(
        op.f("ix_products_tenant_id_products_import_id"),
        "products",
        ["tenant_id", "import_id"],
        unique=False,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "contacts",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="person", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("reference", sa.Text(collation="C"), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("city_key", sa.Text(collation="C"), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("orders_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revenue", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_order_on", sa.Date(), nullable=True),
        sa.Column("last_order_on", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('person', 'company')", name=op.f("ck_contacts_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "company_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_contacts_tenant_id_company_id"),
            ondelete="SET NULL (company_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["imports.tenant_id", "imports.id"],
            name=op.f("fk_contacts_tenant_id_import_id"),
            ondelete="SET NULL (import_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["memberships.tenant_id", "memberships.id"],
            name=op.f("fk_contacts_tenant_id_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("tenant_id", "reference", name=op.f("uq_contacts_tenant_id_reference")),
    )
    op.execute("ALTER TABLE contacts ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE contacts FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON contacts USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON contacts TO payvand_app")
    op.create_index("ix_contacts_city", "contacts", ["tenant_id", "city_key"], unique=False)
    op.create_index(
        "ix_contacts_created",
        "contacts",
        ["tenant_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_contacts_email", "contacts", ["tenant_id", "email"], unique=False)
    op.create_index(
        "ix_contacts_first_order", "contacts", ["tenant_id", "first_order_on"], unique=False
    )
    op.create_index(
        "ix_contacts_last_order",
        "contacts",
        ["tenant_id", "last_order_on", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_contacts_name",
        "contacts",
        ["tenant_id", "sort_key", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_contacts_owner", "contacts", ["tenant_id", "owner_id"], unique=False)
    op.create_index("ix_contacts_phone", "contacts", ["tenant_id", "phone"], unique=False)
    op.create_index(
        "ix_contacts_revenue",
        "contacts",
        ["tenant_id", "revenue", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_contacts_company_id"),
        "contacts",
        ["tenant_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_contacts_import_id"),
        "contacts",
        ["tenant_id", "import_id"],
        unique=False,
    )
    op.create_table(
        "contact_scores",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=True),
        sa.Column("segmented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worth", sa.BigInteger(), nullable=True),
        sa.Column("worth_low", sa.BigInteger(), nullable=True),
        sa.Column("worth_high", sa.BigInteger(), nullable=True),
        sa.Column("worth_months", sa.Integer(), nullable=True),
        sa.Column("expected_purchases", sa.Float(), nullable=True),
        sa.Column("valued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_contact_scores_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contact_scores")),
    )
    op.execute("ALTER TABLE contact_scores ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE contact_scores FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON contact_scores USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON contact_scores TO payvand_app")
    op.create_index(
        "ix_contact_scores_contact", "contact_scores", ["tenant_id", "contact_id"], unique=True
    )
    op.create_index(
        "ix_contact_scores_segment",
        "contact_scores",
        ["tenant_id", "segment", "contact_id"],
        unique=False,
    )
    op.create_index(
        "ix_contact_scores_worth",
        "contact_scores",
        ["tenant_id", "worth", "contact_id"],
        unique=False,
    )
    op.create_table(
        "orders",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("is_return", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_orders_tenant_id_contact_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["imports.tenant_id", "imports.id"],
            name=op.f("fk_orders_tenant_id_import_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_orders_tenant_id_number")),
    )
    op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE orders FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON orders USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO payvand_app")
    op.create_index(
        "ix_orders_contact_day",
        "orders",
        ["tenant_id", "contact_id", "ordered_on", "id"],
        unique=False,
    )
    op.create_index("ix_orders_day", "orders", ["tenant_id", "ordered_on", "id"], unique=False)
    op.create_index(
        op.f("ix_orders_tenant_id_orders_contact_id"),
        "orders",
        ["tenant_id", "contact_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_orders_tenant_id_orders_import_id"),
        "orders",
        ["tenant_id", "import_id"],
        unique=False,
    )
    op.create_table(
        "order_lines",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "quantity", sa.Numeric(precision=14, scale=3), server_default="1", nullable=False
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_order_lines_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["products.tenant_id", "products.id"],
            name=op.f("fk_order_lines_tenant_id_product_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_lines")),
    )
    op.execute("ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE order_lines FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON order_lines USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON order_lines TO payvand_app")
    op.create_index(
        op.f("ix_order_lines_tenant_id_order_lines_order_id"),
        "order_lines",
        ["tenant_id", "order_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_order_lines_tenant_id_order_lines_product_id"),
        "order_lines",
        ["tenant_id", "product_id"],
        unique=False,
    )
    op.create_table(
        "timeline_events",
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "happened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name=op.f("fk_timeline_events_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["orders.tenant_id", "orders.id"],
            name=op.f("fk_timeline_events_tenant_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_timeline_events")),
    )
    op.execute("ALTER TABLE timeline_events ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE timeline_events FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant_only ON timeline_events USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON timeline_events TO payvand_app")
    op.create_index(
        "ix_timeline_events_contact",
        "timeline_events",
        ["tenant_id", "contact_id", "happened_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_timeline_events_tenant_id_timeline_events_order_id"),
        "timeline_events",
        ["tenant_id", "order_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_timeline_events_tenant_id_timeline_events_order_id"), table_name="timeline_events"
    )
    op.drop_index("ix_timeline_events_contact", table_name="timeline_events")
    op.drop_table("timeline_events")
    op.drop_index(op.f("ix_order_lines_tenant_id_order_lines_product_id"), table_name="order_lines")
    op.drop_index(op.f("ix_order_lines_tenant_id_order_lines_order_id"), table_name="order_lines")
    op.drop_table("order_lines")
    op.drop_index(op.f("ix_orders_tenant_id_orders_import_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_tenant_id_orders_contact_id"), table_name="orders")
    op.drop_index("ix_orders_day", table_name="orders")
    op.drop_index("ix_orders_contact_day", table_name="orders")
    op.drop_table("orders")
    op.drop_index("ix_contact_scores_worth", table_name="contact_scores")
    op.drop_index("ix_contact_scores_segment", table_name="contact_scores")
    op.drop_index("ix_contact_scores_contact", table_name="contact_scores")
    op.drop_table("contact_scores")
    op.drop_index(op.f("ix_contacts_tenant_id_contacts_import_id"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_tenant_id_contacts_company_id"), table_name="contacts")
    op.drop_index(
        "ix_contacts_revenue", table_name="contacts", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_index("ix_contacts_phone", table_name="contacts")
    op.drop_index("ix_contacts_owner", table_name="contacts")
    op.drop_index("ix_contacts_city", table_name="contacts")
    op.drop_index(
        "ix_contacts_name", table_name="contacts", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_index(
        "ix_contacts_last_order",
        table_name="contacts",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index("ix_contacts_first_order", table_name="contacts")
    op.drop_index("ix_contacts_email", table_name="contacts")
    op.drop_index(
        "ix_contacts_created", table_name="contacts", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_table("contacts")
    op.drop_index(op.f("ix_sessions_expires_at"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_account_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_products_tenant_id_products_import_id"), table_name="products")
    op.drop_index("ix_products_name", table_name="products")
    op.drop_table("products")
    op.drop_index(op.f("ix_memberships_account_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_invitations_tenant_id"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index("ix_import_refusals_row", table_name="import_refusals")
    op.drop_table("import_refusals")
    op.drop_index("ix_import_chunks_position", table_name="import_chunks")
    op.drop_table("import_chunks")
    op.drop_index(op.f("ix_email_tokens_account_id"), table_name="email_tokens")
    op.drop_table("email_tokens")
    op.drop_table("tenants")
    op.drop_index("ix_report_runs_fingerprint", table_name="report_runs")
    op.drop_table("report_runs")
    op.drop_index(
        "ix_outbox_open",
        table_name="outbox",
        postgresql_where=sa.text("finished_at IS NULL AND failed_at IS NULL"),
    )
    op.drop_index(
        "ix_outbox_due",
        table_name="outbox",
        postgresql_where=sa.text("queued_at IS NULL AND finished_at IS NULL AND failed_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_table("order_revisions")
    op.drop_index("ix_mails_time", table_name="mails")
    op.drop_table("mails")
    op.drop_table("job_receipts")
    op.drop_index("ix_imports_time", table_name="imports")
    op.drop_table("imports")
    op.drop_index("ix_audit_events_time", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("attempts")
    op.drop_table("accounts")
