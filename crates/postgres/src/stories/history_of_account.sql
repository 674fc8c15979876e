-- stories::history_of_account
-- $1 the account; $2 to $4 the position that the page lies before; $5 the greatest identifier of the time of that position; $6 the number
-- of rows. Identifiers of orders and charges begin with the millisecond of their creation, along which they are read.
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
        WHERE a.account_id = $1 AND a.at <= $2
            AND (a.at, 1::smallint, lpad(to_hex(a.id), 32, '0')::uuid) < ($2, $3, $4)
        ORDER BY a.account_id, a.at DESC, a.id DESC LIMIT $6
    )
    UNION ALL
    (
        SELECT
            a.at, 1::smallint, lpad(to_hex(a.id), 32, '0')::uuid, a.action, a.subject_id, NULL, a.before, a.after, NULL,
            NULL, NULL, a.account_id, a.reason
        FROM audit_events a
        WHERE a.subject_id = $1 AND a.account_id IS DISTINCT FROM $1 AND a.at <= $2
            AND (a.at, 1::smallint, lpad(to_hex(a.id), 32, '0')::uuid) < ($2, $3, $4)
        ORDER BY a.subject_id, a.at DESC, a.id DESC LIMIT $6
    )
    UNION ALL
    (
        SELECT
            date_trunc('milliseconds', o.created_at), 2::smallint, o.id, 'order_placed', o.id, NULL, NULL, o.state,
            o.total_minor, o.currency, NULL, NULL, NULL
        FROM orders o
        WHERE o.buyer_id = $1 AND o.id <= $5
            AND (date_trunc('milliseconds', o.created_at), 2::smallint, o.id) < ($2, $3, $4)
        ORDER BY o.buyer_id, o.id DESC LIMIT $6
    )
    UNION ALL
    (
        SELECT
            date_trunc('milliseconds', c.created_at), 3::smallint, c.id, 'payment_opened', c.id, NULL, NULL, c.state,
            c.order_minor + c.tab_minor, c.currency, coalesce(c.payment, c.session), NULL, NULL
        FROM charges c
        WHERE c.buyer_id = $1 AND c.id <= $5
            AND (date_trunc('milliseconds', c.created_at), 3::smallint, c.id) < ($2, $3, $4)
        ORDER BY c.buyer_id, c.id DESC LIMIT $6
    )
    UNION ALL
    (
        SELECT
            p.created_at, 9::smallint, lpad(to_hex(p.id), 32, '0')::uuid, 'complaint', p.order_id, NULL, NULL, NULL,
            NULL, NULL, NULL, NULL, p.reason
        FROM complaints p
        WHERE p.buyer_id = $1 AND p.created_at <= $2
            AND (p.created_at, 9::smallint, lpad(to_hex(p.id), 32, '0')::uuid) < ($2, $3, $4)
        ORDER BY p.buyer_id, p.created_at DESC, p.id DESC LIMIT $6
    )
    UNION ALL
    (
        SELECT
            m.written_at, 10::smallint, m.id, 'mail_' || m.kind, m.id, NULL, NULL, coalesce(m.outcome, 'due'), NULL,
            NULL, NULL, NULL, NULL
        FROM mails m
        WHERE m.account_id = $1 AND m.written_at <= $2
            AND (m.written_at, 10::smallint, m.id) < ($2, $3, $4)
        ORDER BY m.account_id, m.written_at DESC, m.id DESC LIMIT $6
    )
) AS entries
ORDER BY at DESC, source DESC, key DESC
LIMIT $6
