\set listing random(1, :listings)
\set buyer random(1, 1000)
WITH caller AS (
    SELECT user_id FROM sessions WHERE token = md5('session' || :buyer) AND expires_at > now()
), sold AS (
    UPDATE listings SET available_units = available_units - 1
    WHERE id = :listing AND available_units >= 1 AND EXISTS (SELECT FROM caller)
    RETURNING id, price_cents
), placed AS (
    INSERT INTO orders (buyer_id, listing_id, units, total_cents, status)
    SELECT caller.user_id, sold.id, 1, sold.price_cents, 'paid' FROM sold, caller
    RETURNING id, buyer_id
)
INSERT INTO tokens (buyer_id, order_id, key_ciphertext, key_nonce, key_tag)
SELECT buyer_id, id, repeat('c0ffee42', 9), repeat('ab', 12), repeat('cd', 16) FROM placed
RETURNING id;
