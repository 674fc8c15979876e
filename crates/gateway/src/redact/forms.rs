use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Fewest characters of Base64 that are looked for on their own: shorter ones come by chance.
const SHORTEST_BASE64: usize = 8;

/// The forms in which services repeat a secret: as it is, encoded for an address (RFC 3986, WHATWG URL), escaped for
/// JSON or HTML, and in Base64, wherever in a longer text it stands there.
pub(super) fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_owned()];
    forms.extend(base64(secret.as_bytes()));
    if !secret.bytes().all(is_never_encoded) {
        forms.extend(encoded(secret));
    }
    forms.sort_unstable();
    forms.dedup();
    forms.into_iter().map(String::into_bytes).collect()
}

/// Whether a byte is itself in every form of text.
const fn is_never_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// The forms in which a secret is text.
fn encoded(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for keeps in ["-._~", "-._~!'()*", "*-._", "-._~!$&'()*+,;=:@/?"] {
        for hex in [HEX_UPPER, HEX_LOWER] {
            forms.push(percent_encoded(secret, keeps, hex));
            forms.push(percent_encoded(secret, keeps, hex).replace("%20", "+"));
        }
    }
    for slash in ["/", "\\/"] {
        for ascii in [
            Unicode::Kept,
            Unicode::Escaped(HEX_UPPER),
            Unicode::Escaped(HEX_LOWER),
        ] {
            forms.push(json_escaped(secret, slash, ascii, false));
            forms.push(json_escaped(secret, slash, ascii, true));
        }
    }
    for apostrophe in ["'", "&#39;", "&#x27;"] {
        forms.push(html_escaped(secret, apostrophe));
    }
    forms
}

type Hex = &'static [u8; 16];
const HEX_UPPER: Hex = b"0123456789ABCDEF";
const HEX_LOWER: Hex = b"0123456789abcdef";

/// Digits of a number below 16 to the power of `count`.
fn hex(number: u16, count: u32, digits: Hex) -> impl Iterator<Item = char> {
    let places = (0..count).rev();
    places.map(move |place| {
        let digit = usize::from((number >> (4 * place)) & 0xf);
        digits.get(digit).copied().map_or('0', char::from)
    })
}

fn percent_encoded(secret: &str, keeps: &str, digits: Hex) -> String {
    let mut encoded = String::with_capacity(secret.len() * 3);
    for byte in secret.bytes() {
        if byte.is_ascii_alphanumeric() || keeps.as_bytes().contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.extend(hex(byte.into(), 2, digits));
        }
    }
    encoded
}

/// How characters beyond ASCII are written.
#[derive(Clone, Copy)]
enum Unicode {
    Kept,
    Escaped(Hex),
}

/// A text within a string of JSON (RFC 8259). With `for_html`, also what would end the element of a page that it is in.
fn json_escaped(secret: &str, slash: &str, unicode: Unicode, for_html: bool) -> String {
    let digits = match unicode {
        Unicode::Escaped(digits) => digits,
        Unicode::Kept => HEX_LOWER,
    };
    let mut escaped = String::with_capacity(secret.len() * 2);
    for character in secret.chars() {
        let is_beyond = !character.is_ascii() && matches!(unicode, Unicode::Escaped(_));
        match character {
            '"' | '\\' => escaped.extend(['\\', character]),
            '/' => escaped.push_str(slash),
            _ if is_beyond || (for_html && matches!(character, '<' | '>' | '&' | '\'')) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    escaped.push_str("\\u");
                    escaped.extend(hex(*unit, 4, digits));
                }
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

fn html_escaped(secret: &str, apostrophe: &str) -> String {
    let escaped = secret.replace('&', "&amp;");
    let escaped = escaped.replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', apostrophe)
}

/// What a text is in Base64, after any number of bytes and before any others: the characters that depend on it alone.
fn base64(secret: &[u8]) -> Vec<String> {
    let mut cores = Vec::new();
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(secret);
            let encoded = engine.encode(&bytes);
            // Each character has six bits.
            let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
            let core = encoded.get(first..end).unwrap_or_default();
            if core.len() >= SHORTEST_BASE64 {
                cores.push(core.to_owned());
            }
        }
    }
    cores
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::super::Secrets;
    use super::*;

    fn has(secret: &str, form: &str) -> bool {
        forms(secret).contains(&form.as_bytes().to_vec())
    }

    #[test]
    fn a_plain_key_has_few_forms() {
        let all = forms("sk_live_0123456789");
        assert!(all.len() <= 7, "{}", all.len());
    }

    #[test]
    fn a_key_is_known_in_addresses_json_pages_and_base64() {
        let secret = "k&y/+ =\"\u{e9}'";
        for form in [
            "k&y/+ =\"\u{e9}'",
            "k%26y%2F%2B%20%3D%22%C3%A9%27",
            "k%26y%2f%2b%20%3d%22%c3%a9%27",
            "k%26y%2F%2B%20%3D%22%C3%A9'",
            "k%26y%2F%2B+%3D%22%C3%A9%27",
            "k&y/+%20=%22%C3%A9'",
            "k&y/+ =\\\"\u{e9}'",
            "k&y\\/+ =\\\"\u{e9}'",
            "k&y/+ =\\\"\\u00e9'",
            "k&y\\/+ =\\\"\\u00E9'",
            "k\\u0026y/+ =\\\"\u{e9}\\u0027",
            "k&amp;y/+ =&quot;\u{e9}&#39;",
        ] {
            assert!(has(secret, form), "{form}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_key_is_the_same_in_every_form_of_text(secret in "[A-Za-z0-9._-]{1,40}") {
            prop_assert!(encoded(&secret).iter().all(|form| *form == secret));
        }

        #[test]
        fn basic_authentication_is_known_whoever_the_user_is(
            user in "[ -9;-~]{0,12}", secret in "[!-~]{12,60}", after in "[ -~]{0,4}"
        ) {
            let secrets = Secrets::new(forms(&secret));
            let credentials = STANDARD.encode(format!("{user}:{secret}{after}"));
            let redacted = secrets.redact(credentials.as_bytes()).unwrap();
            prop_assert_eq!(redacted.len(), credentials.len());
            let left = redacted.iter().filter(|byte| **byte != b'*').count();
            // What is left has the user, and at most two bytes of the secret at either end.
            let others = (user.len() + 1 + after.len() + 4) * 8 / 6 + 6;
            prop_assert!(left <= others, "{left} of {}", credentials.len());
        }
    }
}
