//! `udam migrate`.

use thiserror::Error;
use udam_postgres::{AppliedMigration, MigrateError, PoolSettings};

use crate::terminal::Terminal;

/// Error of `udam migrate`.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct MigrationError(#[from] MigrateError);

/// Brings the schema up to date and lists the migrations that were applied.
///
/// # Errors
/// [`MigrationError`]
pub async fn migrate(
    database: &PoolSettings,
    terminal: &mut Terminal<'_>,
) -> Result<(), MigrationError> {
    let applied = udam_postgres::migrate(database).await?;
    for line in summary(&applied) {
        terminal.eprint(line);
    }
    Ok(())
}

fn summary(applied: &[AppliedMigration]) -> Vec<String> {
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
    fn applied_migrations_are_listed() {
        assert_eq!(summary(&[]), ["The schema is up to date."]);
        let applied = [AppliedMigration {
            version: 1,
            name: "accounts".to_owned(),
        }];
        assert_eq!(
            summary(&applied),
            ["applied V1__accounts", "The schema is up to date now."]
        );
    }
}
