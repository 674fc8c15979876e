-- stories::history_of_order
-- $1 the order, $2 its charge, $3 its payment, $4 its token; $5 to $7 the position that the page lies before; $8 the number of rows.
SELECT
    at, source, key, what, subject, name, was, state, amount_minor, currency, reference, by_account, note
FROM (
    SELECT recorded.*
    FROM unnest(ARRAY[$1::uuid, $2::uuid, $4::uuid]) AS asked (id)
    CROSS JOIN LATERAL (
        SELECT
            a.at, 1::smallint AS source, lpad(to_hex(a.id), 32, '0')::uuid AS key, a.action AS what,
            a.subject_id AS subject, NULL::text AS name, a.before AS was, a.after AS state,
            NULL::bigint AS amount_minor, NULL::text AS currency, NULL::text AS reference,
            a.account_id AS by_account, a.reason AS note
        FROM audit_events a
        WHERE a.subject_id = asked.id AND a.at <= $5
            AND (a.at, 1::smallint, lpad(to_hex(a.id), 32, '0')::uuid) < ($5, $6, $7)
        ORDER BY a.subject_id, a.at DESC, a.id DESC LIMIT $8
    ) AS recorded
    UNION ALL
    SELECT
        o.created_at, 2::smallint, o.id, 'order_placed', o.id, NULL, NULL, NULL, o.total_minor, o.currency,
        NULL, o.buyer_id, NULL
    FROM orders o WHERE o.id = $1
    UNION ALL
    SELECT
        o.closed_at, 2::smallint, o.id, 'order_closed', o.id, NULL, NULL, o.state, NULL, NULL, NULL, NULL, NULL
    FROM orders o WHERE o.id = $1 AND o.closed_at IS NOT NULL
    UNION ALL
    SELECT
        c.created_at, 3::smallint, c.id, 'payment_opened', c.id, NULL, NULL, c.state, c.order_minor + c.tab_minor,
        c.currency, c.session, NULL, NULL
    FROM charges c WHERE c.id = $2
    UNION ALL
    SELECT
        c.settled_at, 3::smallint, c.id, 'payment_arrived', c.id, NULL, NULL, NULL, c.order_minor + c.tab_minor,
        c.currency, c.payment, NULL, NULL
    FROM charges c WHERE c.id = $2 AND c.settled_at IS NOT NULL
    UNION ALL
    SELECT
        t.created_at, 4::smallint, t.id, 'token_issued', t.id, NULL, NULL, t.state, NULL, NULL, NULL, NULL, NULL
    FROM tokens t WHERE t.id = $4
    UNION ALL
    SELECT
        r.created_at, 5::smallint, r.id, 'refund_of_' || r.origin, r.id, NULL, NULL, r.state, r.amount_minor,
        r.currency, r.reference, NULL, NULL
    FROM refunds r WHERE r.charge_id = $2 AND (r.order_id = $1 OR r.order_id IS NULL)
    UNION ALL
    SELECT
        d.reported_at, 6::smallint, md5(d.reference)::uuid, 'dispute', NULL, d.reference, NULL, d.state,
        d.amount_minor, d.currency, NULL, NULL, NULL
    FROM disputes d WHERE d.charge_id = $2
    UNION ALL
    SELECT
        e.received_at, 7::smallint, lpad(to_hex(e.number), 32, '0')::uuid, 'event_' || e.kind, NULL, e.id, NULL,
        e.state, NULL, NULL, NULL, NULL, e.error
    FROM received_events e
    WHERE e.id IN (
        SELECT id FROM received_events WHERE charge_id = $2
        UNION SELECT id FROM received_events WHERE payment = $3::text
    )
    UNION ALL
    SELECT
        al.last_at, 8::smallint, lpad(to_hex(al.number), 32, '0')::uuid, 'alert_' || al.kind, NULL, al.number::text,
        NULL, CASE WHEN al.resolved_at IS NULL THEN 'open' ELSE 'resolved' END, NULL, NULL, NULL, NULL, al.finding
    FROM alerts al
    WHERE al.number IN (
        SELECT number FROM alerts WHERE charge_id = $2
        UNION SELECT number FROM alerts WHERE subject = $9::text
    )
    UNION ALL
    SELECT
        p.created_at, 9::smallint, lpad(to_hex(p.id), 32, '0')::uuid, 'complaint', p.order_id, NULL, NULL, NULL, NULL,
        NULL, NULL, p.buyer_id, p.reason
    FROM complaints p WHERE p.order_id = $1
    UNION ALL
    SELECT
        m.written_at, 10::smallint, m.id, 'mail_' || m.kind, m.id, NULL, NULL, coalesce(m.outcome, 'due'), NULL, NULL,
        NULL, NULL, NULL
    FROM mails m WHERE m.subject IN ($1::uuid::text, $2::uuid::text)
) AS entries
WHERE (at, source, key) < ($5, $6, $7)
ORDER BY at DESC, source DESC, key DESC
LIMIT $8
