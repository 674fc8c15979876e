use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::Unspecified;
use ring::hmac::{self, HMAC_SHA256};
use thiserror::Error;
use udam_domain::UnsubscribeMint;
use udam_domain::id::AccountId;
use udam_domain::mail::{MailTopic, UnsubscribeSecret};
use uuid::Uuid;

use crate::derived_key::derive;
use crate::master_keys::MasterKeys;

/// Lets people recognize a secret.
const PREFIX: &str = "udam_uns_";

/// Separates these keys from whatever else is derived from a master key. Changing it ends every link.
const INFO: &[u8] = b"udam unsubscribe key, HMAC-SHA256, 1";

const CODE_LENGTH: usize = 32;

/// Signs links that end mails with HMAC-SHA256 (RFC 2104), under a key that is derived from the active master key. A link
/// is recognized while its master key is at hand.
///
/// A secret is the prefix, and in URL-safe base64 the account (16 bytes), the code of account and topic (32), and the
/// topic.
pub struct HmacUnsubscribeMint {
    /// Of all master keys at hand.
    keys: Vec<hmac::Key>,
    /// Of the active master key.
    active: hmac::Key,
}

/// A key could not be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no key for links that end mails could be derived from the master keys")]
pub struct UnsubscribeKeysError;

impl HmacUnsubscribeMint {
    /// The keys of all master keys at hand.
    ///
    /// # Errors
    /// [`UnsubscribeKeysError`], which no master key is known to cause.
    pub fn new(masters: &MasterKeys) -> Result<Self, UnsubscribeKeysError> {
        let key = |master: &[u8; 32]| {
            let derived = derive(master, INFO).map_err(|Unspecified| UnsubscribeKeysError)?;
            Ok(hmac::Key::new(HMAC_SHA256, derived.as_slice()))
        };
        let keys = masters.iter().map(|master| key(master.bytes()));
        Ok(Self {
            keys: keys.collect::<Result<_, UnsubscribeKeysError>>()?,
            active: key(masters.active_key().bytes())?,
        })
    }
}

impl UnsubscribeMint for HmacUnsubscribeMint {
    fn sign(&self, account: AccountId, topic: MailTopic) -> UnsubscribeSecret {
        let id = account.uuid();
        let topic: &str = topic.into();
        let code = hmac::sign(&self.active, &message(id.as_bytes(), topic.as_bytes()));
        let parts = [id.as_bytes().as_slice(), code.as_ref(), topic.as_bytes()].concat();
        UnsubscribeSecret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(parts)))
    }

    fn recognize(&self, secret: &UnsubscribeSecret) -> Option<(AccountId, MailTopic)> {
        let encoded = secret.expose().strip_prefix(PREFIX)?;
        let parts = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (id, rest) = parts.split_first_chunk::<16>()?;
        let (code, topic) = rest.split_at_checked(CODE_LENGTH)?;
        let message = message(id, topic);
        let mut keys = self.keys.iter();
        if !keys.any(|key| hmac::verify(key, &message, code).is_ok()) {
            return None;
        }
        let topic = std::str::from_utf8(topic).ok()?.parse().ok()?;
        Some((AccountId::from_uuid(Uuid::from_bytes(*id)), topic))
    }
}

/// The signed bytes. Accounts are of one length, so that no two pairs have the same bytes.
fn message(account: &[u8; 16], topic: &[u8]) -> Vec<u8> {
    [account.as_slice(), topic].concat()
}

// Leaves out the keys.
impl fmt::Debug for HmacUnsubscribeMint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacUnsubscribeMint")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint(ids: &[&str]) -> HmacUnsubscribeMint {
        let text = |id: &&str| {
            let digit = id.chars().last().unwrap();
            format!("{id}:{}=", digit.to_string().repeat(43))
        };
        let keys: Vec<String> = ids.iter().map(text).collect();
        HmacUnsubscribeMint::new(&keys.join(",").parse().unwrap()).unwrap()
    }

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_secret_says_whose_mails_of_which_topic_end() {
        let mint = mint(&["kQ"]);
        for topic in MailTopic::all() {
            let secret = mint.sign(account(7), topic);
            assert_eq!(mint.recognize(&secret), Some((account(7), topic)));
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            assert!(secret.expose().bytes().all(is_plain));
        }
    }

    #[test]
    fn no_other_account_or_topic_can_be_made_of_a_secret() {
        let mint = mint(&["kQ"]);
        let secret = mint.sign(account(7), MailTopic::UnitsLow);
        let encoded = secret.expose().strip_prefix(PREFIX).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(encoded).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(changed));
            assert_eq!(mint.recognize(&UnsubscribeSecret::new(text)), None);
        }
        for text in [
            "",
            PREFIX,
            "udam_uns_AAAA",
            "udam_lnk_AAAA",
            "udam_uns_\u{e4}",
        ] {
            let secret = UnsubscribeSecret::new(text.to_owned());
            assert_eq!(mint.recognize(&secret), None, "{text}");
        }
    }

    #[test]
    fn a_link_is_recognized_while_its_master_key_is_at_hand() {
        let secret = mint(&["kQ"]).sign(account(7), MailTopic::SoldOut);
        let after_a_change = mint(&["kg", "kQ"]);
        assert!(after_a_change.recognize(&secret).is_some());
        let new = after_a_change.sign(account(7), MailTopic::SoldOut);
        assert!(mint(&["kg"]).recognize(&new).is_some());
        assert!(mint(&["kg"]).recognize(&secret).is_none());
    }
}
