use anyhow::Result;
use udam_browser::{Browser, Device, Key};

use super::{on, with_form};
use crate::site::{page, serve};

#[tokio::test]
async fn a_form_is_filled_in_by_its_labels_and_sent() -> Result<()> {
    let browser = with_form().await?;
    assert_eq!(browser.heading().await?, "Sell something");
    assert_eq!(browser.title().await?, "A page");
    assert_eq!(browser.status().await?, 200);
    browser
        .fill("Name of the service", "Weather by the hour")
        .await?;
    assert_eq!(
        browser.value("Name of the service").await?,
        "Weather by the hour"
    );
    browser.fill("Note", "by aria-label").await?;
    assert_eq!(browser.value("Note").await?, "by aria-label");
    browser.choose("Currency", "EUR").await?;
    assert_eq!(browser.value("Currency").await?, "EUR");
    browser.choose("State", "Held back").await?;
    assert_eq!(browser.value("Held back").await?, "off, checked");
    browser.tick("I agree").await?;
    browser.tick("I agree").await?;
    assert_eq!(browser.value("I agree").await?, "on, checked");
    browser.untick("I agree").await?;
    assert_eq!(browser.value("I agree").await?, "on");
    browser.press("Sell").await?;
    browser.arrives_at("/listed").await?;
    assert_eq!(browser.heading().await?, "Listed");
    assert_eq!(browser.status().await?, 201);
    browser.go_back().await?;
    assert_eq!(browser.status().await?, 200);
    browser.press_beside("Maps", "Edit").await?;
    browser.arrives_at("/maps").await
}

#[tokio::test]
async fn what_cannot_be_found_or_used_is_said_together_with_what_is_there() -> Result<()> {
    let browser = with_form().await?;
    let missing = browser.fill("Price", "1").await.unwrap_err().to_string();
    for said in [
        "Price",
        "“Name of the service”, “Currency”",
        "/ (“A page”)",
        "Weather Edit",
    ] {
        assert!(missing.contains(said), "{said} is not in {missing}");
    }
    let several = browser.press("Edit").await.unwrap_err().to_string();
    assert!(several.contains("“Edit” could be any of 2"), "{several}");
    let disabled = browser.press("Preview").await.unwrap_err().to_string();
    assert!(disabled.contains("disabled"), "{disabled}");
    let hidden = browser
        .sees("Nobody reads this")
        .await
        .unwrap_err()
        .to_string();
    assert!(hidden.contains("Sell something"), "{hidden}");
    browser.misses("Nobody reads this").await?;
    let elsewhere = browser.arrives_at("/maps").await.unwrap_err().to_string();
    assert!(elsewhere.contains("it is at /"), "{elsewhere}");
    Ok(())
}

#[tokio::test]
async fn what_comes_late_is_waited_for() -> Result<()> {
    let base = serve(vec![page("/", "<h1>Soon</h1>")])?;
    let browser = Browser::start(&base, Device::DESKTOP).await?;
    browser.open("/").await?;
    let late = "setTimeout(() => document.querySelector('h1').textContent = 'Now', 400)";
    browser.run(late).await?;
    browser.sees("Now").await?;
    browser.misses("Soon").await
}

#[tokio::test]
async fn the_keyboard_walks_a_page() -> Result<()> {
    let browser = with_form().await?;
    assert!(browser.focused().await?.names.is_empty());
    let walked = browser.tab_to("Name of the service").await?;
    assert_eq!(walked.len(), 1);
    assert!(walked[0].is_marked, "{walked:?}");
    browser.type_text("Typed").await?;
    assert_eq!(browser.value("Name of the service").await?, "Typed");
    browser.tab_to("I agree to the rules").await?;
    browser.press_key(Key::Space).await?;
    assert_eq!(browser.value("I agree").await?, "on, checked");
    browser.press_keys(Key::Shift, Key::Tab).await?;
    assert_eq!(browser.focused().await?.names[0], "On sale");
    let nowhere = browser.tab_to("Preview").await.unwrap_err().to_string();
    assert!(
        nowhere.contains("“Preview”") && nowhere.contains("Sell"),
        "{nowhere}"
    );
    browser.tab_to("Sell").await?;
    browser.press_key(Key::Enter).await?;
    browser.arrives_at("/listed").await
}

#[tokio::test]
async fn a_control_that_the_keyboard_passes_by_is_named() -> Result<()> {
    let body = r#"<h1>Doors</h1>
        <a href="/in">In</a> <button type="button">Ring</button>
        <details><summary>More</summary><a href="/back">Back door</a></details>
        <button type="button" tabindex="-1">Knock</button>"#;
    let browser = on(body, Device::DESKTOP).await?;
    let neglected = browser.neglected().await?;
    assert_eq!(neglected.len(), 1, "{neglected:?}");
    assert!(neglected[0].contains("Knock"), "{neglected:?}");
    Ok(())
}
