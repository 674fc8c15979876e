-- books::tabs: buyers whose tab is not what their small orders come to.
WITH owed AS (
    SELECT buyer_id, sum(total_minor)::bigint AS open_minor
    FROM orders
    WHERE route = 'tab' AND state = 'fulfilled'
    GROUP BY buyer_id
)
SELECT
    a.id,
    format(
        'its small orders come to %s minor units; its tab says %s',
        coalesce(owed.open_minor, 0), coalesce(tabs.open_minor::text, 'nothing')
    ) AS finding
FROM accounts a
LEFT JOIN tabs ON tabs.account_id = a.id
LEFT JOIN owed ON owed.buyer_id = a.id
WHERE coalesce(owed.open_minor, 0) IS DISTINCT FROM tabs.open_minor
ORDER BY a.id
