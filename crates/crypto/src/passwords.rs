//! Hashing passwords with Argon2id, a bounded number at once.

mod argon2id;
mod buffers;
mod cost;
mod executor;
mod thread_pool;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use argon2::Params;
use async_trait::async_trait;
use rayon::ThreadPoolBuildError;
use thiserror::Error;
use udam_domain::account::{Password, PasswordHash};
use udam_domain::{HashingError, PasswordHasher};

use buffers::BufferPool;
use executor::BoundedExecutor;

pub use cost::Argon2Cost;
pub use executor::HashingLimits;

/// Hashes passwords with Argon2id, version 1.3 (RFC 9106), into PHC strings.
///
/// It owns as many threads as it hashes passwords at once. They run at lower priority than other
/// threads (on Linux) and end with the hasher. Further callers wait, up to a bound.
///
/// A caller that is cancelled while its password is being hashed holds its place until the hash is
/// done. Memory for hashing is allocated when first needed, and kept.
pub struct Argon2PasswordHasher {
    params: Params,
    /// Checked where an account has no hash, so that the answer takes as long.
    dummy: PasswordHash,
    buffers: Arc<BufferPool>,
    executor: BoundedExecutor,
}

/// Why a password hasher cannot be made.
#[derive(Debug, Error)]
pub enum Argon2SetupError {
    /// The cost is outside the range of RFC 9106, section 3.1.
    #[error(
        "the cost of password hashing is out of range; use at least 8 KiB for each lane, and one pass"
    )]
    Cost(#[source] argon2::Error),
    /// The operating system has no random bytes.
    #[error("cannot make the dummy password hash")]
    Dummy(#[source] HashingError),
    /// The operating system starts no more threads.
    #[error(
        "cannot start the threads that hash passwords; raise the limit on threads (`ulimit -u`)"
    )]
    Threads(#[source] ThreadPoolBuildError),
}

impl Argon2PasswordHasher {
    /// Makes a hasher and starts its threads.
    ///
    /// # Errors
    /// [`Argon2SetupError`]
    pub fn new(cost: Argon2Cost, limits: HashingLimits) -> Result<Self, Argon2SetupError> {
        let params = cost.params().map_err(Argon2SetupError::Cost)?;
        let dummy = argon2id::dummy_hash(&params).map_err(Argon2SetupError::Dummy)?;
        let executor = BoundedExecutor::new(limits).map_err(Argon2SetupError::Threads)?;
        let buffers = Arc::new(BufferPool::new(params.block_count()));
        Ok(Self {
            params,
            dummy,
            buffers,
            executor,
        })
    }
}

#[async_trait]
impl PasswordHasher for Argon2PasswordHasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let (params, buffers) = (self.params.clone(), Arc::clone(&self.buffers));
        self.executor
            .run(move || argon2id::hash(&params, password.expose().as_bytes(), &buffers))
            .await?
    }

    async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        let buffers = Arc::clone(&self.buffers);
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.clone());
        let matches = self
            .executor
            .run(move || argon2id::matches(password.expose().as_bytes(), &hash, &buffers))
            .await??;
        Ok(exists && matches)
    }
}

impl fmt::Debug for Argon2PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2PasswordHasher")
            .field("params", &self.params)
            .field("executor", &self.executor)
            .finish_non_exhaustive()
    }
}
