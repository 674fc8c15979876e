-- books::tabs: buyers whose tab is not what their unpaid small orders come to.
WITH owed AS (
    SELECT o.buyer_id, sum(o.total_minor)::bigint AS open_minor
    FROM orders o
    LEFT JOIN charges c ON c.id = o.charge_id
    WHERE o.route = 'tab' AND o.state = 'fulfilled' AND c.state IS DISTINCT FROM 'paid'
    GROUP BY o.buyer_id
)
SELECT
    a.id,
    format(
        'its unpaid small orders come to %s minor units; its tab says %s',
        coalesce(owed.open_minor, 0), coalesce(tabs.open_minor::text, 'nothing')
    ) AS finding
FROM accounts a
LEFT JOIN tabs ON tabs.account_id = a.id
LEFT JOIN owed ON owed.buyer_id = a.id
WHERE coalesce(owed.open_minor, 0) IS DISTINCT FROM tabs.open_minor
ORDER BY a.id
