//! Calls through the gateway.

pub(crate) mod receipt;
