//! The chain of audit records: how a record is linked to the one before, and how the chain is walked.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hex::FromHex;
use thiserror::Error;
use uuid::Uuid;

use super::mac::AuditMac;
use crate::listing::{KeyId, SealedKey};
use crate::ports::AuditAuthenticator;
use crate::time::Timestamp;

/// Separates these bytes from whatever else is authenticated. Changing it breaks every chain.
const DOMAIN: &[u8] = b"udam audit link 1";

/// A record of the audit trail as it is stored. The action is a text, so that a chain with actions of a newer version can
/// be walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Number of the record.
    pub number: i64,
    /// Time of the action, UTC, to the microsecond.
    pub at: Timestamp,
    /// Name of the action.
    pub action: String,
    /// Account that acted.
    pub account_id: Option<Uuid>,
    /// Address that the request came from.
    pub address: Option<IpAddr>,
    /// Identifier of the subject.
    pub subject: Option<Uuid>,
    /// Reason of an operator.
    pub reason: Option<String>,
    /// State before.
    pub before: Option<String>,
    /// State after.
    pub after: Option<String>,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLink {
    /// Position in the chain, from 1 on, without gaps.
    pub position: i64,
    /// Number of the record that it links.
    pub number: i64,
    /// Master key whose derived key authenticates it.
    pub key_id: KeyId,
    /// Authenticates the record and the link before.
    pub mac: AuditMac,
}

/// The key of the links of one master key, sealed under the one that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedAuditKey {
    /// Master key that it is derived from.
    pub key_id: KeyId,
    /// The sealed key.
    pub sealed: SealedKey,
}

/// The last link of a chain, or an earlier one, by which its end is known again. Written as `POSITION:MAC`, the code in
/// hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// Position of the link; 0 before the first.
    pub position: i64,
    /// Its code; zeros before the first.
    pub mac: AuditMac,
}

/// The text is no head of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be POSITION:MAC, as `udam audit head` prints it")]
pub struct ParseAuditHeadError;

/// A defect of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChainDefect {
    /// Links are missing between two others, or before the first.
    #[error("links {from} to {to} of the audit trail are missing")]
    LinksMissing {
        /// First position that is missing.
        from: i64,
        /// Last position that is missing.
        to: i64,
    },
    /// A record is missing that was linked.
    #[error("the record was deleted; link {position} of the audit trail has it")]
    RecordMissing {
        /// Position of its link.
        position: i64,
    },
    /// The code of a link is not that of its record and the link before.
    #[error(
        "the record, or link {position} of the audit trail, was changed or put in another's place"
    )]
    Altered {
        /// Position of the link.
        position: i64,
    },
    /// The key of a link is not at hand.
    #[error("link {position} of the audit trail cannot be checked without the master key {key_id}")]
    KeyMissing {
        /// Position of the link.
        position: i64,
        /// Its master key.
        key_id: KeyId,
    },
}

impl AuditHead {
    /// The head of a chain without links.
    pub const NONE: Self = Self {
        position: 0,
        mac: AuditMac::new([0; AuditMac::LENGTH]),
    };

    /// The link of `record` after this head, under the active key. `None` if that key is not at hand.
    #[must_use]
    pub fn link(
        self,
        record: &StoredRecord,
        authenticator: &dyn AuditAuthenticator,
    ) -> Option<AuditLink> {
        let position = self.position.saturating_add(1);
        let key_id = authenticator.active().clone();
        let message = message(position, &self.mac, &key_id, record);
        Some(AuditLink {
            position,
            number: record.number,
            mac: authenticator.mac(&key_id, &message)?,
            key_id,
        })
    }
}

impl From<&AuditLink> for AuditHead {
    fn from(link: &AuditLink) -> Self {
        Self {
            position: link.position,
            mac: link.mac,
        }
    }
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, self.mac)
    }
}

impl FromStr for AuditHead {
    type Err = ParseAuditHeadError;

    fn from_str(text: &str) -> Result<Self, ParseAuditHeadError> {
        let (position, mac) = text.split_once(':').ok_or(ParseAuditHeadError)?;
        let position = position.parse().ok().filter(|position| *position >= 0);
        let mac = <[u8; AuditMac::LENGTH]>::from_hex(mac).ok();
        let (position, mac) = position.zip(mac).ok_or(ParseAuditHeadError)?;
        Ok(Self {
            position,
            mac: AuditMac::new(mac),
        })
    }
}

/// The bytes that a link authenticates. Every field is preceded by its length, or marked as absent, so that different records never
/// have the same bytes.
fn message(position: i64, before: &AuditMac, key: &KeyId, record: &StoredRecord) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let mut put = |field: Option<&[u8]>| match field {
        None => bytes.push(0),
        Some(field) => {
            bytes.push(1);
            let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(field);
        }
    };
    let address = record.address.map(|address| address.to_string());
    put(Some(DOMAIN));
    put(Some(&position.to_be_bytes()));
    put(Some(before.as_bytes()));
    put(Some(key.as_str().as_bytes()));
    put(Some(&record.number.to_be_bytes()));
    put(Some(&record.at.as_microsecond().to_be_bytes()));
    put(Some(record.action.as_bytes()));
    put(record
        .account_id
        .as_ref()
        .map(|id| id.as_bytes().as_slice()));
    put(address.as_deref().map(str::as_bytes));
    put(record.subject.as_ref().map(|id| id.as_bytes().as_slice()));
    put(record.reason.as_deref().map(str::as_bytes));
    put(record.before.as_deref().map(str::as_bytes));
    put(record.after.as_deref().map(str::as_bytes));
    bytes
}

/// A walk along a chain, link by link in the order of their positions.
#[derive(Debug)]
pub struct ChainWalk {
    head: AuditHead,
}

impl Default for ChainWalk {
    fn default() -> Self {
        Self {
            head: AuditHead::NONE,
        }
    }
}

impl ChainWalk {
    /// Checks the next link with its record, `None` if there is none. Without an authenticator, codes are taken as they are.
    ///
    /// A link that is defective is taken as it is for the check of the next, so that each defect is found once.
    pub fn step(
        &mut self,
        link: &AuditLink,
        record: Option<&StoredRecord>,
        authenticator: Option<&dyn AuditAuthenticator>,
    ) -> Vec<ChainDefect> {
        let position = link.position;
        let expected = self.head.position.saturating_add(1);
        let before = self.head.mac;
        self.head = link.into();
        let mut defects = Vec::new();
        if position > expected {
            defects.push(ChainDefect::LinksMissing {
                from: expected,
                to: position.saturating_sub(1),
            });
        }
        let Some(record) = record else {
            defects.push(ChainDefect::RecordMissing { position });
            return defects;
        };
        // The link before a gap is not known.
        let Some(authenticator) = authenticator.filter(|_| defects.is_empty()) else {
            return defects;
        };
        let message = message(position, &before, &link.key_id, record);
        match authenticator.mac(&link.key_id, &message) {
            None => defects.push(ChainDefect::KeyMissing {
                position,
                key_id: link.key_id.clone(),
            }),
            Some(mac) if mac != link.mac => defects.push(ChainDefect::Altered { position }),
            Some(_) => {}
        }
        defects
    }

    /// The last link of the walk.
    #[must_use]
    pub const fn head(&self) -> AuditHead {
        self.head
    }
}

#[cfg(test)]
mod tests;
