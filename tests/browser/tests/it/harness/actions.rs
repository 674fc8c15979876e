use anyhow::Result;
use udam_browser::{Browser, Device, Key};

use super::{open_form, open_page};
use crate::site::{page, serve};

#[tokio::test]
async fn a_form_is_filled_in_by_its_labels_and_submitted() -> Result<()> {
    let browser = open_form().await?;
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
    browser.expect_path("/listed").await?;
    assert_eq!(browser.heading().await?, "Listed");
    assert_eq!(browser.status().await?, 201);
    browser.go_back().await?;
    assert_eq!(browser.status().await?, 200);
    browser.press_beside("Maps", "Edit").await?;
    browser.expect_path("/maps").await
}

#[tokio::test]
async fn a_failure_lists_what_is_on_the_page() -> Result<()> {
    let browser = open_form().await?;
    let missing = browser.fill("Price", "1").await.unwrap_err().to_string();
    for part in [
        "Price",
        "“Name of the service”, “Currency”",
        "/ (“A page”)",
        "Weather Edit",
    ] {
        assert!(missing.contains(part), "{part} is not in {missing}");
    }
    let several = browser.press("Edit").await.unwrap_err().to_string();
    assert!(several.contains("“Edit” could be any of 2"), "{several}");
    let disabled = browser.press("Preview").await.unwrap_err().to_string();
    assert!(disabled.contains("disabled"), "{disabled}");
    let hidden = browser
        .expect_text("Nobody reads this")
        .await
        .unwrap_err()
        .to_string();
    assert!(hidden.contains("Sell something"), "{hidden}");
    browser.expect_no_text("Nobody reads this").await?;
    let elsewhere = browser.expect_path("/maps").await.unwrap_err().to_string();
    assert!(elsewhere.contains("it is at /"), "{elsewhere}");
    Ok(())
}

#[tokio::test]
async fn late_changes_are_waited_for() -> Result<()> {
    let base = serve(vec![page("/", "<h1>Soon</h1>")])?;
    let browser = Browser::start(&base, Device::DESKTOP).await?;
    browser.open("/").await?;
    let late = "setTimeout(() => document.querySelector('h1').textContent = 'Now', 400)";
    browser.run(late).await?;
    browser.expect_text("Now").await?;
    browser.expect_no_text("Soon").await
}

#[tokio::test]
async fn tab_walks_the_page() -> Result<()> {
    let browser = open_form().await?;
    assert!(browser.focused().await?.names.is_empty());
    let stops = browser.tab_to("Name of the service").await?;
    assert_eq!(stops.len(), 1);
    assert!(stops[0].is_marked, "{stops:?}");
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
    browser.expect_path("/listed").await
}

#[tokio::test]
async fn a_control_that_tab_does_not_reach_is_reported() -> Result<()> {
    let body = r#"<h1>Doors</h1>
        <a href="/in">In</a> <button type="button">Ring</button>
        <details><summary>More</summary><a href="/back">Back door</a></details>
        <button type="button" tabindex="-1">Knock</button>"#;
    let browser = open_page(body, Device::DESKTOP).await?;
    let unreachable = browser.unreachable_controls().await?;
    assert_eq!(unreachable.len(), 1, "{unreachable:?}");
    assert!(unreachable[0].contains("Knock"), "{unreachable:?}");
    Ok(())
}
