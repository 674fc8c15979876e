//! `/v1/admin/accounts`

pub(crate) mod restore;
pub(crate) mod suspend;
