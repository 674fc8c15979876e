-- A charge keeps the name of the service that it is for as of its making, so that a repeated request for its
-- checkout session says what the first one said, even if the seller has renamed the listing meanwhile: the
-- provider refuses a repeat that says anything else.
--
-- Null for the charge of a tab, and for charges of before: those are named as the listing is. A server of the
-- version before leaves it null as well.
ALTER TABLE charges ADD COLUMN service_name text;
