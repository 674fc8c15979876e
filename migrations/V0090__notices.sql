-- Mails that the passing of time gives rise to, and mails that an account can do without.
--
-- Servers of the version before write none of these mails, and leave those of others to the newer ones.

-- How far the sweep has got. Whoever locks the row is at it.
CREATE TABLE notice_progress (
    notice  text        NOT NULL,
    through timestamptz NOT NULL,
    CONSTRAINT notice_progress_pkey PRIMARY KEY (notice)
);

-- Topics whose mails an account does not want.
CREATE TABLE unwanted_mails (
    account_id uuid NOT NULL,
    topic      text NOT NULL,
    CONSTRAINT unwanted_mails_pkey PRIMARY KEY (account_id, topic),
    CONSTRAINT unwanted_mails_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);

-- Tokens that expire soon. Tokens are issued in the order of their expiry, so that blocks are found by it, at next to no cost to an
-- order.
CREATE INDEX tokens_expires_at_idx ON tokens USING brin (expires_at) WITH (pages_per_range = 32, autosummarize = on);
