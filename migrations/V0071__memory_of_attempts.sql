-- Attempts at second factors are counted beside those at passwords, and remembered for longer: each row says how long.
--
-- Servers of the version before leave the column alone: a row that they insert is forgotten a day after that.
ALTER TABLE login_failures ADD COLUMN forgotten_at timestamptz NOT NULL DEFAULT now() + interval '24 hours';

-- Rows are deleted by it, some with each attempt. The index over `last_at` goes once no server of the version before runs.
CREATE INDEX login_failures_forgotten_at_idx ON login_failures (forgotten_at);
