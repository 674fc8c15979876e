use tokio_postgres::Row;
use udam_domain::audit::{AuditHead, AuditMac, StoredRecord};

use crate::columns::{Cause, Columns, Stored};
use crate::error::Unreadable;

/// A statement that reads whole records. Its arguments are the path of its function and its conditions.
macro_rules! select_records {
    ($function:literal, $conditions:literal) => {
        concat!(
            "-- ",
            $function,
            "
SELECT e.id, e.at, e.action, e.account_id, e.address, e.subject_id, e.reason, e.before, e.after
FROM audit_events e WHERE ",
            $conditions
        )
    };
}
pub(super) use select_records;

/// Reads a row of [`select_records`].
pub(super) fn stored_record(row: &Row) -> Result<StoredRecord, Unreadable> {
    Ok(StoredRecord {
        number: row.read("id")?,
        at: row.read("at")?,
        action: row.read("action")?,
        account_id: row.read("account_id")?,
        address: row.read("address")?,
        subject: row.read("subject_id")?,
        reason: row.read("reason")?,
        before: row.read("before")?,
        after: row.read("after")?,
    })
}

/// Reads `position` and `mac`.
pub(super) fn head(row: &Row) -> Result<AuditHead, Unreadable> {
    Ok(AuditHead {
        position: row.read("position")?,
        mac: row.read("mac")?,
    })
}

impl Stored for AuditMac {
    type Column = Vec<u8>;

    fn load(column: Vec<u8>) -> Result<Self, Cause> {
        let bytes = column
            .try_into()
            .map_err(|_other: Vec<u8>| "a code of a link has 32 bytes")?;
        Ok(Self::new(bytes))
    }
}
