-- Operators find anything by its exact name, and read what has happened to it in order of time: each along an index.

-- The audit trail by time: all of it, of an account, about a subject, and of an action.
CREATE INDEX audit_events_time_idx ON audit_events (at DESC, id DESC);
CREATE INDEX audit_events_account_time_idx ON audit_events (account_id, at DESC, id DESC);
CREATE INDEX audit_events_subject_time_idx ON audit_events (subject_id, at DESC, id DESC);
CREATE INDEX audit_events_action_time_idx ON audit_events (action, at DESC, id DESC);

-- Refunds by the provider's id.
CREATE INDEX refunds_reference_idx ON refunds (reference) WHERE reference IS NOT NULL;

-- Alerts about a charge, or about what else they name.
CREATE INDEX alerts_charge_id_idx ON alerts (charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX alerts_subject_idx ON alerts (subject);
CREATE INDEX alerts_open_idx ON alerts (number DESC) WHERE resolved_at IS NULL;

-- Mails to an account, and about an order or a payment.
CREATE INDEX mails_account_time_idx ON mails (account_id, written_at DESC, id DESC) WHERE account_id IS NOT NULL;
CREATE INDEX mails_by_subject_idx ON mails (subject);

-- Changes of the units of a listing, and complaints of a buyer.
CREATE INDEX stock_changes_listing_time_idx ON stock_changes (listing_id, at DESC, id DESC);
CREATE INDEX complaints_buyer_time_idx ON complaints (buyer_id, created_at DESC, id DESC);
