use url::Url;

/// The path and query of this text, if a browser that follows it stays on this site. Anything else would
/// make our login page an open redirect.
///
/// The text is parsed as browsers parse it (the [URL standard](https://url.spec.whatwg.org/)), and the result
/// is what was parsed, never the text itself.
pub(super) fn local_path(text: &str) -> Option<String> {
    let rooted = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    // Browsers drop tabs and line breaks before they look for slashes.
    if !rooted || text.chars().any(char::is_control) {
        return None;
    }
    let base = Url::parse("https://store.invalid/").ok()?;
    let url = base.join(text).ok()?;
    if url.origin() != base.origin() {
        return None;
    }
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    // Removing dot segments can leave a path that names another host when it is parsed again: "/.//evil".
    (!path.starts_with("//")).then_some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn local_paths_keep_their_query() {
        for path in [
            "/",
            "/orders?after=ord_1",
            "/?q=a%20b&seller=acc_1",
            "/%09/evil",
            "/@evil",
        ] {
            assert_eq!(local_path(path).as_deref(), Some(path));
        }
        assert_eq!(local_path("/a/../tab#top").as_deref(), Some("/tab"));
        assert_eq!(local_path("/?q=é").as_deref(), Some("/?q=%C3%A9"));
    }

    #[test]
    fn other_sites_are_refused() {
        for text in [
            "",
            "evil",
            "//evil",
            "///evil",
            "/\\evil",
            "\\\\evil",
            "/\t/evil",
            "/\n/evil",
            "\t//evil",
            " //evil",
            "/.//evil",
            "/.\\/evil",
            "/a/..//evil",
            "/%2e//evil",
            "/a/%2E%2e/\\evil",
            "https:evil",
            "https://evil/",
            "https:/evil",
            "javascript:alert(1)",
            "/a\r\nset-cookie: b",
            "/a\u{85}",
            "?next=//evil",
            "\u{2f}\u{2f}evil",
        ] {
            assert_eq!(local_path(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_accepted_path_stays_on_this_site(text in "[/\\\\.%2eE?#@: \tahtps\\x00]{0,12}|\\PC*") {
            if let Some(path) = local_path(&text) {
                let here = Url::parse("http://127.0.0.1:8080/login?next=x").unwrap();
                let there = here.join(&path).unwrap();
                prop_assert_eq!(there.origin(), here.origin());
                prop_assert!(path.is_ascii() && !path.contains(char::is_control));
                prop_assert_eq!(local_path(&path), Some(path));
            }
        }
    }
}
