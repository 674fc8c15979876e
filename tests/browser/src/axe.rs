//! Accessibility checks with [axe](https://github.com/dequelabs/axe-core).

use std::fmt::{self, Display, Formatter};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::browser::Browser;
use crate::json::text_at;
use crate::npm;

const RUN: &str = "return window.axe
    && axe.run(document, {resultTypes: ['violations']}).then(it => it.violations);";

/// An accessibility rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Axe's id of the rule.
    pub id: String,
    /// Severity.
    pub impact: Impact,
    /// Requirement of the rule, in a sentence.
    pub help: String,
    /// HTML of each element that breaks it, with the reason.
    pub nodes: Vec<String>,
}

/// Severity of a violation for the users it affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// An annoyance.
    Minor,
    /// Makes the page hard to use.
    Moderate,
    /// Makes the page very hard to use.
    Serious,
    /// Makes the page unusable.
    Critical,
}

/// The violations of all rules in the current page.
///
/// # Errors
/// If axe cannot be installed, or if JavaScript is off: axe relies on timers, which would never fire.
pub async fn violations(browser: &Browser) -> Result<Vec<Violation>> {
    ensure!(
        browser.device().javascript,
        "axe needs a browser that runs scripts"
    );
    let client = browser.session.client();
    // The library is large, so it is injected only once per page.
    let mut found = client.execute(RUN, Vec::new()).await?;
    if found.is_null() {
        let script = format!("{}\nwindow.axe = axe;\n{RUN}", source().await?);
        found = client.execute(&script, Vec::new()).await?;
    }
    let found = found.as_array().context("axe returned no list")?;
    found.iter().map(violation).collect()
}

/// Asserts that the current page breaks no serious or critical rule.
///
/// # Errors
/// Lists all that it breaks.
pub async fn assert_accessible(browser: &Browser) -> Result<()> {
    let mut grave = violations(browser).await?;
    grave.retain(|violation| violation.impact >= Impact::Serious);
    if grave.is_empty() {
        return Ok(());
    }
    let list: String = grave.iter().map(Violation::to_string).collect();
    bail!("{} is not accessible:\n{list}", browser.url().await?)
}

async fn source() -> Result<&'static str> {
    static SOURCE: OnceCell<String> = OnceCell::const_new();
    let read = async || {
        let path = npm::packages().await?.join("axe-core/axe.min.js");
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
    };
    Ok(SOURCE.get_or_try_init(read).await?)
}

fn violation(found: &Value) -> Result<Violation> {
    let nodes = found.get("nodes").and_then(Value::as_array);
    Ok(Violation {
        id: text_at(found, "id").to_owned(),
        impact: match text_at(found, "impact") {
            "minor" => Impact::Minor,
            "moderate" => Impact::Moderate,
            "serious" => Impact::Serious,
            "critical" => Impact::Critical,
            other => bail!("unknown impact: {other}"),
        },
        help: text_at(found, "help").to_owned(),
        nodes: nodes.into_iter().flatten().map(node).collect(),
    })
}

fn node(found: &Value) -> String {
    let summary = text_at(found, "failureSummary").replace('\n', " ");
    format!("{} {summary}", text_at(found, "html"))
}

impl Display for Violation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({:?}): {}", self.id, self.impact, self.help)?;
        self.nodes
            .iter()
            .try_for_each(|node| writeln!(f, "    {node}"))
    }
}
