-- No two sellers have names that look alike. What a name looks like, its skeleton, is computed by the server, which stores that of
-- a seller's as it publishes or is renamed. Here every seller so far is noted; after the migrations, their skeletons are stored, those
-- of the oldest accounts first.
--
-- A server of the version before stores nothing: whom it lets sell for the first time takes its name with the next listing.
CREATE TABLE seller_names (
    account_id uuid NOT NULL,
    -- Null while it has not been computed. The account's own id if the account has no name of its own, or if that of an older
    -- seller looks like it.
    skeleton   text,
    CONSTRAINT seller_names_pkey PRIMARY KEY (account_id),
    CONSTRAINT seller_names_skeleton_key UNIQUE (skeleton),
    CONSTRAINT seller_names_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);

CREATE INDEX seller_names_missing_idx ON seller_names (account_id) WHERE skeleton IS NULL;

INSERT INTO seller_names (account_id) SELECT DISTINCT seller_id FROM listings;
