//! Whether pages are HTML as [html-validate](https://html-validate.org) and the standard have it.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::npm;

/// Fails if one of these documents, each with a name for the report, is not valid. All are looked at by one
/// process: hand over many at a time.
///
/// # Errors
/// With all that is wrong, or when html-validate cannot be installed.
pub async fn assert_valid_html(documents: &[(&str, &str)]) -> Result<()> {
    let complaints = complaints(documents).await?;
    if complaints.is_empty() {
        return Ok(());
    }
    bail!("this is not valid HTML:\n{}", complaints.join("\n"))
}

/// What is wrong with these documents.
///
/// # Errors
/// When html-validate cannot be installed, or does not work.
pub async fn complaints(documents: &[(&str, &str)]) -> Result<Vec<String>> {
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
        .context("html-validate has answered with no list")?;
    Ok(files
        .iter()
        .flat_map(|file| complaints_of(file, documents))
        .collect())
}

fn validate(validator: &Path, directory: &Path) -> Result<Value> {
    // It ends without waiting for whoever reads a long report through a pipe.
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
    // It answers in JSON whether documents are valid or not.
    serde_json::from_slice(&std::fs::read(&report)?).with_context(|| {
        format!(
            "html-validate failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn complaints_of(file: &Value, documents: &[(&str, &str)]) -> Vec<String> {
    let path = Path::new(text_at(file, "filePath")).file_stem();
    let number = path.and_then(|stem| stem.to_str()?.parse::<usize>().ok());
    let (name, html) = number
        .and_then(|it| documents.get(it))
        .unwrap_or(&("?", ""));
    let messages = file.get("messages").and_then(Value::as_array);
    let complaint = |message: &Value| {
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
    messages.into_iter().flatten().map(complaint).collect()
}

fn text_at<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
