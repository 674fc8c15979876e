use std::str::FromStr;

use thiserror::Error;
use udam_domain::listing::{KeyId, KeyIdError};

use super::key::{DecodeKeyError, MasterKey};
use super::ring::MasterKeys;

/// Why a text cannot be parsed as master keys.
///
/// The faulty entry is named by its id or its one-based position. No variant holds a part of a key,
/// because these errors are printed and logged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseMasterKeysError {
    /// The text holds only comments, separators and white space.
    #[error("there is no master key; make one with `udam keys generate`")]
    Empty,
    /// An entry has no colon.
    #[error("master key number {position} is not of the form id:key")]
    Malformed {
        /// One-based position of the entry.
        position: usize,
    },
    /// The part before the colon is not a valid key id.
    #[error("master key number {position} has an invalid id")]
    BadId {
        /// One-based position of the entry.
        position: usize,
        /// The rule that the id breaks.
        source: KeyIdError,
    },
    /// The part after the colon is not padded base64.
    #[error("master key {id} is not in padded base64")]
    NotBase64 {
        /// Id of the entry.
        id: KeyId,
    },
    /// The part after the colon does not decode to 32 bytes.
    #[error("master key {id} is not 32 bytes long")]
    WrongLength {
        /// Id of the entry.
        id: KeyId,
    },
    /// Two entries have the same id.
    #[error("two master keys have the id {id}; rename one of them")]
    DuplicateId {
        /// The id that both have.
        id: KeyId,
    },
    /// The active key consists of zero bytes: a placeholder, which everybody can guess.
    #[error(
        "master key {id} is all zeros, which anyone can guess; make one with `udam keys generate`"
    )]
    AllZero {
        /// Id of the entry.
        id: KeyId,
    },
}

impl FromStr for MasterKeys {
    type Err = ParseMasterKeysError;

    fn from_str(text: &str) -> Result<Self, ParseMasterKeysError> {
        let mut keys: Vec<MasterKey> = Vec::new();
        for (position, entry) in (1..).zip(entries(text)) {
            let key = parse(position, entry)?;
            if keys.iter().any(|earlier| earlier.id() == key.id()) {
                let id = key.id().clone();
                return Err(ParseMasterKeysError::DuplicateId { id });
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let active = keys.next().ok_or(ParseMasterKeysError::Empty)?;
        // Nothing more may be sealed under it. As an older key it opens what has been sealed already.
        if active.is_all_zero() {
            let id = active.id().clone();
            return Err(ParseMasterKeysError::AllZero { id });
        }
        Ok(Self::new(active, keys.collect()))
    }
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

fn parse(position: usize, entry: &str) -> Result<MasterKey, ParseMasterKeysError> {
    let (id, encoded) = entry
        .split_once(':')
        .ok_or(ParseMasterKeysError::Malformed { position })?;
    let id: KeyId = id
        .parse()
        .map_err(|source| ParseMasterKeysError::BadId { position, source })?;
    MasterKey::decode(id.clone(), encoded).map_err(|error| match error {
        DecodeKeyError::NotBase64 => ParseMasterKeysError::NotBase64 { id },
        DecodeKeyError::WrongLength => ParseMasterKeysError::WrongLength { id },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const ONES: &str = "//////////////////////////////////////////8=";

    fn ids(keys: &MasterKeys) -> Vec<&str> {
        keys.iter().map(|key| key.id().as_str()).collect()
    }

    fn error(text: &str) -> ParseMasterKeysError {
        text.parse::<MasterKeys>().unwrap_err()
    }

    #[test]
    fn entries_are_separated_by_commas_and_lines_and_comments_are_skipped() {
        let text =
            format!("# new, since: autumn\r\n  new:{ONES} ,\r\n\r\nold:{ZEROS},older:{ONES}\n#");
        let keys: MasterKeys = text.parse().unwrap();
        assert_eq!(ids(&keys), ["new", "old", "older"]);
        assert_eq!(keys.active_key().bytes(), &[0xff; 32]);
    }

    #[test]
    fn an_error_names_the_faulty_entry() {
        let id = |text: &str| text.parse::<KeyId>().unwrap();
        assert_eq!(error(" \n# k:v\n,"), ParseMasterKeysError::Empty);
        assert_eq!(
            error(&format!("# one\nk1:{ZEROS}\n{ZEROS}")),
            ParseMasterKeysError::Malformed { position: 2 }
        );
        assert_eq!(
            error(&format!("a b:{ZEROS}")).to_string(),
            "master key number 1 has an invalid id"
        );
        assert_eq!(
            error(&format!("k1:{ZEROS},k2:short")),
            ParseMasterKeysError::NotBase64 { id: id("k2") }
        );
        assert_eq!(
            error("k1:c2hvcnQ="),
            ParseMasterKeysError::WrongLength { id: id("k1") }
        );
        assert_eq!(
            error(&format!("k1:{ZEROS},k1:{ONES}")),
            ParseMasterKeysError::DuplicateId { id: id("k1") }
        );
    }

    #[test]
    fn a_key_of_zeros_opens_but_is_never_active() {
        assert_eq!(
            error(&format!("k1:{ZEROS},k2:{ONES}")).to_string(),
            "master key k1 is all zeros, which anyone can guess; make one with `udam keys generate`"
        );
        let keys: MasterKeys = format!("k2:{ONES},k1:{ZEROS}").parse().unwrap();
        assert_eq!(ids(&keys), ["k2", "k1"]);
        let nearly = ZEROS.replacen('A', "B", 1);
        assert!(format!("k1:{nearly}").parse::<MasterKeys>().is_ok());
    }

    #[test]
    fn a_key_has_exactly_one_encoding() {
        for encoding in [
            ZEROS.trim_end_matches('=').to_owned(),
            ZEROS.replace("A=", "B="),
            ONES.replace('/', "_"),
            format!("{ZEROS}="),
            format!(" {ZEROS}"),
            format!("{ZEROS}{ZEROS}"),
        ] {
            let keys = format!("active:{ONES}\nk:{encoding}");
            assert!(keys.parse::<MasterKeys>().is_err());
        }
    }

    #[test]
    fn no_error_holds_a_part_of_a_key() {
        let secret = "c2VjcmV0c2VjcmV0";
        for text in [
            secret.to_owned(),
            format!("{secret}{secret}{secret}:k1"),
            format!("{secret}=:k1"),
            format!("k1:{secret}"),
            format!("k1:{secret}!"),
            format!("k1:{ZEROS},k1:{ZEROS},{secret}"),
        ] {
            let error = error(&text);
            assert!(
                !format!("{error} {error:?}").contains(&secret[..4]),
                "{error:?}"
            );
        }
    }
}
