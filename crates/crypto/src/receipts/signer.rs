use std::fmt;

use ring::error::Unspecified;
use ring::signature::Ed25519KeyPair;
use thiserror::Error;
use udam_domain::ReceiptSigner;
use udam_domain::gateway::ReceiptKey;

use super::{jwk, jws, key_pair};
use crate::master_keys::{MasterKey, MasterKeys};

/// Signs receipts with Ed25519, under a key derived from the active master key.
///
/// The public keys of all master keys at hand are published, the active one's first, so that a server knows the next
/// key before another server signs under it.
pub struct Ed25519ReceiptSigner {
    pair: Ed25519KeyPair,
    /// Encoded protected header of every receipt.
    header: String,
    /// Public keys of the master keys at hand, the active one's first.
    own_keys: Vec<ReceiptKey>,
    /// JSON Web Key Set of all public keys.
    public_keys: String,
}

/// No signing key could be derived from a master key.
#[derive(Debug, Error)]
#[error("no key to sign receipts could be derived from the master keys")]
pub struct ReceiptSignerError;

impl Ed25519ReceiptSigner {
    /// A signer under the active master key.
    ///
    /// # Errors
    /// [`ReceiptSignerError`], which no master key is known to cause.
    pub fn new(keys: &MasterKeys) -> Result<Self, ReceiptSignerError> {
        let (pair, own_keys) = derive(keys).map_err(|Unspecified| ReceiptSignerError)?;
        let active = own_keys.first().ok_or(ReceiptSignerError)?;
        Ok(Self {
            pair,
            header: jws::header(&active.id),
            public_keys: set_of(&own_keys)?,
            own_keys,
        })
    }

    /// Public keys of the master keys at hand, the active one's first.
    #[must_use]
    pub fn own_keys(&self) -> &[ReceiptKey] {
        &self.own_keys
    }

    /// The signer, which publishes these older keys as well.
    ///
    /// # Errors
    /// [`ReceiptSignerError`]
    pub fn with_older_keys(mut self, older: &[ReceiptKey]) -> Result<Self, ReceiptSignerError> {
        let others = older.iter().filter(|key| !self.own_keys.contains(key));
        let all: Vec<ReceiptKey> = self.own_keys.iter().chain(others).cloned().collect();
        self.public_keys = set_of(&all)?;
        Ok(self)
    }
}

impl ReceiptSigner for Ed25519ReceiptSigner {
    fn sign(&self, payload: &[u8]) -> String {
        jws::compact(&self.header, payload, |signed| self.pair.sign(signed))
    }

    fn public_keys(&self) -> String {
        self.public_keys.clone()
    }
}

impl fmt::Debug for Ed25519ReceiptSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key_ids = self.own_keys.iter().map(|key| &key.id);
        f.debug_list().entries(key_ids).finish()
    }
}

fn derive(keys: &MasterKeys) -> Result<(Ed25519KeyPair, Vec<ReceiptKey>), Unspecified> {
    let public = |master: &MasterKey| key_pair::public(&key_pair::derive(master.bytes())?);
    let own_keys = keys.iter().map(public).collect::<Result<_, _>>()?;
    Ok((key_pair::derive(keys.active_key().bytes())?, own_keys))
}

fn set_of(keys: &[ReceiptKey]) -> Result<String, ReceiptSignerError> {
    // Texts and lists of texts always serialize.
    jwk::set_of(keys).or(Err(ReceiptSignerError))
}
