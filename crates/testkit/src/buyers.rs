//! Buyers without a password, for tests that need more than could be registered: hashing a thousand passwords
//! takes longer than everything else.

use anyhow::Result;
use tokio_postgres::Client;
use udam_crypto::{Sha256SessionMint, SystemClock, SystemEntropy};
use udam_domain::id::{AccountId, SessionId};
use udam_domain::{Clock, SessionMint};
use uuid::Uuid;

/// Inserts buyers, and returns a session token of each.
pub async fn insert_buyers(database: &Client, count: usize) -> Result<Vec<String>> {
    let now = SystemClock.now();
    let (mut accounts, mut sessions) = (Vec::<Uuid>::new(), Vec::<Uuid>::new());
    let (mut digests, mut tokens) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (token, digest) = Sha256SessionMint.mint();
        accounts.push(AccountId::mint(now, &SystemEntropy).uuid());
        sessions.push(SessionId::mint(now, &SystemEntropy).uuid());
        digests.push(digest.as_bytes().to_vec());
        tokens.push(token.expose().to_owned());
    }
    let statement = include_str!("../sql/buyers.sql");
    database
        .execute(statement, &[&accounts, &sessions, &digests])
        .await?;
    Ok(tokens)
}
