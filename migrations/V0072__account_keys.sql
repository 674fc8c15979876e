-- Keys by which programs act for an account, each within its scopes. A revoked key is deleted.
--
-- A stolen copy of this table opens nothing: of a key only its SHA-256 is kept, and it is 256 random bits.
CREATE TABLE account_keys (
    id           uuid        NOT NULL,
    account_id   uuid        NOT NULL,
    digest       bytea       NOT NULL,
    name         text        NOT NULL,
    scopes       text[]      NOT NULL,
    expires_at   timestamptz,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT account_keys_pkey PRIMARY KEY (id),
    CONSTRAINT account_keys_digest_key UNIQUE (digest),
    CONSTRAINT account_keys_digest_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT account_keys_scopes_known CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'buy', 'sell']),
    CONSTRAINT account_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
) WITH (fillfactor = 80); -- last_used_at is in no index: noting a use stays a heap-only update

CREATE INDEX account_keys_account_id_idx ON account_keys (account_id, id DESC);
