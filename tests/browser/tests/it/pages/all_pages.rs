use anyhow::Result;
use udam_browser::html::assert_valid_html;

use super::survey::{PageReport, survey};

#[tokio::test]
async fn every_page_has_its_status_and_text() -> Result<()> {
    let reports = survey().await?.iter();
    let failures: Vec<_> = reports.filter_map(|it| it.failure.as_deref()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    Ok(())
}

#[tokio::test]
async fn every_page_is_accessible_in_both_schemes_and_at_every_width() -> Result<()> {
    assert_none(survey().await?, |report| &report.violations);
    Ok(())
}

#[tokio::test]
async fn tab_reaches_every_control_and_shows_the_focus() -> Result<()> {
    assert_none(survey().await?, |report| &report.unreachable);
    Ok(())
}

#[tokio::test]
async fn no_page_scrolls_sideways() -> Result<()> {
    assert_none(survey().await?, |report| &report.overflows);
    Ok(())
}

#[tokio::test]
async fn no_page_logs_console_errors() -> Result<()> {
    assert_none(survey().await?, |report| &report.console_errors);
    Ok(())
}

#[tokio::test]
async fn every_page_is_valid_html() -> Result<()> {
    let reports = survey().await?.iter().filter(|it| it.failure.is_none());
    let documents: Vec<_> = reports.map(|it| (it.name, it.source.as_str())).collect();
    assert_valid_html(&documents).await
}

fn assert_none(reports: &[PageReport], findings: impl Fn(&PageReport) -> &Vec<String>) {
    let found: Vec<_> = reports
        .iter()
        .flat_map(|report| findings(report).clone())
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
