-- Who has resolved an alert, and what was done about it. A server of the version before writes neither, and leaves both as they are
-- when an alert is raised again: they count while it is resolved.
ALTER TABLE alerts
    ADD COLUMN resolution text,
    ADD COLUMN resolved_by uuid;
