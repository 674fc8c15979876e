-- Operators have roles, and suspend accounts and listings.
--
-- A suspension is a time in the row that orders, calls and the catalogue read in any case. Servers of the version before do not look
-- at it: suspend once all servers are of this version.
CREATE TABLE account_roles (
    account_id uuid        NOT NULL,
    role       text        NOT NULL,
    granted_at timestamptz NOT NULL,
    CONSTRAINT account_roles_pkey PRIMARY KEY (account_id),
    CONSTRAINT account_roles_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT account_roles_role_known CHECK (role IN ('support', 'operator', 'admin'))
);

ALTER TABLE accounts ADD COLUMN suspended_at timestamptz;
ALTER TABLE listings ADD COLUMN suspended_at timestamptz;

-- Few accounts are suspended: whoever reads the catalogue reads all of them once.
CREATE INDEX accounts_suspended_idx ON accounts (id) WHERE suspended_at IS NOT NULL;
