//! `/v1/admin/listings`

pub(crate) mod restore;
pub(crate) mod suspend;
