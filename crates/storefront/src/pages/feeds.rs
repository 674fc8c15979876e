//! Pages for programs: search engines, feed readers and assistants.

pub(crate) mod atom;
pub(crate) mod sitemap;

use askama::Template;

use crate::request::Request;
use crate::response::{PageResult, revalidated};

const TEXT: &str = "text/plain; charset=utf-8";

/// The text without the characters that XML cannot represent: most control characters (XML 1.0, section
/// 2.2). The template escapes the rest.
fn xml_text(text: &str) -> String {
    let allowed = |letter: &char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(allowed).collect()
}

#[derive(Template)]
#[template(path = "robots.txt")]
struct Robots {
    sitemap: String,
}

/// The paths that crawlers are to skip (RFC 9309).
pub(crate) async fn robots(request: Request) -> PageResult {
    let sitemap = request.absolute_url("/sitemap.xml");
    let content = Robots { sitemap }.render()?;
    Ok(revalidated(&request, TEXT, content))
}

#[derive(Template)]
#[template(path = "llms.txt")]
struct Llms {
    site: String,
    currency: &'static str,
    /// Limit of orders that go on the tab; `None` if every order is paid first.
    immediate_below: Option<String>,
}

/// Instructions for assistants that use the marketplace on behalf of a person (llmstxt.org).
pub(crate) async fn llms(request: Request) -> PageResult {
    let settings = &request.store.settings;
    let page = Llms {
        site: request.absolute_url(""),
        currency: settings.currency.code(),
        immediate_below: settings.immediate_below(),
    };
    Ok(revalidated(&request, TEXT, page.render()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestStore;

    #[test]
    fn characters_that_xml_cannot_represent_are_dropped() {
        assert_eq!(
            xml_text("a\u{0}b\u{b}c\n\u{fffe}é\u{1f600}"),
            "abc\né\u{1f600}"
        );
    }

    #[actix_web::test]
    async fn robots_txt_excludes_private_pages_and_names_the_sitemap() {
        let robots = TestStore::new().get("/robots.txt").await.html;
        assert!(robots.contains("Disallow: /orders\n"), "{robots}");
        assert!(robots.contains("Sitemap: https://udam.example/sitemap.xml"));
    }

    #[actix_web::test]
    async fn llms_txt_says_how_to_buy() {
        let text = TestStore::new().get("/llms.txt").await.html;
        assert!(text.starts_with("# UDAM\n"), "{text}");
        for needed in [
            "https://udam.example/openapi.json",
            "Idempotency-Key",
            "5.00 USD",
        ] {
            assert!(text.contains(needed), "{needed}");
        }
    }
}
