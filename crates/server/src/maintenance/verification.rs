//! `udam verify`.

use thiserror::Error;
use udam_domain::StoreError;
use udam_postgres::consistency::{self, Discrepancy};
use udam_postgres::{ConnectError, PgPool, PoolSettings};

use crate::terminal::{Terminal, TerminalError};

/// Whether stored orders, payments and units are consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// No row contradicts another.
    Consistent,
    /// Some rows contradict others.
    Inconsistent,
}

/// Why `udam verify` could not finish. Inconsistent rows are not an error.
#[derive(Debug, Error)]
pub enum VerificationError {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Migrations are missing.
    #[error("the database lacks {}; run `udam migrate` first", .0.join(", "))]
    Pending(Vec<String>),
    /// The database could not be queried.
    #[error("the stored orders, payments and units could not be read")]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Checks stored orders, payments and units against each other, and prints a line for each inconsistent row.
///
/// # Errors
/// [`VerificationError`]
pub async fn verify(
    database: &PoolSettings,
    terminal: &mut Terminal<'_>,
) -> Result<Consistency, VerificationError> {
    let pool = PgPool::connect(database)?;
    let pending = udam_postgres::pending(&pool).await?;
    if !pending.is_empty() {
        return Err(VerificationError::Pending(pending));
    }
    Ok(report(&consistency::verify(&pool).await?, terminal)?)
}

fn report(
    discrepancies: &[Discrepancy],
    terminal: &mut Terminal<'_>,
) -> Result<Consistency, TerminalError> {
    for discrepancy in discrepancies {
        terminal.print(discrepancy)?;
    }
    let consistency = match discrepancies.len() {
        0 => {
            terminal.print("No inconsistencies found.")?;
            Consistency::Consistent
        }
        1 => {
            terminal.eprint("1 inconsistent row.");
            Consistency::Inconsistent
        }
        rows => {
            terminal.eprint(format_args!("{rows} inconsistent rows."));
            Consistency::Inconsistent
        }
    };
    Ok(consistency)
}

#[cfg(test)]
mod tests {
    use udam_domain::id::ListingId;
    use udam_postgres::consistency::Subject;
    use uuid::Uuid;

    use super::*;

    fn run(discrepancies: &[Discrepancy]) -> (Consistency, String) {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut terminal = Terminal::new(&mut stdout, &mut stderr);
        let consistency = report(discrepancies, &mut terminal).unwrap();
        (consistency, String::from_utf8(stdout).unwrap())
    }

    #[test]
    fn consistent_data_is_one_line() {
        assert_eq!(
            run(&[]),
            (
                Consistency::Consistent,
                "No inconsistencies found.\n".to_owned()
            )
        );
    }

    #[test]
    fn every_inconsistent_row_has_its_line() {
        let subject = Subject::Listing(ListingId::from_uuid(Uuid::from_u128(1)));
        let discrepancy = |finding: &str| Discrepancy {
            subject,
            finding: finding.to_owned(),
        };
        let (consistency, printed) =
            run(&[discrepancy("one unit too many"), discrepancy("held twice")]);
        assert_eq!(consistency, Consistency::Inconsistent);
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0],
            "listing lst_00000000000000000000000001: one unit too many"
        );
    }
}
