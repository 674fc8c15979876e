-- Links that were sent, and what they do when they are used. Each can be used once, until it expires; using one spends all of its
-- purpose.

ALTER TABLE accounts ADD COLUMN email_verified_at timestamptz;

-- Accounts about to be: they are made when their address is proved.
CREATE TABLE registrations (
    id            uuid        NOT NULL,
    email         text        NOT NULL,
    name          text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT registrations_pkey PRIMARY KEY (id),
    CONSTRAINT registrations_email_lower_case CHECK (email = lower(email))
);

CREATE INDEX registrations_created_at_idx ON registrations (created_at);

CREATE TABLE mail_links (
    digest     bytea       NOT NULL,
    purpose    text        NOT NULL,
    -- The account, or the registration, that has the same kind of identifier.
    owner_id   uuid        NOT NULL,
    -- Address that it was sent to.
    email      text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT mail_links_pkey PRIMARY KEY (digest),
    CONSTRAINT mail_links_digest_sha256 CHECK (octet_length(digest) = 32)
);

CREATE INDEX mail_links_owner_id_idx ON mail_links (owner_id, purpose) WHERE used_at IS NULL;
CREATE INDEX mail_links_expires_at_idx ON mail_links (expires_at);
