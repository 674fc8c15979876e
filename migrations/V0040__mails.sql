-- What people are told by e-mail. A row is written in the transaction of what it tells, and sent later by any server: what was
-- rolled back is not told, and what is told is not lost.
--
-- There is no secret here. That of a link is drawn when its mail is sent, and only its SHA-256 is kept.
--
-- Servers of the version before write no mails, and know of no links. Accounts that they register are unverified, as all are that
-- exist by now.

CREATE TABLE mails (
    id            uuid        NOT NULL DEFAULT gen_random_uuid(),
    kind          text        NOT NULL,
    -- What is told of: of one subject, a kind is told once.
    subject       text        NOT NULL,
    -- Null if it goes to whoever has the address by then.
    account_id    uuid,
    -- Null if it goes to the address that the account has by then.
    email         text,
    -- What cannot be read from the subject when it is sent.
    facts         jsonb       NOT NULL DEFAULT '{}',
    written_at    timestamptz NOT NULL,
    attempts      integer     NOT NULL DEFAULT 0,
    -- Time from which it may be claimed; null once it is sent or given up.
    due_at        timestamptz,
    -- Time at which it was sent or given up.
    ended_at      timestamptz,
    outcome       text,
    CONSTRAINT mails_pkey PRIMARY KEY (id),
    CONSTRAINT mails_subject_key UNIQUE (kind, subject),
    CONSTRAINT mails_recipient CHECK (account_id IS NOT NULL OR email IS NOT NULL),
    CONSTRAINT mails_due_or_ended CHECK ((due_at IS NULL) = (ended_at IS NOT NULL)),
    CONSTRAINT mails_outcome_when_ended CHECK ((ended_at IS NULL) = (outcome IS NULL))
);

CREATE INDEX mails_due_at_idx ON mails (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mails_ended_at_idx ON mails (ended_at) WHERE ended_at IS NOT NULL;
-- How many an address was sent lately because somebody has given it.
CREATE INDEX mails_asked_for_idx ON mails (email, written_at)
    WHERE kind IN ('registration', 'password_reset', 'email_verification', 'email_change');
