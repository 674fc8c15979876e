//! `udam migrate`.

use thiserror::Error;
use udam_postgres::{AppliedMigration, MigrateError, PoolSettings};

use crate::terminal::Terminal;

/// Why the schema is not up to date.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct MigrationError(#[from] MigrateError);

/// Brings the schema up to date and tells what that took.
///
/// # Errors
/// [`MigrationError`]
pub async fn migrate(
    database: &PoolSettings,
    terminal: &mut Terminal<'_>,
) -> Result<(), MigrationError> {
    let applied = udam_postgres::migrate(database).await?;
    for line in told(&applied) {
        terminal.remark(line);
    }
    Ok(())
}

fn told(applied: &[AppliedMigration]) -> Vec<String> {
    if applied.is_empty() {
        return vec!["The schema is up to date.".to_owned()];
    }
    let lines = applied
        .iter()
        .map(|migration| format!("applied {migration}"));
    lines
        .chain(["The schema is up to date now.".to_owned()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_applied_is_told() {
        assert_eq!(told(&[]), ["The schema is up to date."]);
        let applied = [AppliedMigration {
            version: 1,
            name: "accounts".to_owned(),
        }];
        assert_eq!(
            told(&applied),
            ["applied V1__accounts", "The schema is up to date now."]
        );
    }
}
