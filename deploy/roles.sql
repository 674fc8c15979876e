-- The least that UDAM needs of PostgreSQL: `udam_owner` owns the schema and migrates it; `udam_server` serves, owns nothing, and can do
-- what servers do. Run this as a superuser in the database, before the first `udam migrate` and again after each: it can be repeated.
--
--     psql --dbname=udam --set=ON_ERROR_STOP=1 --single-transaction --file=roles.sql
--
-- The roles have no passwords yet: set them with `\password udam_owner` and `\password udam_server`. Whatever else connects to the
-- database, such as a role for backups, needs `GRANT CONNECT ON DATABASE`, which everybody has otherwise.

DO $$
BEGIN
    IF to_regrole('udam_owner') IS NULL THEN
        CREATE ROLE udam_owner LOGIN;
    END IF;
    IF to_regrole('udam_server') IS NULL THEN
        CREATE ROLE udam_server LOGIN;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO udam_owner, udam_server', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO udam_owner;
GRANT USAGE ON SCHEMA public TO udam_server;

-- What later migrations create.
ALTER DEFAULT PRIVILEGES FOR ROLE udam_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO udam_server;

-- What there is.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO udam_server;

DO $$
DECLARE
    -- Rows that servers write once.
    written_once CONSTANT text[] := ARRAY[
        'calls', 'gateway_terms', 'payment_events', 'receipt_keys', 'stock_changes'
    ];
    -- Rows that servers change and never delete.
    kept CONSTANT text[] := ARRAY[
        'access_keys', 'accounts', 'alerts', 'calls_dropped', 'charges', 'complaints', 'disputed_orders', 'disputes',
        'listing_stock', 'listings', 'notice_progress', 'orders', 'payment_events_seen', 'received_events', 'refunds', 'seller_names', 'tabs',
        'token_balances', 'tokens'
    ];
    relation record;
BEGIN
    FOR relation IN
        SELECT c.relname AS name, c.oid::regclass AS quoted, c.relispartition AND c.relname <> 'calls_default' AS is_day
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        IF relation.is_day THEN
            EXECUTE format('REVOKE ALL ON %s FROM udam_server', relation.quoted);
        ELSIF relation.name = 'refinery_schema_history' THEN
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM udam_server', relation.quoted);
        ELSIF relation.name LIKE 'audit\_%' OR relation.name = ANY (written_once) THEN
            EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM udam_server', relation.quoted);
        ELSIF relation.name = ANY (kept) THEN
            EXECUTE format('REVOKE DELETE ON %s FROM udam_server', relation.quoted);
        END IF;
    END LOOP;
    -- Servers make and drop the days of the records of calls, which the owner alone can.
    IF to_regprocedure('make_day_of_calls(date)') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION make_day_of_calls(date), drop_day_of_calls(date) TO udam_server;
    END IF;
END
$$;
