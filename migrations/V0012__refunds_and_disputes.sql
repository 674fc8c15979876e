-- Refunds and disputes are rows of their own, with the provider's id, state and amount: a payment can have
-- several of each, in part, and each can change its outcome later. Alerts are rows that an operator resolves.
--
-- A server of the version before goes on working: what it writes has defaults, and the columns that it reads
-- stay.

-- Sum that has gone back for the order by refunds.
ALTER TABLE orders ADD COLUMN refunded_minor bigint;

ALTER TABLE refunds
    DROP CONSTRAINT refunds_order_id_key,
    DROP CONSTRAINT refunds_amount_positive,
    -- Who has made it: the marketplace, or an operator at the provider.
    ADD COLUMN origin text NOT NULL DEFAULT 'marketplace',
    ADD COLUMN state text NOT NULL DEFAULT 'owed',
    -- Amount that was asked for; null in rows of the version before, of which it is the sum of the other two.
    ADD COLUMN wanted_minor bigint,
    -- Number of requests that have failed or were refused.
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    -- It is not requested before.
    ADD COLUMN not_before timestamptz,
    -- The payment that it returns, if that is another than the charge's.
    ADD COLUMN other_payment text,
    ADD CONSTRAINT refunds_amount_not_negative CHECK (amount_minor >= 0),
    ADD CONSTRAINT refunds_origin_known CHECK (origin IN ('marketplace', 'provider')),
    ADD CONSTRAINT refunds_state_known CHECK (
        state IN ('owed', 'held', 'covered', 'pending', 'given', 'failed')
    );
UPDATE refunds SET state = 'given' WHERE sent_at IS NOT NULL;

DROP INDEX refunds_owed_idx;
CREATE INDEX refunds_owed_idx ON refunds (id) WHERE state = 'owed';
CREATE UNIQUE INDEX refunds_other_payment_key ON refunds (other_payment)
    WHERE other_payment IS NOT NULL AND attempts = 0;

-- What operators have given back at the provider so far is known by its sum alone.
INSERT INTO refunds (
    id, charge_id, order_id, amount_minor, wanted_minor, currency, created_at, origin, state
)
SELECT
    gen_random_uuid(), c.id, CASE WHEN c.tab_minor = 0 THEN c.order_id END, told.minor, told.minor,
    c.currency, now(), 'provider', 'given'
FROM charges c
CROSS JOIN LATERAL (
    SELECT c.refunded_minor - coalesce(sum(r.amount_minor), 0) AS minor
    FROM refunds r WHERE r.charge_id = c.id AND r.state = 'given'
) AS told
WHERE told.minor > 0;

UPDATE orders AS o
SET refunded_minor = CASE
    WHEN o.route = 'checkout' THEN least(o.total_minor, c.refunded_minor)
    ELSE (
        SELECT sum(r.amount_minor) FROM refunds r WHERE r.order_id = o.id AND r.state = 'given'
    )
END
FROM charges c
WHERE c.id = o.charge_id AND c.refunded_minor > 0;

CREATE TABLE disputes (
    -- The provider's id.
    reference    text        NOT NULL,
    charge_id    uuid        NOT NULL,
    amount_minor bigint      NOT NULL,
    currency     text        NOT NULL,
    state        text        NOT NULL,
    -- Time of the event that reported the state, by the provider's clock.
    reported_at  timestamptz NOT NULL,
    CONSTRAINT disputes_pkey PRIMARY KEY (reference),
    CONSTRAINT disputes_charge_id_fkey FOREIGN KEY (charge_id) REFERENCES charges (id),
    CONSTRAINT disputes_amount_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT disputes_state_known CHECK (state IN ('inquiry', 'open', 'closed', 'won', 'lost'))
);
CREATE INDEX disputes_charge_id_idx ON disputes (charge_id);

CREATE TABLE disputed_orders (
    dispute  text NOT NULL,
    order_id uuid NOT NULL,
    -- What a lost dispute has taken.
    taken    text NOT NULL,
    CONSTRAINT disputed_orders_pkey PRIMARY KEY (dispute, order_id),
    CONSTRAINT disputed_orders_dispute_fkey FOREIGN KEY (dispute) REFERENCES disputes (reference)
        ON UPDATE CASCADE,
    CONSTRAINT disputed_orders_taken_known CHECK (taken IN ('nothing', 'order', 'order_and_token'))
);

-- The provider's ids of these were not recorded. The first report about their charge tells it.
INSERT INTO disputes (reference, charge_id, amount_minor, currency, state, reported_at)
SELECT 'unknown:' || id, id, order_minor + tab_minor, currency, dispute, 'epoch'
FROM charges WHERE dispute IS NOT NULL;

INSERT INTO disputed_orders (dispute, order_id, taken)
SELECT
    'unknown:' || c.id, o.id,
    CASE WHEN c.dispute = 'lost' AND o.state = 'refunded' THEN 'order_and_token' ELSE 'nothing' END
FROM charges c JOIN orders o ON o.charge_id = c.id
WHERE c.dispute IS NOT NULL;

ALTER TABLE out_of_order_events
    DROP CONSTRAINT out_of_order_events_kind_known,
    -- The provider's id of the refund or dispute, and its state.
    ADD COLUMN reference text,
    ADD COLUMN state text,
    -- What a refund names in its metadata.
    ADD COLUMN refund_id uuid,
    ADD COLUMN order_id uuid,
    ADD CONSTRAINT out_of_order_events_kind_known CHECK (
        kind IN ('refunded', 'refund', 'dispute', 'disputed', 'dispute_won', 'dispute_lost')
    );

CREATE TABLE alerts (
    number      bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind        text        NOT NULL,
    subject     text        NOT NULL,
    charge_id   uuid,
    finding     text        NOT NULL,
    count       bigint      NOT NULL DEFAULT 1,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    resolved_at timestamptz,
    CONSTRAINT alerts_pkey PRIMARY KEY (number),
    CONSTRAINT alerts_kind_subject_key UNIQUE (kind, subject)
);
