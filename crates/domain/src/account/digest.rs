/// A type of SHA-256 digests of secrets, which does not print.
macro_rules! digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The digest with these bytes.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes that storage keeps and looks up.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("[redacted]")
            }
        }
    };
}

pub(crate) use digest;

digest!(
    /// SHA-256 of a session token; the token itself is never stored.
    SessionDigest
);
digest!(
    /// SHA-256 of a secret that a browser keeps, by which it is recognized; the secret itself is never stored.
    DeviceDigest
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_does_not_print() {
        assert_eq!(format!("{:?}", DeviceDigest::new([7; 32])), "[redacted]");
        assert_eq!(format!("{:?}", SessionDigest::new([7; 32])), "[redacted]");
    }
}
