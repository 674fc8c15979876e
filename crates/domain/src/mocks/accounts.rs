#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the values are valid"
)]

use uuid::Uuid;

use crate::account::{Account, Origin, Session, SignedIn};
use crate::id::{AccountId, SessionId};
use crate::time::Timestamp;

/// The account id with this number.
#[must_use]
pub fn account_id(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

/// An account with this number, called Ada, at `ada@example.com`.
#[must_use]
pub fn account(number: u128) -> Account {
    Account {
        id: account_id(number),
        email: "ada@example.com".parse().unwrap(),
        name: "Ada".parse().unwrap(),
    }
}

/// That account with a session of the same number that never expires.
#[must_use]
pub fn signed_in(number: u128) -> SignedIn {
    SignedIn {
        account: account(number),
        session: Session {
            id: SessionId::from_uuid(Uuid::from_u128(number)),
            account_id: account_id(number),
            origin: Origin::default(),
            created_at: Timestamp::UNIX_EPOCH,
            last_seen_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::MAX,
            proved_at: None,
        },
        has_factor: false,
        has_role: false,
    }
}
