use std::sync::Arc;
use std::time::Duration;

use miniserde::Deserialize;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeRequest};
use stripe_client_core::RequestBuilder;
use tokio::time::sleep;
use udam_domain::Entropy;
use udam_domain::secret::Secret;

use crate::answer::{Listed, Page};
use crate::failure::Failure;
use crate::settings::{StripeSettings, StripeSetupError, base};

/// The most of a list that one page may hold.
pub(crate) const PAGE_SIZE: i64 = 100;

/// How many pages of a list are read: 50,000 entries, beyond which something else is wrong.
const MOST_PAGES: usize = 500;

/// Doubling stops here, at 64 times the first wait.
const MOST_DOUBLINGS: u32 = 6;

/// Calls Stripe: each call within its time, and again where that may help.
pub(crate) struct Connection {
    client: Client,
    secret_key: Secret,
    retries: u32,
    backoff: Duration,
    entropy: Arc<dyn Entropy>,
}

impl Connection {
    pub(crate) fn new(
        settings: &StripeSettings,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StripeSetupError> {
        let secret_key = settings.secret_key.clone();
        if secret_key.expose().trim().is_empty() {
            return Err(StripeSetupError::SecretKey);
        }
        let mut builder = ClientBuilder::new(secret_key.expose())
            .timeout(settings.timeout)
            .app_info("udam", Some(env!("CARGO_PKG_VERSION").to_owned()), None);
        if let Some(api_base) = &settings.api_base {
            let api_base = base(api_base).ok_or(StripeSetupError::ApiBase)?;
            builder = builder.url(format!("{api_base}/"));
        }
        Ok(Self {
            client: builder
                .build()
                .map_err(|_unusable_header| StripeSetupError::SecretKey)?,
            secret_key,
            retries: settings.retries,
            backoff: settings.backoff,
            entropy,
        })
    }

    /// Asks Stripe. With an idempotency key, what it asks for is done once, however often it is asked.
    pub(crate) async fn ask<Answer: Deserialize + Send>(
        &self,
        request: &(impl StripeRequest + Sync),
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut repeats = 0;
        loop {
            let failure = match self.ask_once(in_order(request.build()), key).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if repeats >= self.retries || !failure.is_passing() {
                return Err(failure);
            }
            sleep(self.pause(repeats)).await;
            repeats = repeats.saturating_add(1);
        }
    }

    /// The whole of a list, in Stripe's order. `page` is the request for what comes after an entry.
    pub(crate) async fn list<Entry: Listed, Request: StripeRequest + Sync>(
        &self,
        page: impl Fn(Option<&str>) -> Request + Sync + Send,
    ) -> Result<Vec<Entry>, Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        for _ in 0..MOST_PAGES {
            let after = entries.last().map(Listed::id);
            let answer: Page<Entry> = self.ask(&page(after), None).await?;
            let is_empty = answer.data.is_empty();
            entries.extend(answer.data);
            match (answer.has_more, is_empty) {
                (false, _) => return Ok(entries),
                (true, false) => {}
                // More, but nothing to go on from: it would be asked for ever.
                (true, true) => return Err(Failure::Unreadable),
            }
        }
        Err(Failure::TooMany)
    }

    async fn ask_once<Answer: Deserialize>(
        &self,
        request: RequestBuilder,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let strategy = match key {
            Some(key) => IdempotencyKey::new(key)
                .map(RequestStrategy::Idempotent)
                .map_err(|_too_long| Failure::Unsendable("idempotency key"))?,
            None => RequestStrategy::Once,
        };
        request
            .customize()
            .request_strategy(strategy)
            .send(&self.client)
            .await
            .map_err(|error| Failure::of(error, &self.secret_key))
    }

    fn pause(&self, repeats: u32) -> Duration {
        let longest = self
            .backoff
            .saturating_mul(2_u32.saturating_pow(repeats.min(MOST_DOUBLINGS)));
        let mut drawn = [0];
        self.entropy.fill(&mut drawn);
        let [chance]: [u8; 1] = drawn;
        let left_out = longest.saturating_mul(chance.into()) / 512;
        longest.saturating_sub(left_out)
    }
}

/// The request with its form in one order. The library keeps metadata in a `HashMap`, whose order is
/// another in every process; Stripe holds a repeat against the first request with the same key.
fn in_order(mut request: RequestBuilder) -> RequestBuilder {
    if let Some(body) = request.body.take() {
        let mut fields: Vec<&str> = body.split('&').collect();
        fields.sort_unstable();
        request.body = Some(fields.join("&"));
    }
    request
}

#[cfg(test)]
mod tests;
