//! HTML validation with [html-validate](https://html-validate.org).

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::json::text_at;
use crate::npm;

/// Asserts that these documents, each with a name for the report, are valid. One process validates all of
/// them, so pass many at once.
///
/// # Errors
/// Lists all errors found; or if html-validate cannot be installed.
pub async fn assert_valid_html(documents: &[(&str, &str)]) -> Result<()> {
    let errors = validation_errors(documents).await?;
    if errors.is_empty() {
        return Ok(());
    }
    bail!("invalid HTML:\n{}", errors.join("\n"))
}

/// The errors in these documents.
///
/// # Errors
/// If html-validate cannot be installed, or fails.
pub async fn validation_errors(documents: &[(&str, &str)]) -> Result<Vec<String>> {
    let validator = npm::packages().await?.join(".bin/html-validate");
    let directory = tempfile::tempdir()?;
    for (number, (_, html)) in documents.iter().enumerate() {
        std::fs::write(directory.path().join(format!("{number}.html")), html)?;
    }
    let report = {
        let (validator, directory) = (validator, directory.path().to_owned());
        spawn_blocking(move || validate(&validator, &directory)).await??
    };
    let files = report
        .as_array()
        .context("html-validate returned no list")?;
    Ok(files
        .iter()
        .flat_map(|file| errors_in(file, documents))
        .collect())
}

fn validate(validator: &Path, directory: &Path) -> Result<Value> {
    // It exits before a pipe has been drained, which would truncate a long report.
    let report = directory.join("report.json");
    let output = Command::new(validator)
        .args([
            "--config",
            concat!(env!("CARGO_MANIFEST_DIR"), "/.htmlvalidate.json"),
        ])
        .args(["--formatter", "json", "--ext", "html"])
        .arg(directory)
        .stdin(Stdio::null())
        .stdout(File::create(&report)?)
        .output()
        .context("running html-validate")?;
    // The exit status also says whether documents are valid; only a missing report is a failure.
    serde_json::from_slice(&std::fs::read(&report)?).with_context(|| {
        format!(
            "html-validate failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn errors_in(file: &Value, documents: &[(&str, &str)]) -> Vec<String> {
    let path = Path::new(text_at(file, "filePath")).file_stem();
    let number = path.and_then(|stem| stem.to_str()?.parse::<usize>().ok());
    let (name, html) = number
        .and_then(|it| documents.get(it))
        .unwrap_or(&("?", ""));
    let messages = file.get("messages").and_then(Value::as_array);
    let error = |message: &Value| {
        let line = message
            .get("line")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        let index = usize::try_from(line).unwrap_or_default().saturating_sub(1);
        let shown: String = html
            .lines()
            .nth(index)
            .unwrap_or_default()
            .trim()
            .chars()
            .take(160)
            .collect();
        format!(
            "{name}, line {line}: {} ({})\n    {shown}",
            text_at(message, "message"),
            text_at(message, "ruleId")
        )
    };
    messages.into_iter().flatten().map(error).collect()
}
