//! The reference of the API at `/docs`, which Swagger UI renders.

use anyhow::Result;
use serde_json::{Value, json};
use udam_browser::{Browser, Device};

use super::catalogue::quiet_catalogue;

/// A phone of the usual width.
const PHONE: Device = Device {
    width: 390,
    height: 844,
    ..Device::PHONE
};

/// Opens and closes the form for the session token.
const AUTHORIZE: &str = "document.querySelector('.btn.authorize').click()";
const CLOSE: &str = "document.querySelector('.close-modal').click()";

/// Calls of each kind.
const CALLS: [&str; 5] = [
    "place_order",
    "search_listings",
    "publish_listing",
    "refund_order",
    "show_tab",
];

/// Opens a call and its form, and counts those that are open.
fn open(call: &str) -> String {
    format!(
        r"const later = () => new Promise((done) => setTimeout(done, 50));
        return (async () => {{
          const call = document.querySelector('[id$=-{call}]');
          call.querySelector('.opblock-summary-control').click();
          while (!call.querySelector('.try-out__btn')) await later();
          call.querySelector('.try-out__btn').click();
          while (!call.querySelector('.execute')) await later();
          return document.querySelectorAll('.opblock.is-open').length;
        }})();"
    )
}

/// What cannot be read or tapped: visible text that is too small, and controls that are too low for a finger.
const FINDINGS: &str = r"
    const visible = (element) => element.getClientRects().length > 0;
    const name = (element) => `${element.tagName} ${element.className} ${element.textContent}`.slice(0, 90);
    const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
    const height = (element) => element.getBoundingClientRect().height;
    const controls = '.opblock-summary-control, .btn, .tablinks, .close-modal, select, textarea, input:not([type=checkbox])';
    const holdsText = (element) => [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
    return {
      low: all(controls).filter((it) => height(it) < 44).map((it) => `${height(it)} ${name(it)}`),
      tiny: all('#swagger-ui *').filter(holdsText)
        .filter((it) => parseFloat(getComputedStyle(it).fontSize) < 12).map(name),
      beyond: all('#swagger-ui *').filter((it) => {
        const scrolls = it.closest('pre, textarea, table.headers, .json-schema-2020-12, .model-box');
        return (scrolls === null || scrolls === it) && it.getBoundingClientRect().right > innerWidth + 1;
      }).map(name),
    };";

#[tokio::test]
async fn the_reference_fits_a_phone() -> Result<()> {
    let browser = quiet_catalogue().await?.server.browser(PHONE).await?;
    browser.open("/docs/").await?;
    browser.expect_text("Place an order").await?;
    browser.screenshot("reference-390").await?;
    assert_fits(&browser).await?;
    browser.run(AUTHORIZE).await?;
    browser.expect_text("Available authorizations").await?;
    browser.screenshot("reference-authorize-390").await?;
    assert_fits(&browser).await?;
    browser.run(CLOSE).await?;
    for (call, count) in CALLS.into_iter().zip(1..) {
        assert_eq!(browser.run(&open(call)).await?, count);
    }
    browser.screenshot("reference-open-390").await?;
    assert_fits(&browser).await?;
    assert_eq!(browser.console_errors().await?, Vec::<String>::new());
    Ok(())
}

async fn assert_fits(browser: &Browser) -> Result<()> {
    assert_eq!(browser.width().await?, 390);
    assert_eq!(browser.horizontal_overflow().await?, None);
    let findings = browser.run(FINDINGS).await?;
    let none = json!({"low": [], "tiny": [], "beyond": []});
    assert_eq!(findings, none, "{findings:#}");
    Ok(())
}

/// Sends the form of one call as it stands.
fn execute(operation: &str) -> String {
    format!(
        r"return (async () => {{
          const call = document.querySelector('[id$=-{operation}]');
          const later = () => new Promise((done) => setTimeout(done, 50));
          call.querySelector('.opblock-summary-control').click();
          while (!call.querySelector('.try-out__btn')) await later();
          call.querySelector('.try-out__btn').click();
          while (!call.querySelector('.execute')) await later();
          call.querySelector('.execute').click();
          const status = () => call.querySelector('.live-responses-table tbody .response-col_status');
          while (!/[0-9]{{3}}/.test(status()?.textContent)) await later();
          return parseInt(status().textContent);
        }})();"
    )
}

#[tokio::test]
async fn the_forms_of_the_reference_work_as_they_stand() -> Result<()> {
    let browser = quiet_catalogue().await?.server.browser(PHONE).await?;
    browser.open("/docs/").await?;
    browser.expect_text("Place an order").await?;
    for (operation, status) in [
        ("register", 201),
        ("log_in", 200),
        ("search_listings", 200),
        ("find_listing", 404),
        ("healthz", 200),
        ("publish_listing", 401),
    ] {
        let found = browser.run(&execute(operation)).await?;
        assert_eq!(found, Value::from(status), "{operation}");
    }
    Ok(())
}
