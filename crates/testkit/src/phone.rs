use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use ring::hmac;
use serde_json::json;
use tokio::sync::Mutex;

use crate::client::Client;
use crate::market::expect_status;

/// Length of a step, in seconds.
const STEP: u64 = 30;

/// An app that makes the codes of a second factor (RFC 6238), computed apart from the program's. Clones share what they have shown.
#[derive(Debug, Clone)]
pub struct Phone {
    key: Vec<u8>,
    last_step: Arc<Mutex<u64>>,
}

impl Phone {
    /// An app with this secret, in base 32.
    pub fn with_secret(secret: &str) -> Result<Self> {
        Ok(Self {
            key: base32(secret)?,
            last_step: Arc::default(),
        })
    }

    /// A code that was not shown before and is accepted now. The first two or three are there at once, as clocks may differ by a
    /// step each way; then one has to be waited for.
    pub async fn code(&self) -> String {
        let mut last = self.last_step.lock().await;
        loop {
            let now = seconds();
            let current = now / STEP;
            // At the end of a step, the one before could be too old by the time it arrives.
            let oldest = if now % STEP < 20 {
                current - 1
            } else {
                current
            };
            let step = oldest.max(*last + 1);
            if step <= current + 1 {
                *last = step;
                return self.code_of(step);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// A code that is wrong now.
    #[must_use]
    pub fn wrong_code(&self) -> String {
        let current = seconds() / STEP;
        let right: Vec<String> = (current - 2..=current + 2)
            .map(|step| self.code_of(step))
            .collect();
        let mut codes = (0..6).map(|code| format!("{code:06}"));
        codes.find(|code| !right.contains(code)).unwrap_or_default()
    }

    fn code_of(&self, step: u64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.key);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0xf);
        let bytes = tag.get(offset..offset + 4).unwrap_or_default();
        let bits = bytes
            .iter()
            .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
        format!("{:06}", (bits & 0x7fff_ffff) % 1_000_000)
    }
}

/// An account with a second factor.
#[derive(Debug, Clone)]
pub struct TwoFactors {
    /// Its session, which has proved the factor.
    pub client: Client,
    /// Its app.
    pub phone: Phone,
    /// Its recovery codes.
    pub recovery_codes: Vec<String>,
}

/// Adds a second factor to the account that a client is signed in to, which has this password.
pub async fn add_factor(client: &Client, password: &str) -> Result<TwoFactors> {
    let begun = client.post("/v1/auth/totp", json!({"password": password}));
    let begun = expect_status(begun.await?, 201)?;
    let phone = Phone::with_secret(begun.text_at("/secret"))?;
    let code = json!({"code": phone.code().await});
    let confirmed = client.post("/v1/auth/totp/confirm", code);
    let confirmed = expect_status(confirmed.await?, 200)?;
    let codes = confirmed["recovery_codes"].as_array();
    let codes = codes.context("no recovery codes")?.iter();
    Ok(TwoFactors {
        client: client.with_session(confirmed.text_at("/session_token")),
        phone,
        recovery_codes: codes
            .filter_map(|code| code.as_str().map(str::to_owned))
            .collect(),
    })
}

#[expect(clippy::disallowed_methods, reason = "a phone has a clock of its own")]
fn seconds() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

fn base32(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for character in text.bytes() {
        let digit = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|digit| *digit == character);
        ensure!(digit.is_some(), "{text} is not in base 32");
        bits = (bits << 5) | u32::try_from(digit.unwrap_or_default())?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff)?);
            bits &= (1 << held) - 1;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B.
        let phone = Phone::with_secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(phone.code_of(59 / STEP), "287082");
        assert_eq!(phone.code_of(1_111_111_109 / STEP), "081804");
    }
}
