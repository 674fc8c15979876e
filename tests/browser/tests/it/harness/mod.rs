//! The harness proves itself, on pages of its own: a check that finds nothing must be one that would have.

mod acting;
mod devices;
mod inspecting;
mod judging;

use std::time::Duration;

use anyhow::Result;
use udam_browser::{Browser, Device, Shop};

use crate::site::{STRICT, document, page, serve};

/// Long enough for what is there.
const SHORT: Duration = Duration::from_millis(300);

/// A browser on a page with this body.
pub(crate) async fn on(body: &str, device: Device) -> Result<Browser> {
    let base = serve(vec![page("/", body)])?;
    let mut browser = Browser::start(&base, device).await?;
    browser.be_patient_for(SHORT);
    browser.open("/").await?;
    Ok(browser)
}

/// A page with a bit of everything.
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

/// A browser on the page with the form, from which it leads on.
pub(crate) async fn with_form() -> Result<Browser> {
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
    browser.be_patient_for(SHORT);
    browser.open("/").await?;
    Ok(browser)
}

#[tokio::test]
async fn a_shop_is_seeded_through_its_api_and_visited() -> Result<()> {
    let shop = Shop::shared().await?;
    let seller = shop.join("harness@example.com").await?;
    assert_eq!(seller.list(udam_e2e::weather(5)).await?.status, 201);
    let browser = shop.browser(Device::DESKTOP).await?;
    browser.open("/v1/listings").await?;
    browser.sees("Weather by the hour").await?;
    browser.open(shop.sandbox()).await?;
    assert!(browser.url().await?.as_str().starts_with(shop.sandbox()));
    Ok(())
}
