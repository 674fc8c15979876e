//! Places that accounts have logged in from, as text: `device:…`, `network:…`.

use tokio_postgres::Error;
use udam_domain::account::{Email, LogInPlace};
use udam_domain::id::AccountId;
use udam_domain::time::{Timestamp, before};

use crate::columns::Columns;
use crate::mailing::Mailing;
use crate::transaction::{Transaction, TxResult};

const RECORD: &str = "\
-- login_places::record
INSERT INTO login_places AS p (account_id, place, last_at)
SELECT $1, place, $3 FROM unnest($2::text[]) AS place ORDER BY place
ON CONFLICT (account_id, place) DO UPDATE SET last_at = greatest(p.last_at, excluded.last_at)";

const DELETE_OLD: &str = "\
-- login_places::record, old places
DELETE FROM login_places WHERE account_id = $1 AND (
    last_at < $2
    OR place IN (
        SELECT place FROM login_places WHERE account_id = $1
        ORDER BY last_at DESC, place OFFSET $3
    )
)";

/// Records that the account logs in from these places, and deletes those that it has not logged in from for
/// long, or that are too many.
pub(crate) async fn record(
    tx: &Transaction<'_>,
    account: AccountId,
    places: &[LogInPlace],
    at: Timestamp,
) -> Result<(), Error> {
    let id = account.uuid();
    tx.run(RECORD, &[&id, &texts(places), &at]).await?;
    let oldest = before(at, LogInPlace::KEPT_FOR);
    tx.run(DELETE_OLD, &[&id, &oldest, &LogInPlace::MOST])
        .await
        .map(drop)
}

const IS_NEW: &str = "\
-- login_places::is_new
SELECT bool_or(place = ANY ($2)) AS is_known FROM login_places WHERE account_id = $1";

/// Whether the account has logged in before, but from none of these places. Only asked while mails are written, which tell it.
pub(crate) async fn is_new(
    tx: &Transaction<'_>,
    account: AccountId,
    places: &[LogInPlace],
) -> Result<bool, Error> {
    if tx.mailing() == Mailing::Off {
        return Ok(false);
    }
    let row = tx.one(IS_NEW, &[&account.uuid(), &texts(places)]).await?;
    let is_known: Option<bool> = row.try_get("is_known")?;
    Ok(is_known == Some(false))
}

const KEEP: &str = "\
-- login_places::keep
DELETE FROM login_places WHERE account_id = $1 AND place <> ALL ($2)";

/// Deletes all places of the account but these.
pub(crate) async fn keep(
    tx: &Transaction<'_>,
    account: AccountId,
    places: &[LogInPlace],
) -> Result<(), Error> {
    tx.run(KEEP, &[&account.uuid(), &texts(places)])
        .await
        .map(drop)
}

const KNOWN: &str = "\
-- login_places::known
SELECT p.place FROM accounts a JOIN login_places p ON p.account_id = a.id
WHERE a.email = $1 AND p.place = ANY ($2)";

/// Those of these places that the account with this address has logged in from.
pub(crate) async fn known(
    tx: &Transaction<'_>,
    email: &Email,
    places: &[LogInPlace],
) -> TxResult<Vec<LogInPlace>> {
    let mut known = Vec::new();
    for row in tx.rows(KNOWN, &[&email.as_str(), &texts(places)]).await? {
        let found: String = row.read("place")?;
        known.extend(places.iter().filter(|place| text(place) == found));
    }
    Ok(known)
}

fn texts(places: &[LogInPlace]) -> Vec<String> {
    places.iter().map(text).collect()
}

/// The text that a place is stored as.
pub(crate) fn text(place: &LogInPlace) -> String {
    match place {
        LogInPlace::Device(digest) => {
            let hex = digest.as_bytes().iter().map(|byte| format!("{byte:02x}"));
            format!("device:{}", hex.collect::<String>())
        }
        LogInPlace::Network(network) => format!("network:{}", network.address()),
    }
}

#[cfg(test)]
mod tests {
    use udam_domain::account::{DeviceDigest, Network};

    use super::*;

    #[test]
    fn a_place_is_stored_as_its_kind_and_what_it_is_known_by() {
        let device = LogInPlace::Device(DeviceDigest::new([0x0f; 32]));
        assert_eq!(text(&device), format!("device:{}", "0f".repeat(32)));
        let network = LogInPlace::Network(Network::of("2001:db8::".parse().unwrap()));
        assert_eq!(text(&network), "network:2001:db8::");
    }
}
