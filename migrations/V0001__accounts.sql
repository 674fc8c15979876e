-- Who sells and buys, and the sessions they are signed in with.
--
-- A stolen copy of these tables opens nothing: passwords are Argon2id hashes, and of a session token
-- only its SHA-256 is kept.

CREATE TABLE accounts (
    id            uuid        NOT NULL,
    email         text        NOT NULL,
    name          text        NOT NULL,
    -- Null for accounts made in development, which sign in by email alone.
    password_hash text,
    created_at    timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_email_key UNIQUE (email),
    CONSTRAINT accounts_email_lower_case CHECK (email = lower(email))
);

CREATE TABLE sessions (
    id           uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    token_digest bytea       NOT NULL,
    device       text,
    address      inet,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_digest_key UNIQUE (token_digest),
    CONSTRAINT sessions_token_digest_sha256 CHECK (octet_length(token_digest) = 32),
    CONSTRAINT sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
) WITH (fillfactor = 80); -- last_seen_at is in no index: noting a use stays a heap-only update

CREATE INDEX sessions_account_id_idx ON sessions (account_id, id DESC);
