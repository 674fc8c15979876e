-- What every row is made of: its number, and nothing else.

CREATE SCHEMA growth;

-- A number from 0 up to 1 that looks like chance. A second one of the same row has another salt.
-- Partitions by hash rely on this function, which therefore answers the same in every version.
CREATE FUNCTION growth.chance(n bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT (hashint8extended(n, salt) & 1073741823) / 1073741824::double precision';

-- The number of one of `count` things, the first much more often than the last.
CREATE FUNCTION growth.one_of(count double precision, n bigint, salt bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT 1 + floor(growth.chance(n, salt) ^ 2 * count)::bigint';

CREATE FUNCTION growth.word(words text[], n bigint, salt bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT words[growth.one_of(cardinality(words), n, salt)]';

-- From 0, when the year begins, to 1. In hours, which no time zone stretches.
CREATE FUNCTION growth.instant(share double precision) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT timestamptz ''2025-01-01 00:00:00+00'' + share * interval ''8760 hours''';

-- A UUIDv7: the milliseconds, and then what would be random.
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

-- Accounts were made in the year before.
CREATE FUNCTION growth.account_made(n bigint) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT growth.instant(n / :accounts::double precision - 1)';

CREATE FUNCTION growth.account_id(n bigint) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT growth.id(growth.account_made(n), ''account'', n)';
