-- Sessions that are opened at the payment provider are counted, by buyer and by network of new buyers: who opens, cancels and opens
-- again must not have the provider called without end.
--
-- A server of the version before counts nothing. Rows that count no more are deleted.
CREATE TABLE opened_sessions (
    -- 'account:' and its UUID, or 'network:' and its address.
    subject   text          NOT NULL,
    -- Times within the last hour, the oldest first.
    opened_at timestamptz[] NOT NULL,
    last_at   timestamptz   NOT NULL,
    CONSTRAINT opened_sessions_pkey PRIMARY KEY (subject)
) WITH (fillfactor = 50);

CREATE INDEX opened_sessions_last_at_idx ON opened_sessions (last_at);
