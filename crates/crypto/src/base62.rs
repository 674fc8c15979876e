use std::iter;

use zeroize::Zeroizing;

use crate::bearer::{Encoding, RANDOM_BYTES};

/// Digits by value. They ascend in ASCII as well, so that texts of one length compare as their numbers do.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 2^256 - 1, the largest number of 32 bytes.
const LARGEST: &str = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

/// Big-endian numbers in base 62, with leading zeros.
pub(crate) struct Base62;

impl Encoding for Base62 {
    const RANDOM_LENGTH: usize = 43;
    const CHECKSUM_LENGTH: usize = 6;

    fn random(bytes: &[u8; RANDOM_BYTES]) -> Zeroizing<String> {
        let mut number = Zeroizing::new(*bytes);
        let mut text = Zeroizing::new([0; Self::RANDOM_LENGTH]);
        for place in text.iter_mut().rev() {
            *place = digit(divide(number.as_mut_slice()));
        }
        Zeroizing::new(text.iter().copied().map(char::from).collect())
    }

    fn is_random(text: &str) -> bool {
        text.len() == Self::RANDOM_LENGTH
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && text <= LARGEST
    }

    fn checksum(crc: u32) -> String {
        let quotients = iter::successors(Some(crc), |rest| Some(rest / 62));
        let digits: Vec<u8> = quotients
            .take(Self::CHECKSUM_LENGTH)
            .map(|rest| digit(rest % 62))
            .collect();
        digits.into_iter().rev().map(char::from).collect()
    }
}

/// Divides a big-endian number by 62, and returns the remainder.
fn divide(number: &mut [u8]) -> u32 {
    number.iter_mut().fold(0, |remainder, byte| {
        let dividend = (remainder << 8) | u32::from(*byte);
        // The remainder of the digit before is below 62, so the quotient is below 256.
        *byte = u8::try_from(dividend / 62).unwrap_or(u8::MAX);
        dividend % 62
    })
}

fn digit(value: u32) -> u8 {
    let index = usize::try_from(value).unwrap_or(usize::MAX);
    DIGITS.get(index).copied().unwrap_or(b'0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes of a text, by Horner's rule on 64-bit limbs.
    fn decode(text: &str) -> Option<[u8; RANDOM_BYTES]> {
        let mut limbs = [0_u64; 4];
        for character in text.bytes() {
            let value = DIGITS.iter().position(|digit| *digit == character)?;
            let mut carry = u128::try_from(value).ok()?;
            for limb in limbs.iter_mut().rev() {
                let product = u128::from(*limb) * 62 + carry;
                *limb = u64::try_from(product & u128::from(u64::MAX)).ok()?;
                carry = product >> 64;
            }
            if carry != 0 {
                return None;
            }
        }
        limbs.map(u64::to_be_bytes).concat().try_into().ok()
    }

    #[test]
    fn the_largest_text_is_that_of_the_largest_number() {
        assert_eq!(Base62::random(&[0xff; RANDOM_BYTES]).as_str(), LARGEST);
        assert_eq!(decode(LARGEST), Some([0xff; RANDOM_BYTES]));
        assert!(Base62::is_random(LARGEST));
        let next = LARGEST.replace("Xp1", "Xp2");
        assert_eq!(decode(&next), None);
        assert!(!Base62::is_random(&next));
    }

    #[test]
    fn numbers_are_padded_to_a_fixed_length() {
        let mut one = [0; RANDOM_BYTES];
        one[31] = 61;
        assert_eq!(
            Base62::random(&one).as_str(),
            format!("{}z", "0".repeat(42))
        );
        assert_eq!(Base62::checksum(0), "000000");
        assert_eq!(Base62::checksum(62), "000010");
        assert_eq!(Base62::checksum(u32::MAX), "4gfFC3");
    }

    proptest! {
        #[test]
        fn any_bytes_are_encoded_to_a_text_of_them(bytes: [u8; RANDOM_BYTES]) {
            let text = Base62::random(&bytes);
            prop_assert!(Base62::is_random(&text));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn a_text_is_accepted_if_it_decodes(text in "[0-9A-Za-z]{43}") {
            prop_assert_eq!(Base62::is_random(&text), decode(&text).is_some());
        }

        #[test]
        fn a_text_of_another_length_or_alphabet_is_refused(text in "[0-9A-Za-z]{0,42}|[0-9A-Za-z]{44,60}|0{20}[^0-9A-Za-z]0{22}") {
            prop_assert!(!Base62::is_random(&text));
        }
    }
}
