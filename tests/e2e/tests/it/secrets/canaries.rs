//! Secrets that must not be found anywhere.

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use udam_testkit::{Market, encodings, master_keys};

pub(super) const API_KEY: &str = "canary-api-key-7f3a1c9e";
pub(super) const NEXT_API_KEY: &str = "canary-next-api-key-51d8";
pub(super) const PASSWORD: &str = "canary-password-b86e20d4";
pub(super) const NEXT_PASSWORD: &str = "canary-next-password-0c9a";
pub(super) const MISTYPED: &str = "canary-mistyped-e4417b";

/// Secrets, each with a description.
pub(super) struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    pub(super) fn only(what: &'static str, secret: &str) -> Self {
        Self(vec![(what, secret.to_owned())])
    }

    pub(super) async fn of(market: &Market) -> Result<Self> {
        let texts = [API_KEY, NEXT_API_KEY, PASSWORD, NEXT_PASSWORD, MISTYPED];
        let mut canaries: Vec<_> = texts
            .into_iter()
            .map(|text| (text, text.to_owned()))
            .collect();
        let (_, key) = master_keys().await?.split_once(':').unwrap();
        canaries.push(("a master key", key.trim_end_matches('=').to_owned()));
        canaries.push(("a master key's bytes", hex_of(key)));
        let url = market.database.url();
        let password = url
            .trim_start_matches("postgres://")
            .split([':', '@'])
            .nth(1)
            .unwrap();
        canaries.push(("the database's password", password.to_owned()));
        Ok(Self(canaries))
    }

    pub(super) fn add(&mut self, what: &'static str, secret: &str) {
        assert!(secret.len() > 20, "{what} is {secret:?}");
        self.0.push((what, secret.to_owned()));
    }

    /// None of the secrets is in the text, in any encoding.
    #[track_caller]
    pub(super) fn assert_none_in(&self, place: &str, text: &str) {
        let lower = text.to_lowercase();
        for (what, secret) in &self.0 {
            for form in encodings(secret) {
                let found = text.contains(&form) || lower.contains(&form.to_lowercase());
                assert!(!found, "{what} is in {place}, as {form}");
            }
        }
    }
}

fn hex_of(base64: &str) -> String {
    hex::encode(STANDARD.decode(base64).unwrap())
}
