-- Listings that are sold call by call, through the gateway, have terms of calls. A version of terms never changes: a listing points
-- to its current one, and an order keeps the one that it was placed under, so that no edit changes what was sold.
--
-- A server of the version before leaves the terms of listings as they are. The orders that it places have none, also on listings
-- that have: their tokens reveal the key. Sell through the gateway once all servers are of this version.
CREATE TABLE gateway_terms (
    listing_id         uuid        NOT NULL,
    version            integer     NOT NULL,
    -- Where the service expects its key, and under which name: of a header, a parameter of the query, or a user.
    key_place          text        NOT NULL,
    key_name           text,
    key_prefix         text,
    methods            text[]      NOT NULL,
    paths              text[]      NOT NULL,
    units_per_call     bigint      NOT NULL,
    max_units_per_call bigint,
    charge             text        NOT NULL,
    timeout_seconds    integer     NOT NULL,
    rate_calls         bigint,
    rate_period        text,
    created_at         timestamptz NOT NULL,
    CONSTRAINT gateway_terms_pkey PRIMARY KEY (listing_id, version),
    CONSTRAINT gateway_terms_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings (id),
    CONSTRAINT gateway_terms_version_positive CHECK (version > 0),
    CONSTRAINT gateway_terms_key_place_known CHECK (key_place IN ('header', 'query', 'basic')),
    CONSTRAINT gateway_terms_key_named CHECK (key_place = 'basic' OR key_name IS NOT NULL),
    CONSTRAINT gateway_terms_key_prefix_of_header CHECK ((key_place = 'header') = (key_prefix IS NOT NULL)),
    CONSTRAINT gateway_terms_methods_some CHECK (cardinality(methods) > 0),
    CONSTRAINT gateway_terms_paths_some CHECK (cardinality(paths) > 0),
    CONSTRAINT gateway_terms_units_positive CHECK (units_per_call > 0),
    CONSTRAINT gateway_terms_most_not_less CHECK (max_units_per_call >= units_per_call),
    CONSTRAINT gateway_terms_charge_known CHECK (charge IN ('success', 'answered', 'always')),
    CONSTRAINT gateway_terms_timeout_positive CHECK (timeout_seconds > 0),
    CONSTRAINT gateway_terms_rate_positive CHECK (rate_calls > 0),
    CONSTRAINT gateway_terms_rate_whole CHECK ((rate_calls IS NULL) = (rate_period IS NULL)),
    CONSTRAINT gateway_terms_rate_period_known CHECK (rate_period IN ('second', 'minute', 'hour', 'day'))
);

ALTER TABLE listings
    -- Null if buyers are shown the key.
    ADD COLUMN terms_version integer,
    -- Not checked for the rows there are, which have null: reading them all would keep the table locked meanwhile.
    ADD CONSTRAINT listings_terms_need_endpoint CHECK (terms_version IS NULL OR endpoint_url IS NOT NULL) NOT VALID;

-- Null if the token of the order reveals the seller's key.
ALTER TABLE orders ADD COLUMN terms_version integer;
