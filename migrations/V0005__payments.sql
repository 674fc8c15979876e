-- What buyers are asked to pay through the provider, what goes back to them, and what the provider has
-- told us.

-- A charge asks for one order, for the small orders on a tab, or for both. Its amounts never change.
CREATE TABLE charges (
    id             uuid        NOT NULL,
    buyer_id       uuid        NOT NULL,
    order_id       uuid,
    order_minor    bigint      NOT NULL,
    tab_minor      bigint      NOT NULL,
    currency       text        NOT NULL,
    state          text        NOT NULL,
    -- The provider's names for its session and its payment, as far as known.
    session        text,
    session_url    text,
    payment        text,
    -- Whether the session may still be paid at the provider: until it says otherwise.
    payable        boolean     NOT NULL DEFAULT true,
    refunded_minor bigint      NOT NULL DEFAULT 0,
    -- Null, open, won or lost.
    dispute        text,
    expires_at     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    settled_at     timestamptz,
    -- Until when some server is seeing to it.
    claimed_until  timestamptz,
    CONSTRAINT charges_pkey PRIMARY KEY (id),
    CONSTRAINT charges_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES accounts (id),
    CONSTRAINT charges_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT charges_order_id_key UNIQUE (order_id),
    CONSTRAINT charges_session_key UNIQUE (session),
    CONSTRAINT charges_payment_key UNIQUE (payment),
    CONSTRAINT charges_ask_for_something CHECK (
        order_minor >= 0 AND tab_minor >= 0 AND order_minor + tab_minor > 0
        AND (order_id IS NULL) = (order_minor = 0)
    ),
    CONSTRAINT charges_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT charges_state_known CHECK (state IN ('open', 'paid', 'closed')),
    CONSTRAINT charges_dispute_known CHECK (dispute IN ('open', 'won', 'lost')),
    CONSTRAINT charges_paid_have_a_payment CHECK (state <> 'paid' OR payment IS NOT NULL),
    CONSTRAINT charges_refunded_at_most_once CHECK (
        refunded_minor BETWEEN 0 AND order_minor + tab_minor
    )
);

CREATE INDEX charges_buyer_id_idx ON charges (buyer_id, id DESC);
CREATE INDEX charges_payable_idx ON charges (expires_at) WHERE payable;

-- The charge that pays for an order: its own, or the one that carries it off the tab.
ALTER TABLE orders ADD COLUMN charge_id uuid;
ALTER TABLE orders ADD CONSTRAINT orders_charge_id_fkey FOREIGN KEY (charge_id) REFERENCES charges (id);
CREATE INDEX orders_charge_id_idx ON orders (charge_id) WHERE charge_id IS NOT NULL;
-- What is on a tab and carried by no charge.
CREATE INDEX orders_on_tab_idx ON orders (buyer_id, id)
    WHERE route = 'tab' AND state = 'fulfilled' AND charge_id IS NULL;

-- Money that goes back. Written with whatever makes it due, sent to the provider afterwards.
CREATE TABLE refunds (
    id            uuid        NOT NULL,
    charge_id     uuid        NOT NULL,
    -- The order it takes back; null when a payment was for nothing.
    order_id      uuid,
    amount_minor  bigint      NOT NULL,
    currency      text        NOT NULL,
    reference     text,
    created_at    timestamptz NOT NULL,
    sent_at       timestamptz,
    claimed_until timestamptz,
    CONSTRAINT refunds_pkey PRIMARY KEY (id),
    CONSTRAINT refunds_charge_id_fkey FOREIGN KEY (charge_id) REFERENCES charges (id),
    CONSTRAINT refunds_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT refunds_order_id_key UNIQUE (order_id),
    CONSTRAINT refunds_give_something CHECK (amount_minor > 0),
    CONSTRAINT refunds_sent_have_a_reference CHECK ((sent_at IS NULL) = (reference IS NULL))
);

CREATE INDEX refunds_charge_id_idx ON refunds (charge_id);
CREATE INDEX refunds_owed_idx ON refunds (id) WHERE sent_at IS NULL;

-- What the provider has told us and we have made happen. A row is written with what it caused, so that
-- a repeat finds it. It can be deleted once the provider no longer repeats it, by age.
CREATE TABLE payment_events (
    id         text        NOT NULL,
    applied_at timestamptz NOT NULL,
    CONSTRAINT payment_events_pkey PRIMARY KEY (id)
);

CREATE INDEX payment_events_applied_at_idx ON payment_events USING brin (applied_at);

-- News of payments that we do not know yet: events come in any order. They are applied when the payment
-- comes; what is left is about payments that are not ours.
CREATE TABLE payment_news (
    id       bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    payment  text        NOT NULL,
    news     text        NOT NULL,
    refunded_minor bigint,
    currency text,
    at       timestamptz NOT NULL,
    CONSTRAINT payment_news_pkey PRIMARY KEY (id),
    CONSTRAINT payment_news_known CHECK (
        news IN ('refunded', 'disputed', 'dispute_won', 'dispute_lost')
    )
);

CREATE INDEX payment_news_payment_idx ON payment_news (payment);

-- How far the provider's list of events has been read.
CREATE TABLE payment_events_seen (
    only_row boolean     NOT NULL DEFAULT true,
    until    timestamptz NOT NULL,
    CONSTRAINT payment_events_seen_pkey PRIMARY KEY (only_row),
    CONSTRAINT payment_events_seen_one_row CHECK (only_row)
);
