-- Who bought what, what is owed for it, and the tokens that came of it.

-- What a buyer owes for small orders that were served at once. Made with the account; its row is the
-- lock that orders of one buyer queue at.
CREATE TABLE tabs (
    account_id uuid   NOT NULL,
    open_minor bigint NOT NULL DEFAULT 0,
    currency   text   NOT NULL,
    CONSTRAINT tabs_pkey PRIMARY KEY (account_id),
    CONSTRAINT tabs_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT tabs_open_not_negative CHECK (open_minor >= 0),
    CONSTRAINT tabs_currency_code CHECK (currency ~ '^[A-Z]{3}$')
) WITH (fillfactor = 50);

CREATE TABLE orders (
    id              uuid        NOT NULL,
    buyer_id        uuid        NOT NULL,
    seller_id       uuid        NOT NULL,
    listing_id      uuid        NOT NULL,
    units           bigint      NOT NULL,
    price_minor     bigint      NOT NULL,
    total_minor     bigint      NOT NULL,
    currency        text        NOT NULL,
    route           text        NOT NULL,
    state           text        NOT NULL,
    lapses_at       timestamptz,
    -- Of a refunded order: whether its units went back on sale.
    units_returned  boolean     NOT NULL DEFAULT false,
    idempotency_key text,
    created_at      timestamptz NOT NULL,
    closed_at       timestamptz,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES accounts (id),
    CONSTRAINT orders_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES accounts (id),
    CONSTRAINT orders_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings (id),
    CONSTRAINT orders_units_in_range CHECK (units BETWEEN 1 AND 1000000),
    CONSTRAINT orders_total_is_price_times_units CHECK (total_minor = price_minor * units),
    CONSTRAINT orders_route_known CHECK (route IN ('tab', 'checkout')),
    CONSTRAINT orders_state_known CHECK (
        state IN ('awaiting_payment', 'fulfilled', 'expired', 'canceled', 'refunded')
    ),
    CONSTRAINT orders_reserved_while_awaiting CHECK (
        (state = 'awaiting_payment') = (lapses_at IS NOT NULL)
    ),
    CONSTRAINT orders_returned_only_when_refunded CHECK (NOT units_returned OR state = 'refunded')
) WITH (fillfactor = 90);

CREATE UNIQUE INDEX orders_buyer_idempotency_key ON orders (buyer_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX orders_buyer_id_idx ON orders (buyer_id, id DESC);
CREATE INDEX orders_seller_id_idx ON orders (seller_id, id DESC);
CREATE INDEX orders_listing_id_idx ON orders (listing_id);
CREATE INDEX orders_lapses_at_idx ON orders (lapses_at) WHERE state = 'awaiting_payment';

CREATE TABLE tokens (
    id         uuid        NOT NULL,
    order_id   uuid        NOT NULL,
    listing_id uuid        NOT NULL,
    buyer_id   uuid        NOT NULL,
    seller_id  uuid        NOT NULL,
    units      bigint      NOT NULL,
    state      text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT tokens_pkey PRIMARY KEY (id),
    CONSTRAINT tokens_order_id_key UNIQUE (order_id),
    CONSTRAINT tokens_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT tokens_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings (id),
    CONSTRAINT tokens_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES accounts (id),
    CONSTRAINT tokens_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES accounts (id),
    CONSTRAINT tokens_state_known CHECK (state IN ('active', 'suspended', 'revoked'))
) WITH (fillfactor = 90);

CREATE INDEX tokens_buyer_id_idx ON tokens (buyer_id, id DESC);
