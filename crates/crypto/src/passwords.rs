//! Hashing passwords with Argon2id, a few at a time.

mod cost;
mod turnstile;

#[cfg(test)]
mod tests;

use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, PasswordHasher as _, PasswordVerifier, Version};
use async_trait::async_trait;
use udam_domain::account::{Password, PasswordHash};
use udam_domain::{HashingError, PasswordHasher};

use crate::system::try_random;
use turnstile::Turnstile;

pub use cost::{Argon2Cost, Argon2SetupError};
pub use turnstile::HashingLimits;

/// As long as the PHC string format advises and RFC 9106, section 3.1, recommends.
const SALT_LENGTH: usize = 16;

/// Hashes passwords with Argon2id, version 1.3 (RFC 9106), into PHC strings.
///
/// The work is done on tokio's blocking pool, a bounded number at once; a bounded number more waits.
/// A caller that goes away while its password is being worked on makes room only when that is done.
pub struct Argon2PasswordHasher {
    argon2: Argon2<'static>,
    /// What is worked on where there is no hash. Nobody knows what it is the hash of.
    decoy: PasswordHash,
    turnstile: Turnstile,
}

impl Argon2PasswordHasher {
    /// A hasher of this cost. It hashes once before it returns, for the decoy.
    ///
    /// # Errors
    /// [`Argon2SetupError`]
    pub fn new(cost: Argon2Cost, limits: HashingLimits) -> Result<Self, Argon2SetupError> {
        let params = cost.params().map_err(Argon2SetupError::Cost)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = decoy(&argon2).map_err(Argon2SetupError::FirstHash)?;
        Ok(Self {
            argon2,
            decoy,
            turnstile: Turnstile::new(limits),
        })
    }
}

#[async_trait]
impl PasswordHasher for Argon2PasswordHasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let argon2 = self.argon2.clone();
        self.turnstile
            .pass(move || hash(&argon2, password.expose().as_bytes()))
            .await?
    }

    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        let argon2 = self.argon2.clone();
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let matches = self
            .turnstile
            .pass(move || matches(&argon2, password.expose().as_bytes(), &hash))
            .await??;
        Ok(exists && matches)
    }
}

impl fmt::Debug for Argon2PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2PasswordHasher")
            .field("argon2", &self.argon2)
            .field("turnstile", &self.turnstile)
            .finish_non_exhaustive()
    }
}

fn decoy(argon2: &Argon2<'_>) -> Result<PasswordHash, HashingError> {
    let password: [u8; 32] = try_random().or(Err(HashingError::Failed))?;
    hash(argon2, &password)
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<PasswordHash, HashingError> {
    let salt: [u8; SALT_LENGTH] = try_random().or(Err(HashingError::Failed))?;
    let hash = argon2.hash_password_with_salt(password, &salt);
    hash.map(|hash| PasswordHash::from_phc(hash.to_string()))
        .or(Err(HashingError::Failed))
}

/// Whether the password is the one that was hashed, by the hash's own parameters.
fn matches(
    argon2: &Argon2<'_>,
    password: &[u8],
    hash: &PasswordHash,
) -> Result<bool, HashingError> {
    let hash = phc::PasswordHash::new(hash.as_phc()).or(Err(HashingError::Failed))?;
    // Without a salt or an output, argon2 would call every password wrong, and do no work for it.
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(HashingError::Failed);
    }
    match argon2.verify_password(password, &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(HashingError::Failed),
    }
}
