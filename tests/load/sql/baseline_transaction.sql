\set listing random(1, :listings)
\set buyer random(1, 1000)
BEGIN;
SELECT user_id FROM sessions WHERE token = md5('session' || :buyer) AND expires_at > now();
SELECT * FROM listings WHERE id = :listing FOR UPDATE;
UPDATE listings SET available_units = available_units - 1 WHERE id = :listing;
INSERT INTO orders (buyer_id, listing_id, units, total_cents, status)
    VALUES (:buyer, :listing, 1, 1, 'paid') RETURNING id AS order_id \gset
INSERT INTO tokens (buyer_id, order_id, key_ciphertext, key_nonce, key_tag)
    VALUES (:buyer, :order_id, repeat('c0ffee42', 9), repeat('ab', 12), repeat('cd', 16));
COMMIT;
