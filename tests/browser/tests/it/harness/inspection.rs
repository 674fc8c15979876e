use anyhow::Result;
use udam_browser::{Browser, Device};

use super::{FORM, open_form, open_page};
use crate::site::{STRICT, document, serve};

#[tokio::test]
async fn an_overflowing_element_is_named() -> Result<()> {
    let wide =
        r#"<div style="overflow-x: auto"><p style="width: 900px">Scrolls by itself</p></div>"#;
    let browser = open_page(wide, Device::PHONE).await?;
    assert_eq!(browser.horizontal_overflow().await?, None);
    let too_wide = format!(r#"{wide}<p class="culprit" style="width: 500px">Too wide</p>"#);
    let browser = open_page(&too_wide, Device::PHONE).await?;
    let overflow = browser.horizontal_overflow().await?.expect("it sticks out");
    assert!(
        overflow.contains("culprit") && overflow.contains("window of 360"),
        "{overflow}"
    );
    Ok(())
}

#[tokio::test]
async fn the_console_reports_policy_violations_and_script_errors() -> Result<()> {
    let browser = open_page("<h1>Quiet</h1>", Device::DESKTOP).await?;
    assert_eq!(browser.console_errors().await?, [""; 0]);

    let body = "<h1>Loud</h1><script>1</script><img src=\"http://127.0.0.1:9/cat\" alt=\"\">";
    let browser = open_page(body, Device::DESKTOP).await?;
    let errors = browser.console_errors().await?;
    for directive in ["script-src", "img-src"] {
        let tells = |error: &&String| {
            error.contains("Content Security Policy") && error.contains(directive)
        };
        assert_eq!(errors.iter().filter(tells).count(), 1, "{errors:#?}");
    }
    assert_eq!(browser.console_errors().await?, [""; 0]);
    browser
        .run("setTimeout(() => { throw new Error('a bug') })")
        .await?;
    assert!(browser.console_errors().await?.concat().contains("a bug"));
    Ok(())
}

#[tokio::test]
async fn an_error_status_is_no_console_error() -> Result<()> {
    let base = serve(vec![(
        "/gone",
        "410 Gone",
        STRICT,
        document("<h1>Gone</h1>"),
    )])?;
    let browser = Browser::start(&base, Device::DESKTOP).await?;
    browser.open("/gone").await?;
    assert_eq!(browser.status().await?, 410);
    assert_eq!(browser.heading().await?, "Gone");
    assert_eq!(browser.console_errors().await?, [""; 0]);
    Ok(())
}

#[tokio::test]
async fn the_source_is_the_html_as_received() -> Result<()> {
    let browser = open_form().await?;
    assert_eq!(browser.source().await?, document(FORM));
    browser.run("document.body.innerHTML = ''").await?;
    assert_eq!(browser.source().await?, document(FORM));
    browser.open("/").await?;
    browser.press("Sell").await?;
    browser.expect_text("Listed").await?;
    assert_eq!(browser.source().await?, document("<h1>Listed</h1>"));
    Ok(())
}

#[tokio::test]
async fn a_screenshot_has_the_width_of_the_device_and_the_height_of_the_page() -> Result<()> {
    let tall = r#"<h1>Tall</h1><p style="height: 3000px">So tall</p>"#;
    for device in [Device::PHONE, Device::DESKTOP] {
        let browser = open_page(tall, device).await?;
        let path = browser
            .screenshot(&format!("harness-{}", device.width))
            .await?;
        let screenshot = std::fs::read(path)?;
        assert_eq!(screenshot[..8], *b"\x89PNG\r\n\x1a\n");
        let number = |at: usize| u32::from_be_bytes(screenshot[at..at + 4].try_into().unwrap());
        assert_eq!(number(16), device.width);
        assert!(number(20) > 3000, "{}", number(20));
    }
    Ok(())
}
