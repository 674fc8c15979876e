//! Computing and checking Argon2 hashes, as PHC strings, in memory from a [`BufferPool`].

#[cfg(test)]
mod tests;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use udam_domain::HashingError;
use udam_domain::account::PasswordHash;

use super::buffers::BufferPool;
use crate::system::try_random;

/// Salt length, in bytes. Recommended by RFC 9106, section 3.1, and by the PHC string format.
pub(super) const SALT_LENGTH: usize = 16;

const ALGORITHM: Algorithm = Algorithm::Argon2id;
const VERSION: Version = Version::V0x13;

/// Hashes the password with a random salt.
pub(super) fn hash(
    params: &Params,
    password: &[u8],
    buffers: &BufferPool,
) -> Result<PasswordHash, HashingError> {
    let salt: [u8; SALT_LENGTH] = try_random().or(Err(HashingError::Failed))?;
    hash_with_salt(params, password, &salt, buffers)
}

/// Hashes the password with the given salt.
pub(super) fn hash_with_salt(
    params: &Params,
    password: &[u8],
    salt: &[u8],
    buffers: &BufferPool,
) -> Result<PasswordHash, HashingError> {
    let argon2 = Argon2::new(ALGORITHM, VERSION, params.clone());
    let output = derive(&argon2, password, salt, buffers)?;
    encode(params, salt, output)
}

/// Returns whether the hash is of this password. The hash's own algorithm, version and parameters
/// apply.
pub(super) fn matches(
    password: &[u8],
    hash: &PasswordHash,
    buffers: &BufferPool,
) -> Result<bool, HashingError> {
    let hash = phc::PasswordHash::new(hash.as_phc()).or(Err(HashingError::Failed))?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(HashingError::Failed);
    };
    let argon2 = argon2_of(&hash).or(Err(HashingError::Failed))?;
    let output = derive(&argon2, password, salt, buffers)?;
    // `Output` compares in constant time.
    Ok(output == *expected)
}

/// A hash with a random salt and a random output.
///
/// Checking a password against it costs what any check costs, and no password is known to match.
pub(super) fn dummy_hash(params: &Params) -> Result<PasswordHash, HashingError> {
    let salt: [u8; SALT_LENGTH] = try_random().or(Err(HashingError::Failed))?;
    let output: [u8; Params::DEFAULT_OUTPUT_LEN] = try_random().or(Err(HashingError::Failed))?;
    let output = phc::Output::new(&output).or(Err(HashingError::Failed))?;
    encode(params, &salt, output)
}

/// Runs Argon2 in a pooled buffer.
pub(super) fn derive(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    buffers: &BufferPool,
) -> Result<phc::Output, HashingError> {
    let params = argon2.params();
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut output = [0; phc::Output::MAX_LENGTH];
    let output = output.get_mut(..length).ok_or(HashingError::Failed)?;
    let memory = buffers
        .acquire(params.block_count())
        .or(Err(HashingError::Failed))?;
    argon2
        .hash_password_into_with_memory(password, salt, output, memory)
        .or(Err(HashingError::Failed))?;
    phc::Output::new(output).or(Err(HashingError::Failed))
}

fn argon2_of(hash: &phc::PasswordHash) -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?;
    let params = Params::try_from(hash)?;
    Ok(Argon2::new(algorithm, version.unwrap_or_default(), params))
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
