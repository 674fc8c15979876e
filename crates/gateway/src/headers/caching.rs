/// The directives of a cache (RFC 9111, section 5.2) of a service, without those by which a cache that many share would
/// keep the answer: the next buyer would have it without a call.
pub(super) fn private<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> String {
    let values: Vec<_> = values.into_iter().map(String::from_utf8_lossy).collect();
    let all = values.iter().flat_map(|value| directives(value));
    let mut kept: Vec<&str> = all.filter(|directive| !is_for_shared(directive)).collect();
    let has = |name: &str| {
        kept.iter()
            .any(|directive| directive.eq_ignore_ascii_case(name))
    };
    if !has("private") && !has("no-store") {
        kept.push("private");
    }
    kept.join(", ")
}

/// The directives of one value. Commas within quotes belong to an argument.
fn directives(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let parts = value.split(move |character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    });
    parts
        .map(str::trim)
        .filter(|directive| !directive.is_empty())
}

fn is_for_shared(directive: &str) -> bool {
    let name = directive.split('=').next().unwrap_or_default().trim();
    ["public", "s-maxage", "must-understand", "proxy-revalidate"]
        .iter()
        .any(|shared| name.eq_ignore_ascii_case(shared))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shared_cache_keeps_an_answer() {
        for (said, expected) in [
            ("", "private"),
            ("public, max-age=60", "max-age=60, private"),
            ("Public,S-MaxAge = 9,max-age=60", "max-age=60, private"),
            ("no-store", "no-store"),
            ("Private, max-age=5", "Private, max-age=5"),
            ("private=\"a, public\"", "private=\"a, public\", private"),
            ("no-cache", "no-cache, private"),
        ] {
            assert_eq!(private([said.as_bytes()]), expected);
        }
        assert_eq!(
            private([&b"public"[..], b"max-age=1"]),
            "max-age=1, private"
        );
        assert_eq!(private([]), "private");
    }
}
