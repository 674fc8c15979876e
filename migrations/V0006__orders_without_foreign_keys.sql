-- What every order writes is written without foreign keys, and without an index that nothing reads.
--
-- A foreign key is checked row by row, with a query and a row lock in the table it points to: seven of
-- them cost an order more than everything else that PostgreSQL does for it, and two servers that sell one
-- listing would share the locks of its row and its seller's. The rows they point to are read in the
-- same transaction and are never deleted; `udam verify` finds an order or a token that points nowhere.
ALTER TABLE orders
    DROP CONSTRAINT orders_buyer_id_fkey,
    DROP CONSTRAINT orders_seller_id_fkey,
    DROP CONSTRAINT orders_listing_id_fkey;
ALTER TABLE tokens
    DROP CONSTRAINT tokens_order_id_fkey,
    DROP CONSTRAINT tokens_listing_id_fkey,
    DROP CONSTRAINT tokens_buyer_id_fkey,
    DROP CONSTRAINT tokens_seller_id_fkey;
DROP INDEX orders_listing_id_idx;
