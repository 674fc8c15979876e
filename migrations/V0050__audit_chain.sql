-- The audit trail proves itself. Each record is linked into a chain: a link authenticates the record and the link before it, under a
-- key that the database does not have, so that a record that was changed, dropped or put in another's place is found.
--
-- Links are made by servers, shortly after the transactions of the records: links made within those would queue all of them at the
-- head of one chain. Both tables only ever grow while serving: a role that may SELECT and INSERT there is enough.
--
-- Servers of the version before go on inserting records, which servers of this one link.
ALTER TABLE audit_events
    -- Why an operator has acted, and what was changed; null for all other actions.
    ADD COLUMN reason text,
    ADD COLUMN before text,
    ADD COLUMN after  text;

-- What was done about an account, an order or a listing is read by its subject.
CREATE INDEX audit_events_subject_id_idx ON audit_events (subject_id, id DESC);

CREATE TABLE audit_links (
    -- Contiguous, from 1: the order of linking, which is not that of ids, since a transaction with a lower id may commit later.
    position    bigint      NOT NULL,
    -- No foreign key: a record that was dropped is to be found, not to drag its link along.
    event_id    bigint      NOT NULL,
    -- Greatest id that was linked up to here, from which servers go on.
    up_to_id    bigint      NOT NULL,
    -- Master key that the key of `mac` is derived from.
    key_id      text        NOT NULL,
    -- HMAC-SHA256 of the record and of the link before.
    mac         bytea       NOT NULL,
    linked_at   timestamptz NOT NULL,
    CONSTRAINT audit_links_pkey PRIMARY KEY (position),
    CONSTRAINT audit_links_event_id_key UNIQUE (event_id),
    CONSTRAINT audit_links_position_positive CHECK (position > 0),
    CONSTRAINT audit_links_mac_length CHECK (octet_length(mac) = 32)
);

CREATE INDEX audit_links_linked_at_idx ON audit_links (linked_at, position);

-- Keys of links whose master keys are about to go, sealed under the master key that follows.
CREATE TABLE audit_keys (
    key_id        text        NOT NULL,
    master_key_id text        NOT NULL,
    sealed_key    bytea       NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT audit_keys_pkey PRIMARY KEY (key_id, master_key_id)
);
