//! The limit of open files.

use std::fs;

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use udam_testkit::{Binary, Database, MarketBuilder, Server};

/// Raises the limit of this process, for tests that open many connections.
pub(crate) fn raise_own_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    Ok(setrlimit(Resource::Nofile, raised)?)
}

/// Starts `udam serve` where a shell has set limits.
async fn start_with(limits: &str, database: &Database) -> Result<Server> {
    let variables = MarketBuilder::new().environment(database).await?;
    let script = format!("{limits} && exec \"$0\" serve");
    let udam = Binary::udam()?;
    let path = udam.path().to_str().context("the path of udam")?;
    let shell = Binary::at("/bin/sh".into())?;
    Server::spawn(shell.command(["-c", &script, path], variables)).await
}

/// The soft and the hard limit of a process.
fn limits_of(server: &Server) -> Result<(String, String)> {
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id()))?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let mut words = line.context("no limit of open files")?.split_whitespace();
    let mut next = || words.next().map(str::to_owned).context("no number");
    Ok((next()?, next()?))
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_as_far_as_it_may_be() -> Result<()> {
    let database = Database::migrated().await?;
    let server = start_with("ulimit -S -n 128", &database).await?;
    let (soft, hard) = limits_of(&server)?;
    assert_eq!(soft, hard);
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_low_limit_of_open_files_is_warned_of() -> Result<()> {
    let database = Database::migrated().await?;
    let server = start_with("ulimit -n 512", &database).await?;
    let log = server.stderr();
    let warned = log
        .lines()
        .any(|line| line.contains("\"WARN\"") && line.contains("\"limit\":512"));
    assert!(warned, "{log}");
    server.stop().await?;
    Ok(())
}
