-- The payments that a buyer has made of a tab are listed along an index of their own: most charges of a buyer carry
-- none.
CREATE INDEX charges_paid_carrying_idx ON charges (buyer_id, id DESC) WHERE state = 'paid' AND tab_minor > 0;
