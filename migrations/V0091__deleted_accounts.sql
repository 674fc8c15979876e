-- Accounts that were deleted: the row stays, for the books, and tells nothing of the person. Its address ends in `.invalid`, and it
-- has no password.
--
-- Addresses of clients are kept apart from the audit trail, whose records nobody can change: they are erased with the account. Of
-- records from before, the address is in the record, and stays.

ALTER TABLE accounts ADD COLUMN deleted_at timestamptz;

CREATE TABLE addresses_of_actions (
    event_id bigint NOT NULL,
    address  inet   NOT NULL,
    CONSTRAINT addresses_of_actions_pkey PRIMARY KEY (event_id)
);
