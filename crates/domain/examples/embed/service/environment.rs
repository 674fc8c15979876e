//! A clock, identifiers and a key vault, such that the story is the same whenever it is told.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, KeyId, SealedKey};
use udam_domain::time::Timestamp;
use udam_domain::{Clock, Entropy, KeyVault, VaultError};

/// A clock that stands still until it is moved.
pub(crate) struct StoppedClock(AtomicI64);

impl StoppedClock {
    /// A clock that shows 09:00 UTC on Monday, 5 January 2026.
    pub(crate) const fn new() -> Self {
        Self(AtomicI64::new(1_767_603_600))
    }

    pub(crate) fn pass_minutes(&self, minutes: i64) {
        let seconds = minutes.saturating_mul(60);
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        let second = self.0.load(Ordering::Relaxed);
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }
}

/// Bytes that anyone can predict. In production, ask the operating system for them.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, destination: &mut [u8]) {
        destination.fill(0);
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let low = destination.iter_mut().rev();
        for (byte, counted) in low.zip(count.into_iter().rev()) {
            *byte = counted;
        }
    }
}

/// A vault that seals nothing. In production, use authenticated encryption, bound to the listing.
pub(crate) struct OpenVault(pub(crate) KeyId);

#[async_trait]
impl KeyVault for OpenVault {
    async fn seal(&self, _listing: ListingId, key: &ApiKey) -> Result<SealedKey, VaultError> {
        Ok(SealedKey {
            key_id: self.0.clone(),
            ciphertext: key.expose().as_bytes().to_vec(),
        })
    }

    async fn open(&self, _listing: ListingId, sealed: &SealedKey) -> Result<ApiKey, VaultError> {
        let text = String::from_utf8(sealed.ciphertext.clone());
        let text = text.map_err(|_not_text| VaultError::Unopenable)?;
        ApiKey::new(text).map_err(|_no_key| VaultError::Unopenable)
    }
}
