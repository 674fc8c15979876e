//! Webhooks as routes; `crate::webhooks` has what events do.

pub(crate) mod stripe;
