//! Hashing passwords with Argon2id, a few at a time.

mod blocks;
mod cost;
mod threads;
mod turnstile;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use udam_domain::account::{Password, PasswordHash};
use udam_domain::{HashingError, PasswordHasher};

use crate::system::try_random;
use blocks::BlockPool;
use turnstile::Turnstile;

pub use cost::{Argon2Cost, Argon2SetupError};
pub use turnstile::HashingLimits;

/// As long as the PHC string format advises and RFC 9106, section 3.1, recommends.
const SALT_LENGTH: usize = 16;

const ALGORITHM: Algorithm = Algorithm::Argon2id;
const VERSION: Version = Version::V0x13;

/// Hashes passwords with Argon2id, version 1.3 (RFC 9106), into PHC strings.
///
/// The work is done on threads of its own that make way for all others, a bounded number at once; a
/// bounded number more waits. They end with the hasher.
///
/// A caller that goes away while its password is being worked on makes room only when that is done.
/// The memory of the work is taken when it is first needed, and kept for the next.
pub struct Argon2PasswordHasher {
    params: Params,
    /// What is worked on where there is no hash. Nobody knows what it is the hash of.
    decoy: PasswordHash,
    blocks: Arc<BlockPool>,
    turnstile: Turnstile,
}

impl Argon2PasswordHasher {
    /// A hasher of this cost.
    ///
    /// # Errors
    /// [`Argon2SetupError`]
    pub fn new(cost: Argon2Cost, limits: HashingLimits) -> Result<Self, Argon2SetupError> {
        let params = cost.params().map_err(Argon2SetupError::Cost)?;
        let decoy = decoy(&params).map_err(Argon2SetupError::Decoy)?;
        let blocks = Arc::new(BlockPool::new(params.block_count()));
        Ok(Self {
            params,
            decoy,
            blocks,
            turnstile: Turnstile::new(limits),
        })
    }
}

#[async_trait]
impl PasswordHasher for Argon2PasswordHasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let (params, blocks) = (self.params.clone(), Arc::clone(&self.blocks));
        self.turnstile
            .pass(move || hash(&params, password.expose().as_bytes(), &blocks))
            .await?
    }

    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        let blocks = Arc::clone(&self.blocks);
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let matches = self
            .turnstile
            .pass(move || matches(password.expose().as_bytes(), &hash, &blocks))
            .await??;
        Ok(exists && matches)
    }
}

impl fmt::Debug for Argon2PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2PasswordHasher")
            .field("params", &self.params)
            .field("turnstile", &self.turnstile)
            .finish_non_exhaustive()
    }
}

/// Made of chance alone, with no hashing: no password is known to have this output, and checking one
/// against it is the work that checking any is.
fn decoy(params: &Params) -> Result<PasswordHash, HashingError> {
    let salt: [u8; SALT_LENGTH] = try_random().or(Err(HashingError::Failed))?;
    let output: [u8; Params::DEFAULT_OUTPUT_LEN] = try_random().or(Err(HashingError::Failed))?;
    let output = phc::Output::new(&output).or(Err(HashingError::Failed))?;
    encode(params, &salt, output)
}

fn hash(
    params: &Params,
    password: &[u8],
    blocks: &BlockPool,
) -> Result<PasswordHash, HashingError> {
    let salt: [u8; SALT_LENGTH] = try_random().or(Err(HashingError::Failed))?;
    hash_with_salt(params, password, &salt, blocks)
}

fn hash_with_salt(
    params: &Params,
    password: &[u8],
    salt: &[u8],
    blocks: &BlockPool,
) -> Result<PasswordHash, HashingError> {
    let argon2 = Argon2::new(ALGORITHM, VERSION, params.clone());
    let output = derive(&argon2, password, salt, blocks)?;
    encode(params, salt, output)
}

/// Whether the password is the one that was hashed, by the hash's own parameters.
fn matches(password: &[u8], hash: &PasswordHash, blocks: &BlockPool) -> Result<bool, HashingError> {
    let hash = phc::PasswordHash::new(hash.as_phc()).or(Err(HashingError::Failed))?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(HashingError::Failed);
    };
    let argon2 = argon2_of(&hash).or(Err(HashingError::Failed))?;
    let output = derive(&argon2, password, salt, blocks)?;
    // Outputs are compared in constant time.
    Ok(output == *expected)
}

/// The function that a hash was made with.
fn argon2_of(hash: &phc::PasswordHash) -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(hash)?;
    Ok(Argon2::new(algorithm, version.unwrap_or_default(), params))
}

fn derive(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    blocks: &BlockPool,
) -> Result<phc::Output, HashingError> {
    let params = argon2.params();
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut output = [0; phc::Output::MAX_LENGTH];
    let output = output.get_mut(..length).ok_or(HashingError::Failed)?;
    let memory = blocks
        .lend(params.block_count())
        .or(Err(HashingError::Failed))?;
    argon2
        .hash_password_into_with_memory(password, salt, output, memory)
        .or(Err(HashingError::Failed))?;
    phc::Output::new(output).or(Err(HashingError::Failed))
}

fn encode(params: &Params, salt: &[u8], output: phc::Output) -> Result<PasswordHash, HashingError> {
    let hash = phc::PasswordHash {
        algorithm: ALGORITHM.ident(),
        version: Some(VERSION.into()),
        params: phc::ParamsString::try_from(params).or(Err(HashingError::Failed))?,
        salt: Some(phc::Salt::new(salt).or(Err(HashingError::Failed))?),
        hash: Some(output),
    };
    Ok(PasswordHash::from_phc(hash.to_string()))
}
