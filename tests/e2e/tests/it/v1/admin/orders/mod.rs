//! `/v1/admin/orders`

pub(crate) mod refund;
pub(crate) mod show;
