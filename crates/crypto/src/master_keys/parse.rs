use std::str::FromStr;

use thiserror::Error;
use udam_domain::listing::{KeyId, KeyIdError};

use super::MasterKeys;
use super::key::{KeyTextError, MasterKey};

/// Why a text holds no master keys. It names the culprit by its id, or by its position, counted from
/// one, and repeats no part of a key: these errors are printed and logged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseMasterKeysError {
    /// There is nothing but comments and spaces.
    #[error("there is no master key")]
    Empty,
    /// There is no colon in it.
    #[error("master key number {position} is not of the form id:key")]
    Malformed {
        /// Which.
        position: usize,
    },
    /// What stands before the colon is no key id.
    #[error("master key number {position} has an id that is none")]
    BadId {
        /// Which.
        position: usize,
        /// What is wrong with it.
        source: KeyIdError,
    },
    /// What stands after the colon is not base64.
    #[error("master key {id} is not in padded base64")]
    NotBase64 {
        /// Which.
        id: KeyId,
    },
    /// What stands after the colon is not 32 bytes.
    #[error("master key {id} is not 32 bytes long")]
    WrongLength {
        /// Which.
        id: KeyId,
    },
    /// An earlier key has this id.
    #[error("two master keys are called {id}")]
    DuplicateId {
        /// What both are called.
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
        let older = keys.collect();
        Ok(Self { active, older })
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
        KeyTextError::NotBase64 => ParseMasterKeysError::NotBase64 { id },
        KeyTextError::WrongLength => ParseMasterKeysError::WrongLength { id },
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
    fn commas_lines_and_comments_are_all_welcome() {
        let text =
            format!("# new, since: autumn\r\n  new:{ONES} ,\r\n\r\nold:{ZEROS},older:{ONES}\n#");
        let keys: MasterKeys = text.parse().unwrap();
        assert_eq!(ids(&keys), ["new", "old", "older"]);
        assert_eq!(keys.active_key().bytes(), &[0xff; 32]);
    }

    #[test]
    fn an_error_names_the_culprit() {
        let id = |text: &str| text.parse::<KeyId>().unwrap();
        assert_eq!(error(" \n# k:v\n,"), ParseMasterKeysError::Empty);
        assert_eq!(
            error(&format!("# one\nk1:{ZEROS}\n{ZEROS}")),
            ParseMasterKeysError::Malformed { position: 2 }
        );
        assert_eq!(
            error(&format!("a b:{ZEROS}")).to_string(),
            "master key number 1 has an id that is none"
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
    fn a_key_has_one_spelling() {
        for spelling in [
            ZEROS.trim_end_matches('=').to_owned(),
            ZEROS.replace("A=", "B="),
            ONES.replace('/', "_"),
            format!("{ZEROS}="),
            format!(" {ZEROS}"),
            format!("{ZEROS}{ZEROS}"),
        ] {
            assert!(format!("k:{spelling}").parse::<MasterKeys>().is_err());
        }
    }

    #[test]
    fn no_error_repeats_a_key() {
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
