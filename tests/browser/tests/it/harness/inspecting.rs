use anyhow::Result;
use udam_browser::{Browser, Device};

use super::{FORM, on, with_form};
use crate::site::{STRICT, document, serve};

#[tokio::test]
async fn what_sticks_out_is_named() -> Result<()> {
    let wide =
        r#"<div style="overflow-x: auto"><p style="width: 900px">Scrolls by itself</p></div>"#;
    let browser = on(wide, Device::PHONE).await?;
    assert_eq!(browser.overflows().await?, None);
    let too_wide = format!(r#"{wide}<p class="culprit" style="width: 500px">Too wide</p>"#);
    let browser = on(&too_wide, Device::PHONE).await?;
    let overflow = browser.overflows().await?.expect("it sticks out");
    assert!(
        overflow.contains("culprit") && overflow.contains("window of 360"),
        "{overflow}"
    );
    Ok(())
}

#[tokio::test]
async fn the_console_tells_of_what_a_policy_stops_and_of_what_fails() -> Result<()> {
    let browser = on("<h1>Quiet</h1>", Device::DESKTOP).await?;
    assert_eq!(browser.console_errors().await?, [""; 0]);

    let body = "<h1>Loud</h1><script>1</script><img src=\"http://127.0.0.1:9/cat\" alt=\"\">";
    let browser = on(body, Device::DESKTOP).await?;
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
async fn a_page_that_is_missing_is_an_answer_and_no_complaint() -> Result<()> {
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
async fn the_source_is_what_was_sent() -> Result<()> {
    let browser = with_form().await?;
    assert_eq!(browser.source().await?, document(FORM));
    browser.run("document.body.innerHTML = ''").await?;
    assert_eq!(browser.source().await?, document(FORM));
    browser.open("/").await?;
    browser.press("Sell").await?;
    browser.sees("Listed").await?;
    assert_eq!(browser.source().await?, document("<h1>Listed</h1>"));
    Ok(())
}

#[tokio::test]
async fn a_picture_has_the_width_of_the_device_and_the_height_of_the_page() -> Result<()> {
    let tall = r#"<h1>Tall</h1><p style="height: 3000px">So tall</p>"#;
    for device in [Device::PHONE, Device::DESKTOP] {
        let browser = on(tall, device).await?;
        let path = browser
            .screenshot(&format!("harness-{}", device.width))
            .await?;
        let picture = std::fs::read(path)?;
        assert_eq!(picture[..8], *b"\x89PNG\r\n\x1a\n");
        let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
        assert_eq!(number(16), device.width);
        assert!(number(20) > 3000, "{}", number(20));
    }
    Ok(())
}
