use crate::audit::AuditMac;
use crate::listing::KeyId;

/// Authenticates the links of the audit chain, under keys that are not in the store.
pub trait AuditAuthenticator: Send + Sync {
    /// Returns the master key under which new links are made.
    fn active(&self) -> &KeyId;

    /// Returns the code of a message under the key that is derived from this master key; `None` if it is not at hand.
    fn mac(&self, key: &KeyId, message: &[u8]) -> Option<AuditMac>;
}
