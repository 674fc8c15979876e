//! `udam audit`.

use std::str::FromStr;

use serde_json::json;
use thiserror::Error;
use udam_domain::StoreError;
use udam_domain::audit::{AuditQuery, AuditRecord};
use udam_domain::time::{Date, Timestamp, start_of};
use udam_postgres::{ConnectError, PgAuditTrail, PgPool, PoolSettings, audit_head};

use crate::terminal::{Terminal, TerminalError};

/// Why `udam audit` failed.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The records could not be read.
    #[error("the audit records could not be read; if this database is new, run `udam migrate`")]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Form in which records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// Fields separated by tabs.
    Tabs,
    /// A JSON object.
    Json,
}

/// A point in time on the command line: an instant as in RFC 3339, or a day, which stands for its beginning
/// in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

/// The text is no point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a day such as 2026-11-29, or a time such as 2026-11-29T08:30:00Z")]
pub struct MomentError;

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let instant = text.parse().ok();
        let day = || text.parse::<Date>().ok().map(start_of);
        instant.or_else(day).map(Self).ok_or(MomentError)
    }
}

/// Prints a line for each record, the oldest first.
///
/// # Errors
/// [`AuditError`]
pub async fn print_audit(
    database: &PoolSettings,
    query: &AuditQuery,
    format: AuditFormat,
    terminal: &mut Terminal<'_>,
) -> Result<(), AuditError> {
    let trail = PgAuditTrail::new(PgPool::connect(database)?);
    let mut after = None;
    loop {
        let page = trail.page(query, after).await?;
        for record in &page {
            terminal.print(line(record, format))?;
        }
        after = page.last().map(|record| record.number);
        if page.len() < PgAuditTrail::PAGE_SIZE {
            return Ok(());
        }
    }
}

/// Prints the last link of the chain, to be kept where nobody who can write to the database can write.
///
/// # Errors
/// [`AuditError`]
pub async fn print_audit_head(
    database: &PoolSettings,
    terminal: &mut Terminal<'_>,
) -> Result<(), AuditError> {
    let head = audit_head(&PgPool::connect(database)?).await?;
    Ok(terminal.print(head)?)
}

/// Time, action, account, address and subject; in JSON, also why an operator acted, and what it changed.
fn line(record: &AuditRecord, format: AuditFormat) -> String {
    let AuditRecord {
        at,
        action,
        account_id,
        address,
        subject,
        reason,
        before,
        after,
        ..
    } = record;
    let account = account_id.map(|account| account.to_string());
    let address = address.map(|address| address.to_string());
    let subject = subject.map(|subject| action.subject(subject, *account_id));
    match format {
        AuditFormat::Tabs => {
            let or_none = |field: Option<String>| field.unwrap_or_else(|| "-".to_owned());
            let (account, address) = (or_none(account), or_none(address));
            let subject = or_none(subject);
            format!("{at}\t{action}\t{account}\t{address}\t{subject}")
        }
        AuditFormat::Json => json!({
            "at": at.to_string(),
            "action": action.to_string(),
            "account": account,
            "address": address,
            "subject": subject,
            "reason": reason,
            "before": before,
            "after": after,
        })
        .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::audit::AuditAction;
    use udam_domain::mocks::account_id;

    use super::*;

    fn failed() -> AuditRecord {
        AuditRecord {
            number: 1,
            at: Timestamp::UNIX_EPOCH,
            action: AuditAction::LogInFailed,
            account_id: None,
            address: "192.0.2.7".parse().ok(),
            subject: Some(account_id(1).uuid()),
            reason: None,
            before: None,
            after: None,
        }
    }

    #[test]
    fn a_record_is_one_line_that_a_script_can_cut_at_tabs() {
        let account = account_id(1);
        let expected = format!("1970-01-01T00:00:00Z\tlog_in_failed\t-\t192.0.2.7\t{account}");
        assert_eq!(line(&failed(), AuditFormat::Tabs), expected);
        let unknown = AuditRecord {
            subject: None,
            ..failed()
        };
        assert!(line(&unknown, AuditFormat::Tabs).ends_with("\t192.0.2.7\t-"));
    }

    #[test]
    fn a_record_as_json_has_nulls_for_what_is_unknown() {
        let account = account_id(1);
        let expected = format!(
            r#"{{"at":"1970-01-01T00:00:00Z","action":"log_in_failed","account":null,"address":"192.0.2.7","subject":"{account}","reason":null,"before":null,"after":null}}"#
        );
        assert_eq!(line(&failed(), AuditFormat::Json), expected);
    }

    #[test]
    fn a_day_is_its_beginning() {
        let moment = |text: &str| text.parse::<Moment>().map(|moment| moment.0.to_string());
        assert_eq!(moment("2026-11-29").unwrap(), "2026-11-29T00:00:00Z");
        assert_eq!(
            moment("2026-11-29T10:30:00+02:00").unwrap(),
            "2026-11-29T08:30:00Z"
        );
        for wrong in ["", "yesterday", "2026-02-30", "10:30"] {
            assert_eq!(moment(wrong), Err(MomentError), "{wrong}");
        }
    }
}
