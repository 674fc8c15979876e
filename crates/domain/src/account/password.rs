use std::fmt;

use thiserror::Error;

use crate::secret::Secret;

/// A password in plain text, to be hashed or verified.
#[derive(Debug, Clone)]
pub struct Password(Secret);

/// The password is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "must be {} to {} characters long",
    Password::MIN_LENGTH,
    Password::MAX_LENGTH
)]
pub struct PasswordError;

impl Password {
    /// Fewest characters of a new password (NIST SP 800-63B, 5.1.1.2).
    pub const MIN_LENGTH: usize = 8;

    /// Most characters of a password, which bounds the work of hashing one.
    pub const MAX_LENGTH: usize = 256;

    /// A new password. Its length is the only rule; any characters are allowed.
    ///
    /// # Errors
    /// When it has fewer than [`MIN_LENGTH`](Self::MIN_LENGTH) or more than
    /// [`MAX_LENGTH`](Self::MAX_LENGTH) characters.
    pub fn new(text: String) -> Result<Self, PasswordError> {
        let long_enough = text.chars().count() >= Self::MIN_LENGTH;
        let password = Self::attempt(text)?;
        if long_enough {
            Ok(password)
        } else {
            Err(PasswordError)
        }
    }

    /// A password to be verified, which may be shorter than a new one.
    ///
    /// # Errors
    /// When it has more than [`MAX_LENGTH`](Self::MAX_LENGTH) characters.
    pub fn attempt(text: String) -> Result<Self, PasswordError> {
        let secret = Secret::new(text);
        if secret.expose().chars().count() > Self::MAX_LENGTH {
            return Err(PasswordError);
        }
        Ok(Self(secret))
    }

    /// The password in plain text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Hash of a password with its parameters and salt, in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash from a hasher or from storage.
    #[must_use]
    pub const fn from_phc(text: String) -> Self {
        Self(text)
    }

    /// The PHC string.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_has_a_length_and_no_other_rule() {
        assert!(Password::new("seven 7".into()).is_err());
        assert!(Password::new("ünïcödé8".into()).is_ok());
        assert!(Password::new("x".repeat(257)).is_err());
        assert!(Password::attempt("x".into()).is_ok());
    }

    #[test]
    fn neither_password_nor_hash_prints() {
        let password = Password::new("hunter2hunter2".into()).unwrap();
        let hash = PasswordHash::from_phc("$argon2id$…".into());
        assert_eq!(
            format!("{password:?} {hash:?}"),
            "Password([redacted]) [redacted]"
        );
    }
}
