-- What is sold, apart from how much of it is left: that changes with every sale and lives in a narrow
-- table of its own, so that a sale rewrites a few dozen bytes and touches no index.

CREATE TABLE listings (
    id               uuid        NOT NULL,
    seller_id        uuid        NOT NULL,
    service_name     text        NOT NULL,
    description      text,
    endpoint_url     text,
    price_minor      bigint      NOT NULL,
    currency         text        NOT NULL,
    unit_description text        NOT NULL,
    state            text        NOT NULL,
    -- The seller's key under AES-256-GCM, and the master key that opens it.
    sealed_key       bytea       NOT NULL,
    master_key_id    text        NOT NULL,
    created_at       timestamptz NOT NULL,
    search           tsvector    NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', service_name), 'A')
        || setweight(to_tsvector('english', unit_description), 'B')
        || setweight(to_tsvector('english', coalesce(description, '')), 'C')
    ) STORED,
    CONSTRAINT listings_pkey PRIMARY KEY (id),
    CONSTRAINT listings_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES accounts (id),
    CONSTRAINT listings_price_positive CHECK (price_minor > 0),
    CONSTRAINT listings_currency_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT listings_state_known CHECK (state IN ('active', 'paused', 'archived'))
);

-- The catalogue shows what is on sale, by age (the id begins with the time) or by price. Ties go to the
-- newer listing in either order of price; the cheapest come first by the negated price, so that a page
-- starts at one point of its index: (a, b) < ($1, $2) compares both columns in the same direction.
CREATE INDEX listings_on_sale_newest_idx ON listings (id DESC) WHERE state = 'active';
CREATE INDEX listings_on_sale_cheapest_idx ON listings ((-price_minor) DESC, id DESC)
    WHERE state = 'active';
CREATE INDEX listings_on_sale_dearest_idx ON listings (price_minor DESC, id DESC)
    WHERE state = 'active';
CREATE INDEX listings_seller_id_idx ON listings (seller_id, id DESC);
CREATE INDEX listings_search_idx ON listings USING gin (search);
CREATE INDEX listings_master_key_id_idx ON listings (master_key_id, id);

-- Every unit ever listed is available, held by an order that awaits payment, or sold. A unit of a
-- refunded order stays sold unless its seller put it back.
CREATE TABLE listing_stock (
    listing_id uuid   NOT NULL,
    listed     bigint NOT NULL,
    available  bigint NOT NULL,
    held       bigint NOT NULL DEFAULT 0,
    sold       bigint NOT NULL DEFAULT 0,
    revenue_minor bigint NOT NULL DEFAULT 0,
    CONSTRAINT listing_stock_pkey PRIMARY KEY (listing_id),
    CONSTRAINT listing_stock_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings (id),
    CONSTRAINT listing_stock_available_not_negative CHECK (available >= 0),
    CONSTRAINT listing_stock_held_not_negative CHECK (held >= 0),
    CONSTRAINT listing_stock_sold_not_negative CHECK (sold >= 0),
    CONSTRAINT listing_stock_revenue_not_negative CHECK (revenue_minor >= 0),
    CONSTRAINT listing_stock_adds_up CHECK (listed = available + held + sold)
) WITH (fillfactor = 20); -- room for heap-only updates of the hottest rows there are

-- Why `listed` is what it is: one row for the first units and one for each time a seller added or
-- withdrew some. `udam verify` proves the stock from it.
CREATE TABLE stock_changes (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    listing_id uuid        NOT NULL,
    units      bigint      NOT NULL,
    at         timestamptz NOT NULL,
    CONSTRAINT stock_changes_pkey PRIMARY KEY (id),
    CONSTRAINT stock_changes_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings (id)
);

CREATE INDEX stock_changes_listing_id_idx ON stock_changes (listing_id);
