//! The files that pages refer to. They are part of the program, and their names change with what is in
//! them, so that a browser may keep each for ever.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};

/// A file, under a name of its own.
pub(crate) struct Asset {
    /// Where it is.
    pub(crate) path: String,
    /// What a browser checks that it has been given the file itself by (Subresource Integrity).
    pub(crate) integrity: String,
    media_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(name: &str, extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let digest = digest(&SHA256, content.as_bytes());
        let version = URL_SAFE_NO_PAD.encode(digest.as_ref().get(..9).unwrap_or_default());
        Self {
            path: format!("/assets/{name}-{version}.{extension}"),
            integrity: format!("sha256-{}", STANDARD.encode(digest)),
            media_type,
            content,
        }
    }

    /// The file itself, under its own name.
    pub(crate) fn answer(&self) -> HttpResponse {
        self.kept("public, max-age=31536000, immutable")
    }

    /// The file itself, under a name that stays when it changes.
    pub(crate) fn answer_for_a_day(&self) -> HttpResponse {
        self.kept("public, max-age=86400")
    }

    fn kept(&self, how: &'static str) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, self.media_type))
            .insert_header((header::CACHE_CONTROL, how))
            .body(self.content)
    }
}

pub(crate) static STYLESHEET: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../assets/store.css");
    Asset::new("store", "css", "text/css; charset=utf-8", content)
});

pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../assets/store.js");
    Asset::new("store", "js", "text/javascript; charset=utf-8", content)
});

pub(crate) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../assets/icon.svg");
    Asset::new("icon", "svg", "image/svg+xml", content)
});

/// The file at this path.
pub(crate) fn find(path: &str) -> Option<&'static Asset> {
    [&STYLESHEET, &SCRIPT, &ICON]
        .into_iter()
        .map(|asset| &**asset)
        .find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_has_another_name() {
        let named = |content| Asset::new("store", "css", "text/css", content).path;
        assert_eq!(named("a"), named("a"));
        assert_ne!(named("a"), named("b"));
        assert!(find(&STYLESHEET.path).is_some());
        assert!(find("/assets/store.css").is_none());
    }
}
