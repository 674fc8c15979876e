-- Failed and refused logins are audited as well. They may be about an address that no account has, and then are about nothing that
-- has an id. A refusal is audited once for each wait, however often it is repeated.
--
-- Servers of the version before go on inserting a subject.
ALTER TABLE audit_events ALTER COLUMN subject_id DROP NOT NULL;

ALTER TABLE login_failures ADD COLUMN refusal_audited boolean NOT NULL DEFAULT false;
