//! The stylesheet, the script and the icon. They are compiled in, and their paths contain a digest of their
//! content, so that browsers can cache them for ever.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};

/// A static file.
pub(crate) struct Asset {
    /// Path, with a digest of the content in it.
    pub(crate) path: String,
    /// Digest for the browser to verify, in the form of Subresource Integrity.
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

    /// The response at [`path`](Self::path), cached for ever.
    pub(crate) fn immutable(&self) -> HttpResponse {
        self.respond("public, max-age=31536000, immutable")
    }

    /// The response at a path that stays when the content changes, cached for a day.
    pub(crate) fn cached_for_a_day(&self) -> HttpResponse {
        self.respond("public, max-age=86400")
    }

    fn respond(&self, cache_control: &'static str) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, self.media_type))
            .insert_header((header::CACHE_CONTROL, cache_control))
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

/// The asset at this path.
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
    fn the_path_changes_with_the_content() {
        let path = |content| Asset::new("store", "css", "text/css", content).path;
        assert_eq!(path("a"), path("a"));
        assert_ne!(path("a"), path("b"));
        assert!(find(&STYLESHEET.path).is_some());
        assert!(find("/assets/store.css").is_none());
    }
}
