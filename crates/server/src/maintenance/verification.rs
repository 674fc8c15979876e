//! `udam verify`.

use thiserror::Error;
use udam_crypto::{AuditKeysError, HmacAuditKeys, MasterKeys, SystemClock};
use udam_domain::audit::AuditHead;
use udam_domain::{AuditAuthenticator, AuditKeyStore, Clock, StoreError};
use udam_postgres::consistency;
use udam_postgres::{ConnectError, PgAuditKeyStore, PgPool, PoolSettings, verify_chain};

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
    /// The keys of the audit trail could not be derived.
    #[error(transparent)]
    AuditKeys(#[from] AuditKeysError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Means to check the audit trail.
#[derive(Debug)]
pub struct AuditCheck {
    /// Master keys, from which its keys are derived; `None` to check its form alone.
    pub master_keys: Option<MasterKeys>,
    /// A head that it had earlier.
    pub head: Option<AuditHead>,
}

/// Checks stored orders, payments and units against each other, and the audit trail against its chain, and prints a line for
/// each inconsistent row.
///
/// # Errors
/// [`VerificationError`]
pub async fn verify(
    database: &PoolSettings,
    audit: &AuditCheck,
    terminal: &mut Terminal<'_>,
) -> Result<Consistency, VerificationError> {
    let pool = PgPool::connect(database)?;
    let pending = udam_postgres::pending(&pool).await?;
    if !pending.is_empty() {
        return Err(VerificationError::Pending(pending));
    }
    let rows = consistency::verify(&pool).await?;
    let mut found: Vec<String> = rows.iter().map(ToString::to_string).collect();
    found.extend(check_audit(&pool, audit, terminal).await?);
    Ok(report(&found, terminal)?)
}

async fn check_audit(
    pool: &PgPool,
    check: &AuditCheck,
    terminal: &mut Terminal<'_>,
) -> Result<Vec<String>, VerificationError> {
    let kept = PgAuditKeyStore::new(pool.clone()).all().await?;
    let keys = check.master_keys.as_ref();
    let keys = keys
        .map(|masters| HmacAuditKeys::new(masters, &kept))
        .transpose()?;
    if keys.is_none() {
        terminal.eprint(
            "UDAM_MASTER_KEYS is not set: what was changed in the audit trail is not found, but only what \
             was deleted.",
        );
    }
    let keys = keys
        .as_ref()
        .map(|keys| -> &dyn AuditAuthenticator { keys });
    let report = verify_chain(pool, keys, check.head, SystemClock.now()).await?;
    Ok(report.findings.iter().map(ToString::to_string).collect())
}

fn report(
    discrepancies: &[String],
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
    use udam_postgres::consistency::{Discrepancy, Subject};
    use uuid::Uuid;

    use super::*;

    fn run(discrepancies: &[Discrepancy]) -> (Consistency, String) {
        let found: Vec<String> = discrepancies.iter().map(ToString::to_string).collect();
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut terminal = Terminal::new(&mut stdout, &mut stderr);
        let consistency = report(&found, &mut terminal).unwrap();
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
