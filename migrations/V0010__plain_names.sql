-- Names of an index and of two constraints in the words that are used everywhere else.
--
-- Renaming changes no data and holds its locks for a moment. Code of earlier releases does not refer to
-- these names: queries name no index, and these constraints are mapped to no error.
ALTER INDEX listings_on_sale_dearest_idx RENAME TO listings_on_sale_most_expensive_idx;
ALTER TABLE charges RENAME CONSTRAINT charges_ask_for_something TO charges_amounts_in_range;
ALTER TABLE refunds RENAME CONSTRAINT refunds_give_something TO refunds_amount_positive;
