//! Tests of the harness, on its own pages: every check is shown to find what it looks for.

mod actions;
mod devices;
mod inspection;
mod validation;

use std::time::Duration;

use anyhow::Result;
use udam_browser::{Browser, DevServer, Device};

use crate::site::{STRICT, document, page, serve};

/// Timeout for pages that do not change.
const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

/// A browser on a page with this body.
pub(crate) async fn open_page(body: &str, device: Device) -> Result<Browser> {
    let base = serve(vec![page("/", body)])?;
    let mut browser = Browser::start(&base, device).await?;
    browser.set_timeout(SHORT_TIMEOUT);
    browser.open("/").await?;
    Ok(browser)
}

/// A page with controls of all kinds.
pub(crate) const FORM: &str = r#"
<h1>Sell  something</h1>
<form action="/listed" method="post">
  <p><label for="name">Name of the service</label> <input id="name" name="name" value="old"></p>
  <p><label>Currency <select name="currency"><option>USD</option><option>EUR</option></select></label></p>
  <fieldset><legend>State</legend>
    <label><input type="radio" name="state" value="on" checked> On sale</label>
    <label><input type="radio" name="state" value="off"> Held back</label>
  </fieldset>
  <p><label><input type="checkbox" name="agreed"> I agree to the rules</label></p>
  <p><input name="note" aria-label="Note"> <input type="hidden" name="n"></p>
  <p><button>Sell</button> <button type="button" disabled>Preview</button></p>
</form>
<ul>
  <li>Weather <a href="/weather">Edit</a></li>
  <li>Maps <a href="/maps">Edit</a></li>
</ul>
<p hidden>Nobody reads this</p>"#;

/// A browser on the page with [`FORM`], whose links and button lead to other pages.
pub(crate) async fn open_form() -> Result<Browser> {
    let base = serve(vec![
        page("/", FORM),
        (
            "/listed",
            "201 Created",
            STRICT,
            document("<h1>Listed</h1>"),
        ),
        page("/maps", "<h1>Maps</h1>"),
    ])?;
    let mut browser = Browser::start(&base, Device::DESKTOP).await?;
    browser.set_timeout(SHORT_TIMEOUT);
    browser.open("/").await?;
    Ok(browser)
}

#[tokio::test]
async fn a_server_is_seeded_through_its_api_and_opened_in_a_browser() -> Result<()> {
    let server = DevServer::shared().await?;
    let seller = server.log_in("harness@example.com").await?;
    assert_eq!(
        seller
            .publish(udam_testkit::weather_listing(5))
            .await?
            .status,
        201
    );
    let browser = server.browser(Device::DESKTOP).await?;
    browser.open("/v1/listings").await?;
    browser.expect_text("Weather by the hour").await?;
    browser.open(server.sandbox()).await?;
    assert!(browser.url().await?.as_str().starts_with(server.sandbox()));
    Ok(())
}
