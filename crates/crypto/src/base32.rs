//! Base 32 without padding (RFC 4648, section 6), in which apps take the secrets of second factors.

use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bits of a digit.
const DIGIT: u32 = 5;

/// The text of some bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    // With full capacity. A text that grew would leave a copy of the secret behind.
    let mut text = String::with_capacity(bytes.len() * 2);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= DIGIT {
            held -= DIGIT;
            text.push(digit(bits >> held));
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        text.push(digit(bits << (DIGIT - held)));
    }
    text
}

fn digit(value: u32) -> char {
    let index = usize::try_from(value).unwrap_or(usize::MAX);
    ALPHABET.get(index).copied().map_or('A', char::from)
}

/// The bytes of a text; `None` if it is not the one that [`encode`] makes of any.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|digit| *digit == character)?;
        bits = (bits << DIGIT) | u32::try_from(value).ok()?;
        held += DIGIT;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    (held < DIGIT && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_those_of_the_rfc() {
        // Section 10, without padding.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap().as_slice(), bytes.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_from_their_text(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)).unwrap().to_vec(), bytes);
        }

        #[test]
        fn what_is_read_has_one_text(text in "[A-Z2-7]{0,40}|[a-z0-9= ]{0,9}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
