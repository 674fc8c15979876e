-- Terms that a seller sets on a listing: whether every order is paid before it is fulfilled, however small, and
-- how many units one order may have.
--
-- A server of the version before leaves both as they are: its listings have no terms, and its edits change none.
-- Until it is replaced, it places orders without regard to them.
ALTER TABLE listings
    ADD COLUMN pay_first boolean NOT NULL DEFAULT false,
    ADD COLUMN max_units_per_order bigint,
    -- Not checked for the rows there are, which have null: reading them all would keep the table locked meanwhile.
    ADD CONSTRAINT listings_max_units_per_order_positive CHECK (max_units_per_order > 0) NOT VALID;
