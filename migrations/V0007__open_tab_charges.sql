-- The open charge of a tab is found among the open ones, not among all that its buyer ever had.
CREATE INDEX charges_open_tab_idx ON charges (buyer_id, id DESC)
    WHERE order_id IS NULL AND state = 'open';
