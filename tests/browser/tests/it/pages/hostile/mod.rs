//! What people type comes out as what they typed: as text, on every page where it shows.

mod reflected;
mod stored;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use udam_browser::{Browser, Device};

use crate::harness::on;

/// What an attacker or a careless person types. What is made of any of them by mistake carries the
/// attribute `data-planted`.
const TEXTS: [&str; 6] = [
    r#""><script data-planted>alert(1)</script><img data-planted src=x onerror=alert(1)>"#,
    "</title><script data-planted>alert(2)</script>'; DROP TABLE orders; --",
    r"--></script><svg data-planted onload=alert(3)>]]>&lt;b&gt;&amp;\u003c",
    "' onmouseover='alert(4)' data-planted='{{7*7}} ${7*7} {% raw %} %00 %0d%0aSet-Cookie: a=b \
     <base data-planted href=//evil.example> <a href=javascript:alert(5)>x</a>",
    "Z\u{0338}\u{0351}a\u{0337}l\u{0334}g\u{0321}o \u{1f469}\u{200d}\u{1f680} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \
     \u{645}\u{631}\u{62d}\u{628}\u{627} zero\u{200b}width \u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}\u{fdfd}",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
];

/// All that is on the page and that none of our templates has put there.
const STRANGE: &str = r#"
    const ours = script => script.type === "application/ld+json"
      || new URL(script.src || "about:blank").pathname.startsWith("/assets/store-")
      && new URL(script.src).origin === location.origin;
    const strange = it => it.hasAttribute("data-planted")
      || it.matches("img, iframe, object, embed, base, [href^='javascript:'], [href*='evil']")
      || it.localName === "script" && !ours(it)
      || [...it.attributes].some(({ name }) => name.startsWith("on"));
    return [...document.querySelectorAll("*")].filter(strange).map(it => it.outerHTML.slice(0, 200));
"#;

/// Makes sure that the page that is open shows this text, as such, and lets it do nothing.
async fn shows(browser: &Browser, text: &str) -> Result<()> {
    let path = browser.path().await?;
    let looked = async {
        browser.sees(text).await?;
        is_unharmed(browser).await
    };
    looked.await.with_context(|| format!("{text} at {path}"))
}

/// Makes sure that nothing has been planted in the page that is open, and that it fits.
async fn is_unharmed(browser: &Browser) -> Result<()> {
    let strange = browser.run(STRANGE).await?;
    ensure!(strange == Value::Array(Vec::new()), "{strange:#}");
    let complaints = browser.console_errors().await?;
    ensure!(complaints.is_empty(), "{complaints:#?}");
    let overflow = browser.overflows().await?;
    ensure!(overflow.is_none(), "{overflow:?}");
    Ok(())
}

#[tokio::test]
async fn whatever_is_planted_would_be_found() -> Result<()> {
    let browser = on("<h1>Ours</h1><a href=\"/\">Home</a>", Device::PHONE).await?;
    is_unharmed(&browser).await?;
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
        let browser = on(&format!("<h1>Ours</h1>{planted}"), Device::PHONE).await?;
        assert!(is_unharmed(&browser).await.is_err(), "{planted}");
    }
    Ok(())
}

/// As part of an address.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
