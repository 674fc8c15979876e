-- stories::history_of_listing
-- $1 the listing; $2 to $4 the position that the page lies before; $5 the number of rows.
SELECT
    at, source, key, what, subject, name, was, state, amount_minor, currency, reference, by_account, note
FROM (
    (
        SELECT
            a.at, 1::smallint AS source, lpad(to_hex(a.id), 32, '0')::uuid AS key, a.action AS what,
            a.subject_id AS subject, NULL::text AS name, a.before AS was, a.after AS state,
            NULL::bigint AS amount_minor, NULL::text AS currency, NULL::text AS reference,
            a.account_id AS by_account, a.reason AS note
        FROM audit_events a
        WHERE a.subject_id = $1 AND a.at <= $2
            AND (a.at, 1::smallint, lpad(to_hex(a.id), 32, '0')::uuid) < ($2, $3, $4)
        ORDER BY a.subject_id, a.at DESC, a.id DESC LIMIT $5
    )
    UNION ALL
    (
        SELECT
            s.at, 11::smallint, lpad(to_hex(s.id), 32, '0')::uuid, 'units_changed', s.listing_id, NULL, NULL, NULL, NULL,
            NULL, NULL, NULL, to_char(s.units, 'SFM999999999990') || ' units'
        FROM stock_changes s
        WHERE s.listing_id = $1 AND s.at <= $2
            AND (s.at, 11::smallint, lpad(to_hex(s.id), 32, '0')::uuid) < ($2, $3, $4)
        ORDER BY s.listing_id, s.at DESC, s.id DESC LIMIT $5
    )
) AS entries
ORDER BY at DESC, source DESC, key DESC
LIMIT $5
