-- What protects buyers from a seller who takes the money and gives nothing. Whether a token was ever revealed decides whether
-- revoking it gives the money back; changes of a service are dated, so that those who bought it before learn of them; and buyers
-- complain to the operator.
--
-- A server of the version before goes on working. What it reveals counts as not revealed, and what it changes of a service is not
-- dated, until it is replaced.
ALTER TABLE tokens ADD COLUMN revealed_at timestamptz;

UPDATE tokens SET revealed_at = revealed.first_at
FROM (
    SELECT subject_id, min(at) AS first_at FROM audit_events WHERE action = 'key_revealed' GROUP BY subject_id
) AS revealed
WHERE tokens.id = revealed.subject_id;

ALTER TABLE listings
    -- Times at which the seller last changed the address of the service, and its key.
    ADD COLUMN endpoint_changed_at timestamptz,
    ADD COLUMN key_changed_at timestamptz;

UPDATE listings SET endpoint_changed_at = changed.endpoint_at, key_changed_at = changed.key_at
FROM (
    SELECT
        subject_id,
        max(at) FILTER (WHERE action = 'endpoint_changed') AS endpoint_at,
        max(at) FILTER (WHERE action = 'key_replaced') AS key_at
    FROM audit_events WHERE action IN ('endpoint_changed', 'key_replaced') GROUP BY subject_id
) AS changed
WHERE listings.id = changed.subject_id;

CREATE TABLE complaints (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id   uuid        NOT NULL,
    buyer_id   uuid        NOT NULL,
    reason     text        NOT NULL,
    -- The alert by which an operator is told, and which closes it. A later complaint about the order reopens the same one.
    alert      bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT complaints_pkey PRIMARY KEY (id),
    CONSTRAINT complaints_alert_fkey FOREIGN KEY (alert) REFERENCES alerts (number)
);

CREATE INDEX complaints_order_id_idx ON complaints (order_id, id DESC);
CREATE INDEX complaints_buyer_id_idx ON complaints (buyer_id, created_at DESC);
