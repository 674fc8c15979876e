-- What of an order an operator had given back at the provider already, when the rest became owed: so much
-- less is given, and the books still add up.
ALTER TABLE refunds ADD COLUMN given_elsewhere_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE refunds
    ADD CONSTRAINT refunds_given_elsewhere_not_negative CHECK (given_elsewhere_minor >= 0);
