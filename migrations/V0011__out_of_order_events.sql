-- The table of events that came before their payment is named for what it holds.
--
-- A server of the version before goes on using the old name during a deploy: it is a view of the table,
-- which takes its inserts and deletes.
ALTER TABLE payment_news RENAME TO out_of_order_events;
ALTER TABLE out_of_order_events RENAME COLUMN news TO kind;
ALTER TABLE out_of_order_events RENAME COLUMN at TO happened_at;
ALTER TABLE out_of_order_events RENAME CONSTRAINT payment_news_pkey TO out_of_order_events_pkey;
ALTER TABLE out_of_order_events
    RENAME CONSTRAINT payment_news_known TO out_of_order_events_kind_known;
ALTER INDEX payment_news_payment_idx RENAME TO out_of_order_events_payment_idx;

CREATE VIEW payment_news AS
SELECT id, payment, kind AS news, refunded_minor, currency, happened_at AS at
FROM out_of_order_events;
