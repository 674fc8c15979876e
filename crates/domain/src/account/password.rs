use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;

use crate::secret::Secret;

/// A password in plain text, to be hashed or verified.
///
/// Passwords are compared as RFC 8265 (section 4.2, `OpaqueString`) says: in Unicode's normalization form C, with a
/// space for every space that is not ASCII. Keyboards write the same letters in different ways.
#[derive(Debug, Clone)]
pub struct Password {
    text: Secret,
    /// The text as it was typed; `None` if it is the same.
    typed: Option<Secret>,
}

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

    /// A new password of a valid length; any characters are allowed. Whether it is too easy to guess depends
    /// on the account: see [`check`](Self::check).
    ///
    /// # Errors
    /// When it has fewer than [`MIN_LENGTH`](Self::MIN_LENGTH) or more than
    /// [`MAX_LENGTH`](Self::MAX_LENGTH) characters.
    pub fn new(text: String) -> Result<Self, PasswordError> {
        let password = Self::attempt(text)?;
        if password.expose().chars().count() >= Self::MIN_LENGTH {
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
        let typed = Secret::new(text);
        let password = match prepared(typed.expose()) {
            Some(text) => Self {
                text,
                typed: Some(typed),
            },
            None => Self {
                text: typed,
                typed: None,
            },
        };
        if password.expose().chars().count() > Self::MAX_LENGTH {
            return Err(PasswordError);
        }
        Ok(password)
    }

    /// The password in plain text, prepared for comparison.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// The password as it was typed, if it is prepared differently: hashes of earlier releases were made of
    /// that.
    #[must_use]
    pub fn as_typed(&self) -> Option<Self> {
        self.typed.clone().map(|text| Self { text, typed: None })
    }
}

/// The text as RFC 8265 prepares it; `None` if it stays as it is.
fn prepared(text: &str) -> Option<Secret> {
    if text.is_ascii() {
        return None;
    }
    // Normalized text is at most three times as long (UAX #15), so that no copy is left behind by growing.
    let mut prepared = String::with_capacity(text.len().saturating_mul(3));
    prepared.extend(text.chars().map(ascii_space).nfc());
    let prepared = Secret::new(prepared);
    (prepared.expose() != text).then_some(prepared)
}

/// A space for any character of the general category `Zs`, "space separator".
const fn ascii_space(character: char) -> char {
    match character {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            ' '
        }
        other => other,
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_new_password_has_a_length_and_no_other_rule() {
        assert!(Password::new("seven 7".into()).is_err());
        assert!(Password::new("ünïcödé8".into()).is_ok());
        assert!(Password::new("x".repeat(257)).is_err());
        assert!(Password::attempt("x".into()).is_ok());
    }

    #[test]
    fn a_password_is_the_same_however_its_letters_and_spaces_are_written() {
        let same = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| Password::new(text.into()).unwrap());
            assert_eq!(one.expose(), other.expose());
        };
        same(
            "cr\u{e8}me br\u{fb}l\u{e9}e",
            "cre\u{300}me bru\u{302}le\u{301}e",
        );
        same(
            "\u{1e69}\u{1e69}\u{1e69}\u{1e69}\u{1e69}\u{1e69}\u{1e69}\u{1e69}",
            &"s\u{307}\u{323}".repeat(8),
        );
        same(
            "\u{d55c}\u{ae00} 1234567",
            "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}\u{3000}1234567",
        );
        same("a b c d e", "a\u{a0}b\u{2003}c\u{202f}d\u{3000}e");
        // Case, compatibility and order of letters make a difference.
        let exposed = |text: &str| Password::new(text.into()).unwrap().expose().to_owned();
        for other in ["Secret12", "\u{ff53}ecret12", "secret21"] {
            assert_ne!(exposed("secret12"), exposed(other));
        }
    }

    #[test]
    fn the_length_is_that_of_the_prepared_password_and_what_was_typed_is_kept() {
        let decomposed = "e\u{301}".repeat(8);
        assert!(Password::new("e\u{301}".repeat(7)).is_err());
        assert!(Password::new("e\u{301}".repeat(256)).is_ok());
        assert!(Password::new("e\u{301}".repeat(257)).is_err());
        let password = Password::new(decomposed.clone()).unwrap();
        assert_eq!(password.expose(), "\u{e9}".repeat(8));
        assert_eq!(password.as_typed().unwrap().expose(), decomposed);
        for same in [
            "secret 12",
            "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
        ] {
            assert!(Password::new(same.into()).unwrap().as_typed().is_none());
        }
    }

    proptest! {
        #[test]
        fn preparing_a_password_twice_changes_nothing(text in "\\PC{0,40}") {
            if let Ok(once) = Password::attempt(text) {
                let twice = Password::attempt(once.expose().to_owned()).unwrap();
                prop_assert_eq!(twice.expose(), once.expose());
                prop_assert!(twice.as_typed().is_none());
            }
        }
    }

    #[test]
    fn neither_password_nor_hash_prints() {
        let password = Password::new("hunter2hunter2".into()).unwrap();
        let hash = PasswordHash::from_phc("$argon2id$…".into());
        assert_eq!(
            format!("{password:?} {hash:?}"),
            "Password { text: [redacted], typed: None } [redacted]"
        );
    }
}
