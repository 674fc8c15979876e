-- A balance says what is left. What is open stands in `open_calls`, and all else was charged: a call that costs what it has taken,
-- as most do, ends without the lock of its balance and without a write to it.

-- This drops the constraints that name the columns.
ALTER TABLE token_balances
    DROP COLUMN open_units,
    DROP COLUMN charged_units,
    ADD CONSTRAINT token_balances_left_of_bought CHECK (left_units >= 0 AND left_units <= units);
