//! Secrets: text that prints as `[redacted]`, is wiped when dropped, and cannot be serialized.

use std::fmt;

use zeroize::Zeroizing;

/// A secret text, which only [`Secret::expose`] reads.
///
/// `secrecy` was weighed for it: its `SecretString` wipes by the same `zeroize`, but shrinks the `String`
/// it is made from, which may move the text and leave a copy that is not wiped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text, which is wiped when the secret is dropped.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A type of secrets that a mint makes and clients present, of any form.
macro_rules! presented_secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name($crate::secret::Secret);

        impl $name {
            /// A secret from a mint or from a request.
            #[must_use]
            pub fn new(text: String) -> Self {
                Self($crate::secret::Secret::new(text))
            }

            /// The secret in plain text.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }
    };
}

pub(crate) use presented_secret;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_redacted() {
        assert_eq!(
            format!("{:?}", Some(Secret::new("hunter2".into()))),
            "Some([redacted])"
        );
    }
}
