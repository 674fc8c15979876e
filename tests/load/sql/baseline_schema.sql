-- A marketplace as it is usually designed: an order is a row lock on its listing and two inserts.
CREATE TABLE users (
    id    serial PRIMARY KEY,
    email text NOT NULL UNIQUE
);
CREATE TABLE sessions (
    token      text PRIMARY KEY,
    user_id    integer NOT NULL REFERENCES users (id),
    expires_at timestamptz NOT NULL
);
CREATE TABLE listings (
    id              serial PRIMARY KEY,
    seller_id       integer NOT NULL REFERENCES users (id),
    service_name    text NOT NULL,
    key_ciphertext  text NOT NULL,
    key_nonce       text NOT NULL,
    key_tag         text NOT NULL,
    price_cents     bigint NOT NULL,
    available_units integer NOT NULL CHECK (available_units >= 0),
    status          text NOT NULL DEFAULT 'active',
    created_at      timestamptz DEFAULT now()
);
CREATE TABLE orders (
    id          serial PRIMARY KEY,
    buyer_id    integer NOT NULL REFERENCES users (id),
    listing_id  integer NOT NULL REFERENCES listings (id),
    units       integer NOT NULL,
    total_cents bigint NOT NULL,
    status      text NOT NULL,
    created_at  timestamptz DEFAULT now()
);
CREATE TABLE tokens (
    id             serial PRIMARY KEY,
    buyer_id       integer NOT NULL REFERENCES users (id),
    order_id       integer NOT NULL REFERENCES orders (id),
    key_ciphertext text NOT NULL,
    key_nonce      text NOT NULL,
    key_tag        text NOT NULL,
    created_at     timestamptz DEFAULT now()
);
CREATE INDEX listings_status_idx ON listings (status);
CREATE INDEX orders_buyer_id_idx ON orders (buyer_id);
CREATE INDEX tokens_buyer_id_idx ON tokens (buyer_id);

INSERT INTO users (email) SELECT 'user' || n || '@example.com' FROM generate_series(1, 1000) AS n;
INSERT INTO sessions (token, user_id, expires_at)
SELECT md5('session' || n), n, now() + interval '30 days' FROM generate_series(1, 1000) AS n;
INSERT INTO listings
    (seller_id, service_name, key_ciphertext, key_nonce, key_tag, price_cents, available_units)
SELECT n, 'Service ' || n, repeat('c0ffee42', 9), repeat('ab', 12), repeat('cd', 16), 1, 1000000000
FROM generate_series(1, 1000) AS n;
