use anyhow::{Result, ensure};
use serde_json::json;
use udam_browser::{Browser, Shop};
use udam_e2e::{PASSWORD, eventually, weather};

/// A key with all that a page could get wrong about it.
pub(super) const KEY: &str = "sk_live_<7&amp;\"8'>_über";

/// What a step ends with when it has bought at once, and when a payment has come in.
pub(super) const SERVED: &str = "Your token is ready.";
pub(super) const PAID: &str = "Paid: your token is ready";

/// Makes an account, which is signed in.
pub(super) async fn register(browser: &Browser, email: &str) -> Result<()> {
    browser.open("/register").await?;
    browser.fill("Email address", email).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Register").await?;
    browser.sees("Log out").await
}

pub(super) async fn log_in(browser: &Browser, email: &str) -> Result<()> {
    browser.open("/login").await?;
    browser.fill("Email address", email).await?;
    browser.fill("Password", PASSWORD).await?;
    browser.press("Log in").await?;
    browser.sees("Log out").await
}

/// Signs in by email alone, where how one comes in does not matter: it costs no password hash.
pub(super) async fn sign_in(browser: &Browser, email: &str) -> Result<()> {
    browser.open("/login").await?;
    submit_email(browser, email).await
}

/// The same on the login page that somebody has been led to.
pub(super) async fn submit_email(browser: &Browser, email: &str) -> Result<()> {
    browser.fill("Email address", email).await?;
    browser.press("Log in").await?;
    browser.sees("Log out").await
}

pub(super) async fn log_out(browser: &Browser) -> Result<()> {
    browser.press("Log out").await?;
    browser.arrives_at("/").await?;
    browser.misses("Log out").await
}

/// Puts a hundred units on sale at a dollar each, opened by [`KEY`].
pub(super) async fn publish(browser: &Browser, name: &str) -> Result<()> {
    browser.open("/sell").await?;
    browser.fill("Service name", name).await?;
    browser
        .fill("Description", "Counted every night, by hand.")
        .await?;
    browser
        .fill("Endpoint address", "https://census.example.com/v1")
        .await?;
    browser.fill("Unit description", "1 night").await?;
    browser.fill("Price per unit in USD", "1.00").await?;
    browser.fill("Available units", "100").await?;
    browser.fill("API key", KEY).await?;
    browser.press("Publish listing").await?;
    browser.sees("Published.").await
}

/// Puts so many units on sale through the API, at a dollar each, and answers with the listing's id.
pub(super) async fn on_sale(shop: &Shop, seller: &str, name: &str, units: u32) -> Result<String> {
    let mut listing = weather(units);
    for (field, value) in [("service_name", name), ("api_key", KEY)] {
        if let Some(field) = listing.get_mut(field) {
            *field = json!(value);
        }
    }
    let listed = shop.join(seller).await?.list(listing).await?;
    ensure!(listed.status == 201, "listing was answered {}", listed.text);
    Ok(listed.id().to_owned())
}

/// Searches for a listing by words of its name, and opens it.
pub(super) async fn find(browser: &Browser, words: &str, name: &str) -> Result<()> {
    browser.open("/").await?;
    browser.fill("Search listings", words).await?;
    browser.press("Search").await?;
    browser
        .sees(&format!("Data services for “{words}”"))
        .await?;
    browser.press(name).await?;
    browser.sees("Sold by").await
}

/// Buys of the listing that is open, and answers with the path of the order.
pub(super) async fn buy(browser: &Browser, units: &str) -> Result<String> {
    browser.fill("Units", units).await?;
    browser.press("Buy").await?;
    browser.sees("Progress").await?;
    let path = browser.path().await?;
    let order = path.split('?').next().unwrap_or_default();
    ensure!(order.starts_with("/orders/"), "that led to {path}");
    Ok(order.to_owned())
}

/// Follows the link from an order that awaits payment, and pays at the provider.
pub(super) async fn pay(browser: &Browser) -> Result<()> {
    go_to_the_provider(browser).await?;
    browser.press("Pay").await
}

pub(super) async fn go_to_the_provider(browser: &Browser) -> Result<()> {
    browser.press("Pay").await?;
    browser.sees("SANDBOX").await
}

/// Pays for the order that is open, and waits for its token, which comes by itself.
pub(super) async fn pay_for(browser: &Browser, order: &str) -> Result<()> {
    browser.sees("Awaiting payment").await?;
    pay(browser).await?;
    browser.arrives_at(&format!("{order}/paid")).await?;
    browser.sees(PAID).await
}

/// Opens the token of the order that is shown.
pub(super) async fn open_token(browser: &Browser) -> Result<String> {
    browser.press("View token").await?;
    browser.sees("Token for").await?;
    browser.path().await
}

/// Opens the token of the order that is shown, and answers with the key it reveals.
pub(super) async fn reveal(browser: &Browser) -> Result<String> {
    open_token(browser).await?;
    browser.press("Reveal key").await?;
    browser.sees("Anyone who has this key").await?;
    text_of(browser, "#key").await
}

/// The text of an element, to the letter.
pub(super) async fn text_of(browser: &Browser, selector: &str) -> Result<String> {
    let script = format!("return document.querySelector(\"{selector}\").textContent");
    let text = browser.run(&script).await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// How many elements there are.
pub(super) async fn count(browser: &Browser, selector: &str) -> Result<u64> {
    let script = format!("return document.querySelectorAll(\"{selector}\").length");
    let count = browser.run(&script).await?;
    Ok(count.as_u64().unwrap_or_default())
}

/// Has the form that posts to this path sent from behind the page, as another tab or an impatient click
/// would. What comes back is not shown.
pub(super) async fn send_unseen(browser: &Browser, path: &str) -> Result<()> {
    let script = format!(
        "const form = document.querySelector(\"form[action='{path}']\");
         const body = new URLSearchParams(new FormData(form));
         return fetch(form.action, {{method: 'POST', body}}).then(answer => answer.status);"
    );
    let status = browser.run(&script).await?;
    ensure!(status == 200, "it was answered {status}");
    Ok(())
}

/// Loads a page anew until it shows this: what is told by webhook comes when it comes.
pub(super) async fn sees_in_time(browser: &Browser, path: &str, text: &str) -> Result<()> {
    eventually(&format!("{path} to show “{text}”"), async || {
        browser.open(path).await?;
        Ok(browser.text().await?.contains(text).then_some(()))
    })
    .await
}

/// Nothing failed on the way, and no policy had to stop anything.
pub(super) async fn nothing_was_complained_of(browser: &Browser) -> Result<()> {
    let errors = browser.console_errors().await?;
    ensure!(errors.is_empty(), "the console says {errors:#?}");
    Ok(())
}
