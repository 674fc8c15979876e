//! `udam alerts`.

use thiserror::Error;
use udam_domain::audit::Reason;
use udam_domain::time::Timestamp;
use udam_domain::{AlertNumber, AlertStore, RaisedAlert, ResolveAlert, StoreError, WhichAlerts};
use udam_postgres::{ConnectError, PgAlertStore, PgPool, PoolSettings};

use super::completion::Completion;
use crate::terminal::{Terminal, TerminalError};

/// Why `udam alerts` failed.
#[derive(Debug, Error)]
pub enum AlertsError {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The alerts could not be read or resolved.
    #[error(
        "the alerts could not be read or resolved; if this database is new, run `udam migrate`"
    )]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Prints a line for each alert.
///
/// # Errors
/// [`AlertsError`]
pub async fn list_alerts(
    database: &PoolSettings,
    which: WhichAlerts,
    terminal: &mut Terminal<'_>,
) -> Result<(), AlertsError> {
    let alerts = PgAlertStore::new(PgPool::connect(database)?);
    for raised in alerts.list(which).await? {
        terminal.print(line(&raised))?;
    }
    Ok(())
}

/// Resolves alerts by their numbers, at `now`, with a note of what was done about them.
///
/// # Errors
/// [`AlertsError`]
pub async fn resolve_alerts(
    database: &PoolSettings,
    numbers: &[i64],
    note: Option<&Reason>,
    now: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<Completion, AlertsError> {
    let alerts = PgAlertStore::new(PgPool::connect(database)?);
    let mut completion = Completion::Complete;
    for number in numbers {
        let resolve = ResolveAlert {
            number: AlertNumber(*number),
            note: note.cloned(),
            by: None,
            at: now,
        };
        if alerts.resolve(resolve).await?.is_none() {
            terminal.eprint(format_args!(
                "There is no alert {number}: see `udam alerts list --all`."
            ));
            completion = Completion::Incomplete;
        }
    }
    Ok(completion)
}

/// Number, state, time, count, kind, subject, charge and finding, separated by tabs.
fn line(raised: &RaisedAlert) -> String {
    let RaisedAlert {
        number,
        alert,
        count,
        last_at,
        resolved_at,
        ..
    } = raised;
    let state = if resolved_at.is_some() {
        "resolved"
    } else {
        "open"
    };
    let charge = alert
        .charge_id
        .map_or_else(|| "-".to_owned(), |charge| charge.to_string());
    let (kind, subject, finding) = (alert.kind, &alert.subject, &alert.finding);
    format!("{number}\t{state}\t{last_at}\t{count}\t{kind}\t{subject}\t{charge}\t{finding}")
}

#[cfg(test)]
mod tests {
    use udam_domain::id::ChargeId;
    use udam_domain::money::{Currency, Money};
    use udam_domain::payment::PaymentAlert;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_alert_is_one_line_that_a_script_can_cut_at_tabs() {
        let charge = ChargeId::from_uuid(Uuid::from_u128(9));
        let usd = |minor| Money::new(minor, Currency::USD);
        let mut raised = RaisedAlert {
            number: AlertNumber(7),
            alert: PaymentAlert::mismatch(charge, usd(9_99), usd(10_00)),
            count: 3,
            first_at: Timestamp::UNIX_EPOCH,
            last_at: Timestamp::UNIX_EPOCH,
            resolved_at: None,
            resolution: None,
        };
        let printed = line(&raised);
        let fields: Vec<&str> = printed.split('\t').collect();
        let charge = charge.to_string();
        let expected = [
            "7",
            "open",
            "1970-01-01T00:00:00Z",
            "3",
            "amount_mismatch",
            &charge,
            &charge,
        ];
        assert_eq!(fields[..7], expected);
        assert!(fields[7].starts_with("9.99 USD was paid"), "{printed}");
        raised.resolved_at = Some(Timestamp::UNIX_EPOCH);
        assert!(line(&raised).starts_with("7\tresolved\t"));
    }
}
