//! `/v1/admin/listings`

pub(crate) mod restore;
pub(crate) mod show;
pub(crate) mod suspend;
