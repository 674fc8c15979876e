//! Documents at well-known addresses (RFC 8615).

pub(crate) mod udam_receipts;
