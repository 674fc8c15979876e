//! `/v1/admin/accounts`

pub(crate) mod restore;
pub(crate) mod show;
pub(crate) mod suspend;
