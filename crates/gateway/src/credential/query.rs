use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::known::{holds_access_key, in_text};

/// The access key in the value of a parameter.
pub(super) fn value_of_access_key(query: &str) -> Option<String> {
    query.split('&').find_map(|pair| {
        let (_name, value) = pair.split_once('=')?;
        let value = decoded(value);
        in_text(&value).map(str::to_owned)
    })
}

/// A query without the parameters that hold an access key.
pub(crate) fn without_access_keys(query: &str) -> String {
    let pairs = query
        .split('&')
        .filter(|pair| !holds_access_key(decoded(pair).as_bytes()));
    pairs.collect::<Vec<_>>().join("&")
}

/// A query in which the parameter `name` has this value, encoded, and no other.
pub(super) fn with_parameter(query: &str, name: &str, value: &str) -> String {
    let others = query.split('&').filter(|pair| {
        let found = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && decoded(found) != name
    });
    let mut pairs: Vec<&str> = others.collect();
    let parameter = format!("{name}={value}");
    pairs.push(&parameter);
    pairs.join("&")
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_with_an_access_key_goes_and_the_others_stay_as_they_are() {
        let query = "a=%2f&key=udk_1&b=x+y&c=udk%5F2&&d";
        assert_eq!(without_access_keys(query), "a=%2f&b=x+y&&d");
        assert_eq!(without_access_keys("key=udk_1"), "");
        assert_eq!(without_access_keys(""), "");
    }

    #[test]
    fn a_service_gets_its_parameter_once() {
        let placed = |query: &str| with_parameter(query, "key", "sk");
        assert_eq!(placed(""), "key=sk");
        assert_eq!(placed("a=%2f"), "a=%2f&key=sk");
        assert_eq!(placed("key=1&a&k%65y=2&key&KEY=3"), "a&KEY=3&key=sk");
    }
}
