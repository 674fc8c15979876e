-- Only the owner of `calls` can make and drop its partitions. These functions do it in the owner's name, so that servers can have a role
-- that owns nothing. deploy/roles.sql lets that role call them.

CREATE FUNCTION make_day_of_calls(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    made      text   := to_char(day, '"calls_"YYYY_MM_DD');
    -- The first identifiers (UUIDv7) of the day and of the next one.
    first_ids uuid[] := ARRAY(
        SELECT (lpad(to_hex(extract(epoch FROM day + n)::bigint * 1000), 12, '0') || '70008000000000000000')::uuid
        FROM generate_series(0, 1) AS n ORDER BY n
    );
    grantee   regrole;
BEGIN
    IF to_regclass(made) IS NOT NULL THEN
        RETURN;
    END IF;
    -- CREATE TABLE … PARTITION OF would lock out all who read or write calls. A table that is attached does not: only the default partition
    -- is locked, which nobody uses while days are made in time.
    LOCK TABLE calls_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE calls INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', made);
    EXECUTE format(
        'WITH moved AS (DELETE FROM calls_default WHERE id >= %L AND id < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
        first_ids[1], first_ids[2], made
    );
    EXECUTE format(
        'ALTER TABLE calls ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', made, first_ids[1], first_ids[2]
    );
    -- Rows are reached through `calls`, whose privileges then hold. Default privileges of the schema would bypass those.
    FOR grantee IN
        SELECT DISTINCT granted.grantee FROM pg_class c, aclexplode(c.relacl) AS granted
        WHERE c.oid = to_regclass(made) AND granted.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('REVOKE ALL ON %I FROM %s', made, grantee);
    END LOOP;
END
$$;

CREATE FUNCTION drop_day_of_calls(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS %I', to_char(day, '"calls_"YYYY_MM_DD'));
END
$$;

-- Who calls them must not be able to put objects of their own in the place of ours: the schema is that of the tables, and temporary tables
-- come last.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION make_day_of_calls(date) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION drop_day_of_calls(date) SET search_path = %I, pg_temp', current_schema());
END
$$;

REVOKE EXECUTE ON FUNCTION make_day_of_calls(date), drop_day_of_calls(date) FROM PUBLIC;
