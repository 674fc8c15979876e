-- Who opened, changed or took back what, and when. Each row is written in the transaction of the action
-- it records. It grows without end and is read by age: BRIN keeps that cheap, and old rows can be
-- deleted by `at`.

CREATE TABLE audit_events (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL,
    action     text        NOT NULL,
    -- Null when an operator acts from the command line.
    account_id uuid,
    address    inet,
    -- The session, listing, order or token that was acted on.
    subject_id uuid        NOT NULL,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id)
);

CREATE INDEX audit_events_at_idx ON audit_events USING brin (at);
CREATE INDEX audit_events_account_id_idx ON audit_events (account_id, id DESC);
