-- The second factor of an account: the secret that its app makes codes of, and recovery codes for who has lost the app.
--
-- A stolen copy of these tables logs in nowhere: secrets are sealed under a master key, and of recovery codes and of logins that wait
-- for a code only the SHA-256 is kept.
--
-- Servers of the version before do not ask for codes: let people add factors once all servers are of this version.
CREATE TABLE totp_secrets (
    id            uuid        NOT NULL,
    account_id    uuid        NOT NULL,
    sealed_key    bytea       NOT NULL,
    master_key_id text        NOT NULL,
    -- Number of the period of the last code that was used. Codes up to it are refused.
    last_step     bigint      NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    CONSTRAINT totp_secrets_pkey PRIMARY KEY (id),
    CONSTRAINT totp_secrets_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
) WITH (fillfactor = 80);

CREATE INDEX totp_secrets_account_id_idx ON totp_secrets (account_id);
-- Which master keys are in use is looked up before each start.
CREATE INDEX totp_secrets_master_key_id_idx ON totp_secrets (master_key_id, id);

-- The secret that logging in asks a code of; null if it asks for none. Another one of the account is not confirmed yet.
ALTER TABLE accounts
    ADD COLUMN totp_id uuid,
    ADD CONSTRAINT accounts_totp_id_fkey FOREIGN KEY (totp_id) REFERENCES totp_secrets (id);

-- Deleting a secret looks for the account that it is of.
CREATE INDEX accounts_totp_id_idx ON accounts (totp_id) WHERE totp_id IS NOT NULL;

-- A code is deleted when it is used.
CREATE TABLE recovery_codes (
    account_id uuid  NOT NULL,
    digest     bytea NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (account_id, digest),
    CONSTRAINT recovery_codes_digest_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);

-- Time at which the session last proved the factor of its account.
ALTER TABLE sessions ADD COLUMN proved_at timestamptz;

-- Logins whose password was right, and which wait for a code. One is deleted when it is used.
CREATE TABLE log_in_challenges (
    digest          bytea       NOT NULL,
    account_id      uuid        NOT NULL,
    -- SHA-256 of the password's hash: another password ends the login.
    password_digest bytea       NOT NULL,
    expires_at      timestamptz NOT NULL,
    CONSTRAINT log_in_challenges_pkey PRIMARY KEY (digest),
    CONSTRAINT log_in_challenges_digest_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT log_in_challenges_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);

CREATE INDEX log_in_challenges_account_id_idx ON log_in_challenges (account_id, expires_at);
