"""Search that row-level security does not slow, and the narrow doors to the global tables."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"

# The trigram operators are not leakproof, so under row-level security the index would go unused.
# The text lives in a table that the app's role cannot touch; one function reads it for one tenant.
SEARCH = [
    """
    CREATE TABLE contact_search (
        tenant_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        body text NOT NULL,
        CONSTRAINT pk_contact_search PRIMARY KEY (tenant_id, contact_id),
        CONSTRAINT fk_contact_search_contact FOREIGN KEY (tenant_id, contact_id)
            REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
    )
    """,
    "ALTER TABLE contact_search ENABLE ROW LEVEL SECURITY",
    "CREATE INDEX ix_contact_search_body ON contact_search USING gin (tenant_id, body gin_trgm_ops)",
    """
    CREATE FUNCTION keep_contact_search() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        INSERT INTO contact_search (tenant_id, contact_id, body)
        SELECT tenant_id, id, search_text FROM changed
        ON CONFLICT (tenant_id, contact_id) DO UPDATE SET body = excluded.body
        WHERE contact_search.body <> excluded.body;
        RETURN NULL;
    END $$
    """,
    "REVOKE ALL ON FUNCTION keep_contact_search() FROM PUBLIC",
    """
    CREATE TRIGGER contacts_search_insert AFTER INSERT ON contacts
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_contact_search()
    """,
    """
    CREATE TRIGGER contacts_search_update AFTER UPDATE ON contacts
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_contact_search()
    """,
    f"""
    CREATE FUNCTION search_contacts(words text[], most integer) RETURNS TABLE (contact_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET plan_cache_mode = force_custom_plan AS $$
    DECLARE
        tenant uuid := {TENANT};
        condition text;
    BEGIN
        IF tenant IS NULL OR coalesce(cardinality(words), 0) = 0 THEN
            RETURN;
        END IF;
        -- One LIKE for each word: the index serves those, and not LIKE ALL.
        SELECT string_agg(
            format('found.body LIKE %L', '%' || regexp_replace(word, '([\\\\%_])', '\\\\\\1', 'g') || '%'),
            ' AND '
        ) INTO condition FROM unnest(words) AS word;
        RETURN QUERY EXECUTE
            'SELECT found.contact_id FROM contact_search AS found WHERE found.tenant_id = $1 AND '
            || condition || ' LIMIT $2'
        USING tenant, least(most, 10000);
    END $$
    """,
    f"""
    CREATE FUNCTION resembling_contacts(phrase text, most integer)
    RETURNS TABLE (contact_id uuid, likeness real)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET pg_trgm.word_similarity_threshold = 0.4
    SET enable_seqscan = off
    SET plan_cache_mode = force_custom_plan AS $$
    DECLARE
        tenant uuid := {TENANT};
    BEGIN
        IF tenant IS NULL OR coalesce(phrase, '') = '' THEN
            RETURN;
        END IF;
        -- A phrase that resembles a thousand is not worth measuring against all of them.
        RETURN QUERY
        SELECT near.contact_id, word_similarity(phrase, near.body) FROM (
            SELECT found.contact_id, found.body FROM contact_search AS found
            WHERE found.tenant_id = tenant AND phrase <% found.body LIMIT 1000
        ) AS near
        ORDER BY 2 DESC LIMIT least(most, 1000);
    END $$
    """,
    "REVOKE ALL ON FUNCTION search_contacts(text[], integer) FROM PUBLIC",
    "REVOKE ALL ON FUNCTION resembling_contacts(text, integer) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION search_contacts(text[], integer) TO payvand_app",
    "GRANT EXECUTE ON FUNCTION resembling_contacts(text, integer) TO payvand_app",
]

# What the app's role may do with the tables that are read before a tenant is known.
DOORS = [
    "GRANT SELECT, INSERT, UPDATE ON tenants, accounts, memberships, invitations TO payvand_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, email_tokens, attempts TO payvand_app",
    "GRANT SELECT, INSERT ON mails, job_receipts TO payvand_app",
    "REVOKE UPDATE, DELETE ON audit_events FROM payvand_app",
    "GRANT INSERT ON outbox TO payvand_app",
    "ALTER TABLE outbox ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE outbox FORCE ROW LEVEL SECURITY",
    "CREATE POLICY own_tenant ON outbox FOR INSERT TO payvand_app "
    f"WITH CHECK (tenant_id IS NOT DISTINCT FROM {TENANT})",
    "CREATE POLICY relay ON outbox TO payvand_relay USING (true) WITH CHECK (true)",
    "GRANT SELECT, UPDATE, DELETE ON outbox TO payvand_relay",
    "GRANT SELECT, DELETE ON job_receipts, mails, sessions, email_tokens, attempts "
    "TO payvand_relay",
    "GRANT SELECT ON alembic_version TO payvand_app, payvand_relay",
]


def upgrade() -> None:
    for statement in SEARCH + DOORS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION resembling_contacts(text, integer)")
    op.execute("DROP FUNCTION search_contacts(text[], integer)")
    op.execute("DROP TRIGGER contacts_search_update ON contacts")
    op.execute("DROP TRIGGER contacts_search_insert ON contacts")
    op.execute("DROP FUNCTION keep_contact_search()")
    op.execute("DROP TABLE contact_search")
    op.execute("DROP POLICY relay ON outbox")
    op.execute("DROP POLICY own_tenant ON outbox")
    op.execute("ALTER TABLE outbox DISABLE ROW LEVEL SECURITY")
