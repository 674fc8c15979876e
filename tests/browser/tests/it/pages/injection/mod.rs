//! User input shows as text, exactly as it was typed, on every page.

mod reflected;
mod stored;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use udam_browser::{Browser, Device};

use crate::harness::open_page;

/// Hostile and unusual input. Any element that it injects has the attribute `data-planted`.
const TEXTS: [&str; 6] = [
    r#""><script data-planted>alert(1)</script><img data-planted src=x onerror=alert(1)>"#,
    "</title><script data-planted>alert(2)</script>'; DROP TABLE orders; --",
    r"--></script><svg data-planted onload=alert(3)>]]>&lt;b&gt;&amp;\u003c",
    "' onmouseover='alert(4)' data-planted='{{7*7}} ${7*7} {% raw %} %00 %0d%0aSet-Cookie: a=b \
     <base data-planted href=//evil.example> <a href=javascript:alert(5)>x</a>",
    "Z\u{0338}\u{0351}a\u{0337}l\u{0334}g\u{0321}o \u{1f469}\u{200d}\u{1f680} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \
     \u{645}\u{631}\u{62d}\u{628}\u{627} zero width \u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
];

/// A script that returns all elements that no template of ours contains.
const FOREIGN_ELEMENTS: &str = r#"
    const ours = script => script.type === "application/ld+json"
      || new URL(script.src || "about:blank").pathname.startsWith("/assets/store-")
      && new URL(script.src).origin === location.origin;
    const foreign = it => it.hasAttribute("data-planted")
      || it.matches("img, iframe, object, embed, base, [href^='javascript:'], [href*='evil']")
      || it.localName === "script" && !ours(it)
      || [...it.attributes].some(({ name }) => name.startsWith("on"));
    return [...document.querySelectorAll("*")].filter(foreign).map(it => it.outerHTML.slice(0, 200));
"#;

/// Asserts that the page shows this text and that it injects nothing.
async fn assert_shown_as_text(browser: &Browser, text: &str) -> Result<()> {
    let path = browser.path().await?;
    let assertions = async {
        browser.expect_text(text).await?;
        assert_nothing_injected(browser).await
    };
    assertions
        .await
        .with_context(|| format!("{text} at {path}"))
}

/// Asserts that nothing was injected into the page, and that it fits the screen.
async fn assert_nothing_injected(browser: &Browser) -> Result<()> {
    let foreign = browser.run(FOREIGN_ELEMENTS).await?;
    ensure!(foreign == Value::Array(Vec::new()), "{foreign:#}");
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "{errors:#?}");
    let overflow = browser.horizontal_overflow().await?;
    ensure!(overflow.is_none(), "{overflow:?}");
    Ok(())
}

#[tokio::test]
async fn the_check_finds_every_kind_of_injection() -> Result<()> {
    let browser = open_page("<h1>Ours</h1><a href=\"/\">Home</a>", Device::PHONE).await?;
    assert_nothing_injected(&browser).await?;
    let wide = "W".repeat(200);
    for planted in [
        "<b data-planted>x</b>",
        "<b onclick=alert(1)>x</b>",
        "<script>alert(1)</script>",
        "<script src=/elsewhere.js></script>",
        "<img src=data:, alt=x>",
        "<a href='javascript:alert(1)'>x</a>",
        &wide,
    ] {
        let browser = open_page(&format!("<h1>Ours</h1>{planted}"), Device::PHONE).await?;
        assert!(
            assert_nothing_injected(&browser).await.is_err(),
            "{planted}"
        );
    }
    Ok(())
}

/// URL-encodes a query value.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
