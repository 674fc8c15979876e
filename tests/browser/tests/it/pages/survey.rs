//! Opens every page once on every device, and collects what is wrong.

use anyhow::{Result, ensure};
use tokio::sync::OnceCell;
use tokio::try_join;
use udam_browser::axe::{self, Impact};
use udam_browser::{DevServer, Device};

use super::fixture::{Fixture, fixture};
use super::inventory::{Page, pages};
use super::visitor::Visitor;

/// The devices. Screenshots are taken on the first [`SCREENSHOTS`].
const DEVICES: [(&str, Device); 4] = [
    ("light-1280", Device::DESKTOP),
    ("light-360", Device::PHONE),
    ("dark-1280", Device::DESKTOP.dark()),
    ("dark-360", Device::PHONE.dark()),
];

const SCREENSHOTS: usize = 3;

/// Findings on a page.
#[derive(Debug, Default)]
pub(crate) struct PageReport {
    pub(crate) name: &'static str,
    /// Why the page could not be examined.
    pub(crate) failure: Option<String>,
    /// The HTML as it was received.
    pub(crate) source: String,
    /// Errors in the console.
    pub(crate) console_errors: Vec<String>,
    /// Serious violations of accessibility rules, each with the device.
    pub(crate) violations: Vec<String>,
    /// Controls that Tab does not reach, or that show no focus.
    pub(crate) unreachable: Vec<String>,
    /// Elements that overflow, each with the device.
    pub(crate) overflows: Vec<String>,
}

/// The reports on all pages, which tests share.
pub(crate) async fn survey() -> Result<&'static [PageReport]> {
    static SURVEY: OnceCell<Vec<PageReport>> = OnceCell::const_new();
    Ok(SURVEY.get_or_try_init(examine_all).await?)
}

async fn examine_all() -> Result<Vec<PageReport>> {
    let (fixture, empty) = try_join!(fixture(), DevServer::start())?;
    let pages = pages(fixture, empty.base());
    let (some, others) = pages.split_at(pages.len() / 2);
    let (mut reports, rest) =
        try_join!(examine_each(fixture, some), examine_each(fixture, others))?;
    reports.extend(rest);
    Ok(reports)
}

async fn examine_each(fixture: &Fixture, pages: &[Page]) -> Result<Vec<PageReport>> {
    let mut visitor = Visitor::new(fixture).await?;
    let mut reports = Vec::new();
    for page in pages {
        let mut report = PageReport {
            name: page.name,
            ..PageReport::default()
        };
        if let Err(error) = examine(&mut visitor, page, &mut report).await {
            report.failure = Some(format!("{}: {error:#}", page.name));
        }
        reports.push(report);
    }
    Ok(reports)
}

/// Examines one page. A failure does not keep the survey from the other pages.
async fn examine(visitor: &mut Visitor<'_>, page: &Page, report: &mut PageReport) -> Result<()> {
    visitor.go_to(page).await?;
    let browser = &mut visitor.browser;
    let status = browser.status().await?;
    ensure!(status == page.status, "its status is {status}");
    report.source = browser.source().await?;
    for (number, (name, device)) in DEVICES.into_iter().enumerate() {
        browser.set_device(device).await?;
        let place = format!("{}, {name}", page.name);
        if let Some(overflow) = browser.horizontal_overflow().await? {
            report.overflows.push(format!("{place}: {overflow}"));
        }
        let violations = axe::violations(browser).await?;
        let serious = violations.iter().filter(|it| it.impact >= Impact::Serious);
        report
            .violations
            .extend(serious.map(|it| format!("{place}: {it}")));
        if number < SCREENSHOTS {
            browser.screenshot(&format!("{}-{name}", page.name)).await?;
        }
    }
    let unreachable = browser.unreachable_controls().await?;
    let unreachable = unreachable.iter().map(|it| format!("{}: {it}", page.name));
    report.unreachable.extend(unreachable);
    let errors = browser.console_errors().await?;
    let errors = errors.iter().map(|it| format!("{}: {it}", page.name));
    report.console_errors.extend(errors);
    Ok(())
}
