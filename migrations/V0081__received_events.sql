-- Which events the payment provider has sent, and what became of each. Their content, which is about people, stays at the provider.
--
-- A row is written with what its event causes, and after its event could not be applied. That an event is applied once is seen to by
-- `payment_events`. Servers of the version before write no rows here.
CREATE TABLE received_events (
    -- The provider's id.
    id          text        NOT NULL,
    -- Ascending by the time of first receipt: events are listed by it.
    number      bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind        text        NOT NULL,
    state       text        NOT NULL,
    -- Number of times that it was received or replayed.
    attempts    integer     NOT NULL DEFAULT 1,
    -- Of the last attempt; null unless it has failed.
    error       text,
    -- What it is about, as far as it says or is known. No foreign key: it may name what is not ours.
    charge_id   uuid,
    session     text,
    payment     text,
    -- By the provider's clock.
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    CONSTRAINT received_events_pkey PRIMARY KEY (id),
    CONSTRAINT received_events_number_key UNIQUE (number),
    CONSTRAINT received_events_kind_known CHECK (
        kind IN ('paid', 'payment_failed', 'session_expired', 'refunded', 'refund', 'dispute', 'other')
    ),
    CONSTRAINT received_events_state_known CHECK (state IN ('applied', 'alerted', 'ignored', 'failed')),
    CONSTRAINT received_events_attempts_positive CHECK (attempts > 0)
);

CREATE INDEX received_events_state_idx ON received_events (state, number DESC);
CREATE INDEX received_events_charge_id_idx ON received_events (charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX received_events_payment_idx ON received_events (payment) WHERE payment IS NOT NULL;
