use std::str::FromStr;

use crate::account::digest;
use crate::secret::Secret;

digest!(
    /// SHA-256 of a recovery code; the code itself is never stored.
    RecoveryCodeDigest
);

/// A code that stands in for the app once, when it is lost: 120 random bits, in 24 digits of Crockford's base 32.
///
/// With 112 bits or more, a plain digest keeps it (OWASP ASVS 5.0, 6.5.2).
#[derive(Debug, Clone)]
pub struct RecoveryCode(Secret);

/// A text is not a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of your recovery codes, such as 0k3v-7m2q-x9ad-51tz-e8rn-c4hw")]
pub struct RecoveryCodeError;

impl RecoveryCode {
    /// Number of codes that an account is given.
    pub const COUNT: usize = 10;

    /// Number of digits.
    pub const DIGITS: usize = 24;

    /// Number of random bytes.
    pub const BYTES: usize = 15;

    const GROUP: usize = 4;
    const ALPHABET: &'static [u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

    /// The code of these random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        // With full capacity. A text that grew would leave a copy of the secret behind.
        let mut text = String::with_capacity(Self::DIGITS);
        let mut bits = bytes
            .iter()
            .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
        bits <<= 8;
        for _ in 0..Self::DIGITS {
            let digit = usize::try_from(bits >> 123).unwrap_or(0);
            text.push(char::from(
                Self::ALPHABET.get(digit).copied().unwrap_or(b'0'),
            ));
            bits <<= 5;
        }
        Self(Secret::new(text))
    }

    /// The digits, without groups: what is digested.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The digits in groups of four, as they are shown.
    #[must_use]
    pub fn grouped(&self) -> Secret {
        let mut text = String::with_capacity(Self::DIGITS.saturating_mul(2));
        for (number, digit) in self.expose().chars().enumerate() {
            if number > 0 && number.is_multiple_of(Self::GROUP) {
                text.push('-');
            }
            text.push(digit);
        }
        Secret::new(text)
    }
}

impl FromStr for RecoveryCode {
    type Err = RecoveryCodeError;

    /// In any case and grouping, with the letters that Crockford takes for digits.
    fn from_str(text: &str) -> Result<Self, RecoveryCodeError> {
        let mut digits = String::with_capacity(Self::DIGITS);
        for character in text.chars() {
            let digit = match character.to_ascii_lowercase() {
                '-' => continue,
                space if space.is_whitespace() => continue,
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            let is_known = Self::ALPHABET
                .iter()
                .any(|known| char::from(*known) == digit);
            if !is_known || digits.len() == Self::DIGITS {
                return Err(RecoveryCodeError);
            }
            digits.push(digit);
        }
        if digits.len() == Self::DIGITS {
            Ok(Self(Secret::new(digits)))
        } else {
            Err(RecoveryCodeError)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_keeps_its_form() {
        let code = RecoveryCode::from_bytes([0xff; 15]);
        assert_eq!(code.expose(), "z".repeat(24));
        let mut bytes = [0; 15];
        bytes[0] = 0b0000_1000;
        bytes[14] = 31;
        let code = RecoveryCode::from_bytes(bytes);
        assert_eq!(code.grouped().expose(), "1000-0000-0000-0000-0000-000z");
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let read = |text: &str| {
            let code = text.parse::<RecoveryCode>();
            code.map(|code| code.expose().to_owned())
        };
        let expected = Ok("01abcdefgh10000000000000".to_owned());
        assert_eq!(read("01ab-cdef-gh10-0000-0000-0000"), expected);
        assert_eq!(read(" OLAB CDEF GHI0 oooo oooo oooo "), expected);
        for text in [
            "",
            "01ab",
            "u1ab-cdef-gh10-0000-0000-0000",
            "01ab-cdef-gh10-0000-0000-00000",
        ] {
            assert_eq!(read(text), Err(RecoveryCodeError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_read_as_it_was_shown(bytes: [u8; 15]) {
            let code = RecoveryCode::from_bytes(bytes);
            let read: RecoveryCode = code.grouped().expose().parse().unwrap();
            prop_assert_eq!(read.expose(), code.expose());
        }

        #[test]
        fn different_bytes_have_different_codes(one: [u8; 15], other: [u8; 15]) {
            let [first, second] = [one, other].map(RecoveryCode::from_bytes);
            prop_assert_eq!(one == other, first.expose() == second.expose());
        }
    }
}
