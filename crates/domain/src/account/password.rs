use std::fmt;

use thiserror::Error;

use crate::secret::Secret;

/// A password in the clear, on its way to being hashed or checked.
#[derive(Debug, Clone)]
pub struct Password(Secret);

/// The password is not one that an account may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "must be {} to {} characters long",
    Password::MIN_LENGTH,
    Password::MAX_LENGTH
)]
pub struct PasswordError;

impl Password {
    /// The fewest characters a new password has (NIST SP 800-63B, 5.1.1.2).
    pub const MIN_LENGTH: usize = 8;

    /// The most characters a password has, so that hashing one is bounded work.
    pub const MAX_LENGTH: usize = 256;

    /// A password to be set. Any characters are welcome; length is the only rule.
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn new(text: String) -> Result<Self, PasswordError> {
        let long_enough = text.chars().count() >= Self::MIN_LENGTH;
        let password = Self::attempt(text)?;
        if long_enough {
            Ok(password)
        } else {
            Err(PasswordError)
        }
    }

    /// A password to be checked, which may be anything short of too long.
    ///
    /// # Errors
    /// When it is longer than any password.
    pub fn attempt(text: String) -> Result<Self, PasswordError> {
        let secret = Secret::new(text);
        if secret.expose().chars().count() > Self::MAX_LENGTH {
            return Err(PasswordError);
        }
        Ok(Self(secret))
    }

    /// The password itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A password's hash with its parameters and salt, in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash that a hasher made or storage kept.
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
