-- listings::edit::rewrite
UPDATE listings SET
    service_name = coalesce($2, service_name),
    description = CASE WHEN $3 THEN $4 ELSE description END,
    endpoint_url = CASE WHEN $5 THEN $6 ELSE endpoint_url END,
    price_minor = coalesce($7, price_minor),
    currency = coalesce($8, currency),
    unit_description = coalesce($9, unit_description),
    state = coalesce($10, state),
    sealed_key = coalesce($11, sealed_key),
    master_key_id = coalesce($12, master_key_id)
WHERE id = $1
