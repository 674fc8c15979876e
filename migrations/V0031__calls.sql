-- Calls through the gateway: what is left of each token, the keys that open it, the calls that are under way, and a record of each
-- that has ended.

-- The units of a token that is used through the gateway; its row is the lock that calls of one token queue at. Made when a key of the
-- token is first issued. Nothing in it is in an index but its key, so that updates stay heap-only.
CREATE TABLE token_balances (
    token_id      uuid        NOT NULL,
    units         integer     NOT NULL,
    left_units    integer     NOT NULL,
    open_units    integer     NOT NULL,
    charged_units integer     NOT NULL,
    -- Time from which calls are admitted at the full rate again.
    free_at       timestamptz,
    CONSTRAINT token_balances_pkey PRIMARY KEY (token_id),
    CONSTRAINT token_balances_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id),
    CONSTRAINT token_balances_never_below_zero CHECK (left_units >= 0 AND open_units >= 0 AND charged_units >= 0),
    CONSTRAINT token_balances_add_up CHECK (units = left_units + open_units + charged_units)
) WITH (fillfactor = 20);

-- A deleted key keeps its row, without its secret: calls refer to it.
CREATE TABLE access_keys (
    id            uuid        NOT NULL,
    token_id      uuid        NOT NULL,
    digest        bytea       NOT NULL,
    name          text,
    max_units     integer,
    -- Counted of keys with a limit alone.
    taken_units   integer     NOT NULL DEFAULT 0,
    expires_at    timestamptz,
    created_at    timestamptz NOT NULL,
    deleted_at    timestamptz,
    -- The first key of a token is kept sealed, to be shown again.
    sealed_key    bytea,
    master_key_id text,
    CONSTRAINT access_keys_pkey PRIMARY KEY (id),
    CONSTRAINT access_keys_digest_key UNIQUE (digest),
    CONSTRAINT access_keys_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id),
    CONSTRAINT access_keys_digest_length CHECK (octet_length(digest) = 32),
    CONSTRAINT access_keys_max_units_positive CHECK (max_units > 0),
    CONSTRAINT access_keys_taken_within CHECK (taken_units >= 0 AND taken_units <= coalesce(max_units, 0)),
    CONSTRAINT access_keys_sealed_whole CHECK ((sealed_key IS NULL) = (master_key_id IS NULL)),
    CONSTRAINT access_keys_deleted_without_secret CHECK (deleted_at IS NULL OR sealed_key IS NULL)
) WITH (fillfactor = 70);

CREATE INDEX access_keys_token_id_idx ON access_keys (token_id, id);
CREATE UNIQUE INDEX access_keys_first_of_token ON access_keys (token_id) WHERE sealed_key IS NOT NULL;

-- Calls that have not ended. Rows come and go with each call: there is no index but the key, along which those that are lost are found,
-- and no foreign key. Vacuumed by their number, since the table is small however many calls there are.
CREATE TABLE open_calls (
    id       uuid        NOT NULL,
    token_id uuid        NOT NULL,
    key_id   uuid        NOT NULL,
    taken    integer     NOT NULL,
    began_at timestamptz NOT NULL,
    -- Time from which it counts as lost; extended by the server that makes it.
    deadline timestamptz NOT NULL,
    CONSTRAINT open_calls_pkey PRIMARY KEY (id),
    CONSTRAINT open_calls_taken_positive CHECK (taken > 0)
) WITH (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 1000000
);

-- Calls that have ended. Their ids begin with the time, and each day is a partition, so that old days are dropped rather than deleted.
-- Servers make the days; what fits none, such as calls of a server whose clock is wrong, is in the default partition. No foreign keys:
-- calls are many, and `udam verify` looks for what they would hold.
CREATE TABLE calls (
    id             uuid        NOT NULL,
    token_id       uuid        NOT NULL,
    key_id         uuid        NOT NULL,
    listing_id     uuid        NOT NULL,
    buyer_id       uuid        NOT NULL,
    seller_id      uuid        NOT NULL,
    terms_version  integer     NOT NULL,
    -- Units charged; none of a call that was returned.
    units          integer     NOT NULL,
    -- Status of the answer, and the units that the service has declared with it, if one came.
    status         integer,
    declared_units bigint,
    request_bytes  bigint      NOT NULL,
    response_bytes bigint      NOT NULL,
    latency_micros bigint,
    began_at       timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    outcome        text        NOT NULL,
    -- Null of a call that was lost.
    method         text,
    path           text,
    CONSTRAINT calls_pkey PRIMARY KEY (id),
    CONSTRAINT calls_units_never_below_zero CHECK (units >= 0)
) PARTITION BY RANGE (id);

CREATE INDEX calls_token_id_idx ON calls (token_id, id);
CREATE INDEX calls_listing_id_idx ON calls (listing_id, id);

CREATE TABLE calls_default PARTITION OF calls DEFAULT;

-- Time before which records of calls were dropped, so that sums over them are not taken for whole.
CREATE TABLE calls_dropped (
    before timestamptz NOT NULL,
    one    boolean     NOT NULL DEFAULT true,
    CONSTRAINT calls_dropped_pkey PRIMARY KEY (one),
    CONSTRAINT calls_dropped_one CHECK (one)
);
