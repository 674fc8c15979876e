use url::Url;

/// The path and query that this text names, if a browser that follows it stays with us. Anything else
/// would let a link to our login page send people on to somebody else's.
///
/// It is read as browsers read it (the [URL standard](https://url.spec.whatwg.org/)), and what comes
/// out is what was read, never the text itself.
pub(super) fn local_path(text: &str) -> Option<String> {
    let rooted = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    // Browsers leave out tabs and line breaks before they look for slashes.
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
    // Taking dots out can leave what names another host when it is read once more: "/.//evil".
    (!path.starts_with("//")).then_some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_of_ours_is_gone_back_to_with_its_query() {
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
    fn nobody_is_sent_to_another_site() {
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
        fn whatever_is_let_through_stays_here(text in "[/\\\\.%2eE?#@: \tahtps\\x00]{0,12}|\\PC*") {
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
