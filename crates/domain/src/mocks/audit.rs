use std::hash::{DefaultHasher, Hash, Hasher};

use crate::audit::AuditMac;
use crate::listing::KeyId;
use crate::ports::AuditAuthenticator;

/// Authenticates links by a hash of the key's name and the message, under any key but one named `gone`. It keeps nobody from
/// forging them.
#[derive(Debug, Clone)]
pub struct HashingAuthenticator(pub KeyId);

impl AuditAuthenticator for HashingAuthenticator {
    fn active(&self) -> &KeyId {
        &self.0
    }

    fn mac(&self, key: &KeyId, message: &[u8]) -> Option<AuditMac> {
        if key.as_str() == "gone" {
            return None;
        }
        let mut bytes = [0; AuditMac::LENGTH];
        for (part, eight) in bytes.chunks_mut(8).enumerate() {
            let mut hasher = DefaultHasher::new();
            (part, key.as_str(), message).hash(&mut hasher);
            eight.copy_from_slice(&hasher.finish().to_be_bytes());
        }
        Some(AuditMac::new(bytes))
    }
}
