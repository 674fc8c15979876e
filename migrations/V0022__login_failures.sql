-- Attempts at passwords are counted here, for all servers together: a limit in the memory of each would be multiplied by their
-- number and forgotten with a restart. Clients that an account has logged in from before are counted apart from strangers, who
-- could otherwise keep its owner out by guessing.
--
-- Nothing here is on the path of an order. A server of the version before goes on counting in its memory; the sessions it opens
-- leave their places unknown until the next login.

CREATE TABLE login_failures (
    -- SHA-256 of the address: there need not be such an account, and what people type there may be anything.
    email_digest bytea       NOT NULL,
    -- 'strangers', or the device, network or session whose attempts are counted by themselves.
    source       text        NOT NULL,
    count        bigint      NOT NULL,
    last_at      timestamptz NOT NULL,
    CONSTRAINT login_failures_pkey PRIMARY KEY (email_digest, source),
    CONSTRAINT login_failures_email_digest_sha256 CHECK (octet_length(email_digest) = 32),
    CONSTRAINT login_failures_count_not_negative CHECK (count >= 0)
) WITH (fillfactor = 80);

-- Rows are deleted by age, some with each attempt.
CREATE INDEX login_failures_last_at_idx ON login_failures (last_at);

-- Devices and networks that accounts have logged in from. A device is the SHA-256 of a secret in a cookie.
CREATE TABLE login_places (
    account_id uuid        NOT NULL,
    place      text        NOT NULL,
    last_at    timestamptz NOT NULL,
    CONSTRAINT login_places_pkey PRIMARY KEY (account_id, place),
    CONSTRAINT login_places_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);

-- Accounts are recognized at the places that they are signed in from now. Of IPv6 the network is known, see `Network` in the domain.
INSERT INTO login_places (account_id, place, last_at)
SELECT
    account_id,
    'network:' || host(CASE family(address) WHEN 6 THEN network(set_masklen(address, 64)) ELSE address END),
    max(created_at)
FROM sessions WHERE address IS NOT NULL
GROUP BY 1, 2;
