use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The forms in which a secret could appear in a file: plain, reversed, in hexadecimal, and in base64
/// whatever precedes and follows it.
///
/// Base64 encodes three bytes in four characters, so the encoding depends on how many bytes precede the
/// secret. Only the characters that depend on the secret alone are kept.
#[must_use]
pub fn encodings(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        hex::encode(secret),
        hex::encode_upper(secret),
        secret.chars().rev().collect(),
    ];
    for preceding in 0..3 {
        let mut bytes = vec![0; preceding];
        bytes.extend_from_slice(secret.as_bytes());
        let first = (preceding * 8).div_ceil(6);
        let whole = bytes.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes);
            forms.extend(encoded.get(first..whole).map(str::to_owned));
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_base64_whatever_surrounds_it() {
        for before in ["", "a", "ab", "abc"] {
            for after in ["", "x", "xy"] {
                let hidden = STANDARD_NO_PAD.encode(format!("{before}canary-9f3?>~{after}"));
                let found = encodings("canary-9f3?>~")
                    .iter()
                    .any(|form| hidden.contains(form));
                assert!(found, "{hidden}");
            }
        }
    }
}
