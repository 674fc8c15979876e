-- Accounts as development makes them, which sign in by email alone.

INSERT INTO accounts (id, email, name, created_at)
SELECT
    growth.account_id(n),
    'account-' || n || '@growth.example',
    format(
        '%s %s',
        growth.word('{Ada,Grace,Alan,Edsger,Barbara,Donald,Frances,Tony,Radia,Leslie,Katherine,John}', n, 1),
        growth.word('{Berg,Okafor,Silva,Tanaka,Moreau,Novak,Haddad,Larsen,Castillo,Weber,Nair,Quinn}', n, 2)
    ),
    growth.account_created(n)
FROM generate_series(1, :accounts::bigint) AS n;

-- The token follows from the number of the account, so it is no secret.
INSERT INTO sessions (
    id, account_id, token_digest, device, address, created_at, last_seen_at, expires_at
)
SELECT
    growth.id(growth.instant(0.95 + 0.05 * growth.chance(n, 3)), 'session', n),
    growth.account_id(n),
    sha256(convert_to('session of account ' || n, 'UTF8')),
    growth.word('{Firefox on Linux,Safari on iPhone,Chrome on Windows,curl/8.5.0}', n, 4),
    ('2001:db8::' || to_hex(n % 65536))::inet,
    growth.instant(0.95 + 0.05 * growth.chance(n, 3)),
    growth.instant(1),
    growth.instant(1) + interval '720 hours'
FROM generate_series(1, :accounts::bigint) AS n;
