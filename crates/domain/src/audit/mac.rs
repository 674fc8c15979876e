use std::fmt;

/// Authentication code of a link: HMAC-SHA256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditMac([u8; AuditMac::LENGTH]);

impl AuditMac {
    /// Length, in bytes.
    pub const LENGTH: usize = 32;

    /// The code with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Display for AuditMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for AuditMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
