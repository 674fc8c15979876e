-- Credit is earned: a buyer who has never paid may owe little, and a tab that is not paid for long takes no more
-- orders.
--
-- A server of the version before goes on working. It sets neither column; where `owed_since` is out of date
-- because of that, the next order on an empty tab or the next payment corrects it.
ALTER TABLE tabs
    -- Time at which a payment of the account's first arrived.
    ADD COLUMN paid_at timestamptz,
    -- Time of the oldest order on the tab that no payment has cleared.
    ADD COLUMN owed_since timestamptz;

-- The open charges of a buyer that carry a tab are few among all that the buyer ever had.
CREATE INDEX charges_open_carrying_idx ON charges (buyer_id) WHERE state = 'open' AND tab_minor > 0;

UPDATE tabs SET paid_at = paid.first_at
FROM (
    SELECT buyer_id, min(coalesce(settled_at, created_at)) AS first_at
    FROM charges WHERE state = 'paid' GROUP BY buyer_id
) AS paid
WHERE tabs.account_id = paid.buyer_id;

UPDATE tabs SET owed_since = owed.oldest_at
FROM (
    SELECT o.buyer_id, min(o.created_at) AS oldest_at
    FROM orders o LEFT JOIN charges c ON c.id = o.charge_id
    WHERE o.route = 'tab' AND o.state = 'fulfilled' AND c.state IS DISTINCT FROM 'paid'
    GROUP BY o.buyer_id
) AS owed
WHERE tabs.account_id = owed.buyer_id AND tabs.open_minor > 0;

-- Amounts that buyers who have never paid have put on their tabs, by network and day. Its row is the lock that orders of
-- such buyers of one network queue at. Rows of past days are deleted.
CREATE TABLE new_tabs_by_network (
    network inet   NOT NULL,
    day     date   NOT NULL,
    minor   bigint NOT NULL,
    CONSTRAINT new_tabs_by_network_pkey PRIMARY KEY (network, day),
    CONSTRAINT new_tabs_by_network_not_negative CHECK (minor >= 0)
) WITH (fillfactor = 50);
