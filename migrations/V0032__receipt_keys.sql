-- Receipts of calls are signed under a key derived from a master key. Their public keys are kept, so that a receipt verifies after
-- its master key has gone.
CREATE TABLE receipt_keys (
    -- The `kid` of its signatures: the thumbprint of the key, RFC 7638.
    key_id     text        NOT NULL,
    -- Ed25519, RFC 8032.
    public_key bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT receipt_keys_pkey PRIMARY KEY (key_id),
    CONSTRAINT receipt_keys_public_key_check CHECK (octet_length(public_key) = 32)
);
