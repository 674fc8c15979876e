//! Commands for a POSIX shell, to be pasted.

use zeroize::Zeroizing;

/// A command that sends a key to an address as a bearer token. `--globoff` has curl take braces and brackets as they are.
pub(crate) fn curl(address: &str, key: &str) -> Zeroizing<String> {
    let header = Zeroizing::new(format!("Authorization: Bearer {key}"));
    let (header, address) = (quoted(&header), quoted(address));
    Zeroizing::new(format!("curl --globoff --header {} {}", *header, *address))
}

/// The text as one word.
fn quoted(text: &str) -> Zeroizing<String> {
    let inside = Zeroizing::new(text.replace('\'', r"'\''"));
    Zeroizing::new(format!("'{}'", *inside))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_command_reaches_curl_as_it_is_meant() {
        for (endpoint, key) in [
            ("https://rain.example/{lat}/{lon}?a=1&b=$HOME", "sk_live_1"),
            ("https://rain.example/it's", "a'b\"c$HOME`id`\\!*;|&<>"),
            ("https://rain.example/~", "''"),
        ] {
            let command = curl(endpoint, key);
            let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}; {}", *command);
            let printed = Command::new("sh").args(["-c", &script]).output().unwrap();
            let printed = String::from_utf8(printed.stdout).unwrap();
            let header = format!("Authorization: Bearer {key}");
            let expected = ["--globoff", "--header", &header, endpoint];
            assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
        }
    }
}
