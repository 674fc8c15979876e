-- Functions that derive every value from the number of its row.

CREATE SCHEMA growth;

-- A pseudo-random number in [0, 1); several of one row have different salts. Hash partitions rely on
-- `hashint8extended`, so it returns the same in every version of PostgreSQL.
CREATE FUNCTION growth.chance(n bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT (hashint8extended(n, salt) & 1073741823) / 1073741824::double precision';

-- A number from 1 to `count`, low ones much more often than high ones.
CREATE FUNCTION growth.one_of(count double precision, n bigint, salt bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 1 + floor(growth.chance(n, salt) ^ 2 * count)::bigint';

CREATE FUNCTION growth.word(words text[], n bigint, salt bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT words[growth.one_of(cardinality(words), n, salt)]';

-- An instant of the year: 0 is its start, 1 its end. In hours, which do not depend on the time zone.
CREATE FUNCTION growth.instant(share double precision) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT timestamptz ''2025-01-01 00:00:00+00'' + share * interval ''8760 hours''';

-- A UUIDv7: the milliseconds, then a hash in place of random bits.
CREATE FUNCTION growth.id(at timestamptz, kind text, n bigint) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT overlay(
    overlay(
        overlay(md5(kind || n) PLACING lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') FROM 1)
        PLACING '7' FROM 13
    )
    PLACING '8' FROM 17
)::uuid
$$;

-- Accounts were created in the year before.
CREATE FUNCTION growth.account_created(n bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT growth.instant(n / :accounts::double precision - 1)';

CREATE FUNCTION growth.account_id(n bigint) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT growth.id(growth.account_created(n), ''account'', n)';

-- Version of the gateway terms of a listing. One in ten is sold through the gateway, the first among them, which sells most.
CREATE FUNCTION growth.terms_of(listing bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN listing % 5 <> 0 AND listing % 8 = 1 THEN 1 END';

-- The first UUIDv7 of a day.
CREATE FUNCTION growth.first_id(day date) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
SELECT (
    lpad(to_hex((extract(epoch FROM day::timestamp AT TIME ZONE 'UTC') * 1000)::bigint), 12, '0')
    || '70008000000000000000'
)::uuid
$$;
