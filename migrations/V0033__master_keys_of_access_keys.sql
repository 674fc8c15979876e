-- Which master keys first access keys are sealed under is looked up before each start: one entry for each master key, however many
-- keys there are.
CREATE INDEX access_keys_master_key_id_idx ON access_keys (master_key_id, id) WHERE sealed_key IS NOT NULL;
