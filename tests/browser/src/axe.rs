//! Whether people who do not see, or do not point, can use a page, as far as [axe](https://github.com/dequelabs/axe-core)
//! can tell.

use std::fmt::{self, Display, Formatter};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::browser::Browser;
use crate::npm;

const RUN: &str = "return window.axe
    && axe.run(document, {resultTypes: ['violations']}).then(it => it.violations);";

/// A rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What axe calls the rule.
    pub id: String,
    /// How bad it is.
    pub impact: Impact,
    /// What the rule asks for.
    pub help: String,
    /// Where it is broken: the start tags, each with why.
    pub nodes: Vec<String>,
}

/// How bad it is for those whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// A nuisance.
    Minor,
    /// Hard to use.
    Moderate,
    /// Very hard to use.
    Serious,
    /// Not to be used.
    Critical,
}

/// What the page that is open breaks, by all rules of axe.
///
/// # Errors
/// When axe cannot be installed, or when the browser runs no scripts: axe waits for timers, and they
/// would never come.
pub async fn violations(browser: &Browser) -> Result<Vec<Violation>> {
    ensure!(
        browser.device().javascript,
        "axe needs a browser that runs scripts"
    );
    let client = browser.session.client();
    // It is large, and stays with the page.
    let mut found = client.execute(RUN, Vec::new()).await?;
    if found.is_null() {
        let script = format!("{}\nwindow.axe = axe;\n{RUN}", source().await?);
        found = client.execute(&script, Vec::new()).await?;
    }
    let found = found.as_array().context("axe has answered with no list")?;
    found.iter().map(violation).collect()
}

/// Fails if the page that is open breaks a rule that is serious or critical.
///
/// # Errors
/// With all of them.
pub async fn assert_accessible(browser: &Browser) -> Result<()> {
    let mut grave = violations(browser).await?;
    grave.retain(|violation| violation.impact >= Impact::Serious);
    if grave.is_empty() {
        return Ok(());
    }
    let list: String = grave.iter().map(Violation::to_string).collect();
    bail!(
        "{} cannot be used by everybody:\n{list}",
        browser.url().await?
    )
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
            other => bail!("axe knows a new impact: {other}"),
        },
        help: text_at(found, "help").to_owned(),
        nodes: nodes.into_iter().flatten().map(node).collect(),
    })
}

fn node(found: &Value) -> String {
    let summary = text_at(found, "failureSummary").replace('\n', " ");
    format!("{} {summary}", text_at(found, "html"))
}

fn text_at<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Display for Violation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({:?}): {}", self.id, self.impact, self.help)?;
        self.nodes
            .iter()
            .try_for_each(|node| writeln!(f, "    {node}"))
    }
}
