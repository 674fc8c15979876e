use anyhow::Result;
use udam_browser::{Browser, Device, axe};

use super::open_page;
use crate::site::{STRICT, document, page, serve};

const SCRIPTED: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Scripts</title></head>
<body><main><h1>Scripts</h1><p id="output"></p><noscript><p>No script ran</p></noscript>
<form action="/elsewhere"><label>Name <input name="name"></label> <button>Go</button></form>
<script>document.getElementById("output").textContent = "A script ran";</script></main></body></html>
"#;

#[tokio::test]
async fn with_javascript_off_no_script_runs_and_everything_else_works() -> Result<()> {
    // A strict policy would stop the script as well.
    let scripted = |path| {
        (
            path,
            "200 OK",
            "script-src 'unsafe-inline'",
            SCRIPTED.to_owned(),
        )
    };
    let base = serve(vec![scripted("/scripted"), scripted("/elsewhere")])?;
    let scripted = Browser::start(&base, Device::DESKTOP).await?;
    scripted.open("/scripted").await?;
    scripted.expect_text("A script ran").await?;
    scripted.expect_no_text("No script ran").await?;

    let browser = Browser::start(&base, Device::DESKTOP.without_javascript()).await?;
    browser.open("/scripted").await?;
    browser.expect_text("No script ran").await?;
    browser.expect_no_text("A script ran").await?;
    browser.fill("Name", "Ada").await?;
    assert_eq!(browser.value("Name").await?, "Ada");
    browser.press("Go").await?;
    browser.expect_path("/elsewhere").await?;
    browser.expect_text("No script ran").await?;
    assert_eq!(browser.status().await?, 200);
    browser.tab_to("Go").await?;
    let refused = axe::violations(&browser).await.unwrap_err().to_string();
    assert!(refused.contains("runs scripts"), "{refused}");
    assert_eq!(browser.horizontal_overflow().await?, None);
    Ok(())
}

#[tokio::test]
async fn scheme_and_width_are_the_device_s() -> Result<()> {
    let body = "<style>
        p { display: none } .light, .dark { display: block }
        @media (prefers-color-scheme: dark) { .light { display: none } }
        @media (prefers-color-scheme: light) { .dark { display: none } }
        @media (max-width: 360px) { .narrow { display: block } }
        </style><p class=light>It is day</p><p class=dark>It is night</p><p class=narrow>Squeezed</p>";
    let mut browser = open_page(body, Device::DESKTOP).await?;
    browser.expect_text("It is day").await?;
    browser.expect_no_text("It is night").await?;
    browser.expect_no_text("Squeezed").await?;
    assert_eq!(browser.width().await?, 1280);
    browser.set_device(Device::PHONE.dark()).await?;
    for _ in 0..2 {
        browser.expect_text("It is night").await?;
        browser.expect_no_text("It is day").await?;
        browser.expect_text("Squeezed").await?;
        assert_eq!(browser.width().await?, 360);
        browser.reload().await?;
    }
    let refused = browser.set_device(Device::PHONE.without_javascript()).await;
    assert!(refused.is_err());
    Ok(())
}

#[tokio::test]
async fn a_phone_lays_out_a_page_without_a_viewport_wider() -> Result<()> {
    let html = document("<h1>Small</h1>").replace("name=\"viewport\"", "name=\"other\"");
    let base = serve(vec![("/", "200 OK", STRICT, html)])?;
    let browser = Browser::start(&base, Device::PHONE).await?;
    browser.open("/").await?;
    assert!(browser.width().await? > 360);
    Ok(())
}

#[tokio::test]
async fn browsers_share_no_cookies() -> Result<()> {
    let base = serve(vec![page("/", "<h1>Hi</h1>")])?;
    let first = Browser::start(&base, Device::DESKTOP).await?;
    first.open("/").await?;
    let cookie = first.cookie("who").await?.expect("it was set");
    assert_eq!(cookie["value"], "ada");
    assert_eq!(cookie["httpOnly"], true);
    let second = Browser::start(&base, Device::DESKTOP).await?;
    assert_eq!(second.cookie("who").await?, None);
    Ok(())
}
