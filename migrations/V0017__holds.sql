-- Orders that hold units without being paid are counted, by buyer and by network, as are holds that were let go.
--
-- A server of the version before goes on working. It counts nothing, and writes neither column nor table.

-- Network of a buyer who has never paid, while the order awaits payment.
ALTER TABLE orders ADD COLUMN network inet;

CREATE INDEX orders_held_by_buyer_idx ON orders (buyer_id) WHERE state = 'awaiting_payment';
CREATE INDEX orders_held_by_network_idx ON orders (network)
    WHERE state = 'awaiting_payment' AND network IS NOT NULL;

-- Holds that buyers have let go, by listing, since their last payment. Rows are deleted with the next payment of
-- the buyer, or by age.
CREATE TABLE let_go_holds (
    buyer_id   uuid        NOT NULL,
    listing_id uuid        NOT NULL,
    count      bigint      NOT NULL,
    last_at    timestamptz NOT NULL,
    CONSTRAINT let_go_holds_pkey PRIMARY KEY (buyer_id, listing_id),
    CONSTRAINT let_go_holds_count_positive CHECK (count > 0)
);
