use anyhow::Result;
use udam_browser::Device;
use udam_browser::axe::{self, Impact, assert_accessible};
use udam_browser::html::{self, assert_valid_html};

use super::open_page;
use crate::site::document;

#[tokio::test]
async fn axe_reports_violations_and_nothing_else() -> Result<()> {
    let browser = open_page(
        r#"<h1>Pictures</h1><img src="data:," alt="A cat">"#,
        Device::DESKTOP,
    )
    .await?;
    assert_eq!(axe::violations(&browser).await?, []);
    assert_accessible(&browser).await?;

    let planted = r#"<h1>Pictures</h1><img src="data:,"><p><input name="q"></p>
        <p style="color: #999; background: #fff">Faint</p>"#;
    let browser = open_page(planted, Device::DESKTOP).await?;
    let found = axe::violations(&browser).await?;
    let mut ids: Vec<_> = found
        .iter()
        .map(|violation| violation.id.as_str())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, ["color-contrast", "image-alt", "label"]);
    assert!(
        found
            .iter()
            .all(|violation| violation.impact >= Impact::Serious)
    );
    let report = assert_accessible(&browser).await.unwrap_err().to_string();
    for part in [
        "image-alt (Critical)",
        "<img src=\"data:,\">",
        "color-contrast (Serious)",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    Ok(())
}

#[tokio::test]
async fn invalid_html_is_reported_by_name_and_line() -> Result<()> {
    let good = document("<h1>Fine</h1>");
    assert_valid_html(&[("good", &good), ("as good", &good)]).await?;
    let bad = document(
        "<h1>Wrong</h1>\n<p>A <div>block</div> in a paragraph</p>\n<p id=x></p><p id=x></p>",
    );
    let found = html::validation_errors(&[("good", &good), ("bad", &bad)]).await?;
    assert!(
        found.len() > 1 && found.iter().all(|it| it.starts_with("bad, line ")),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|it| it.contains("(no-dup-id)")),
        "{found:#?}"
    );
    assert!(assert_valid_html(&[("bad", &bad)]).await.is_err());
    Ok(())
}
