use std::sync::Arc;
use std::time::Duration;

use miniserde::Deserialize;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeRequest};
use stripe_client_core::RequestBuilder;
use stripe_types::List;
use tokio::time::sleep;
use udam_domain::Entropy;
use udam_domain::secret::Secret;

use crate::failure::Failure;
use crate::response::ListEntry;
use crate::settings::{StripeSettings, StripeSetupError, base_url};

/// Maximum number of entries of a page.
pub(crate) const PAGE_SIZE: i64 = 100;

/// Maximum number of pages that are read of a list: 50,000 entries, beyond which something else is wrong.
const MAX_PAGES: usize = 500;

/// Maximum number of times that the retry delay doubles: to 64 times the first.
const MAX_DOUBLINGS: u32 = 6;

/// Sends requests to Stripe, each within a time limit, and retries those that may succeed later.
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
            let api_base = base_url(api_base).ok_or(StripeSetupError::ApiBase)?;
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

    /// Sends a request. With an idempotency key Stripe executes it once, however often it is sent.
    pub(crate) async fn send<Response: Deserialize + Send>(
        &self,
        request: &(impl StripeRequest + Sync),
        key: Option<&str>,
    ) -> Result<Response, Failure> {
        let mut retries = 0;
        loop {
            let failure = match self.send_once(sort_form(request.build()), key).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            if retries >= self.retries || !failure.is_transient() {
                return Err(failure);
            }
            sleep(self.retry_delay(retries)).await;
            retries = retries.saturating_add(1);
        }
    }

    /// Reads a whole list, in Stripe's order. `page` builds the request for the page after a cursor.
    pub(crate) async fn list<Entry: ListEntry, Request: StripeRequest + Sync>(
        &self,
        page: impl Fn(Option<&str>) -> Request + Sync + Send,
    ) -> Result<Vec<Entry>, Failure> {
        let entries = self.list_up_to(None, page).await?;
        entries.ok_or(Failure::ListTooLong)
    }

    /// Reads a whole list like [`list`](Self::list); `None` if it has more than `limit` entries.
    pub(crate) async fn list_up_to<Entry: ListEntry, Request: StripeRequest + Sync>(
        &self,
        limit: Option<usize>,
        page: impl Fn(Option<&str>) -> Request + Sync + Send,
    ) -> Result<Option<Vec<Entry>>, Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        for _ in 0..MAX_PAGES {
            let cursor = entries.last().map(ListEntry::id);
            if cursor == Some("") {
                return Err(Failure::Unreadable);
            }
            let response: List<Entry> = self.send(&page(cursor), None).await?;
            let is_empty = response.data.is_empty();
            entries.extend(response.data);
            if limit.is_some_and(|limit| entries.len() > limit) {
                return Ok(None);
            }
            match (response.has_more, is_empty) {
                (false, _) => return Ok(Some(entries)),
                (true, false) => {}
                // More entries, but no cursor: the same page would be read for ever.
                (true, true) => return Err(Failure::Unreadable),
            }
        }
        Err(Failure::ListTooLong)
    }

    async fn send_once<Response: Deserialize>(
        &self,
        request: RequestBuilder,
        key: Option<&str>,
    ) -> Result<Response, Failure> {
        let strategy = match key {
            Some(key) => IdempotencyKey::new(key)
                .map(RequestStrategy::Idempotent)
                .map_err(|_too_long| Failure::InvalidArgument("idempotency key"))?,
            None => RequestStrategy::Once,
        };
        request
            .customize()
            .request_strategy(strategy)
            .send(&self.client)
            .await
            .map_err(|error| Failure::new(error, &self.secret_key))
    }

    /// Delay before a retry: doubled each time, and shortened at random by up to a half, so that servers
    /// that failed together do not retry together.
    fn retry_delay(&self, retries: u32) -> Duration {
        let longest = self
            .backoff
            .saturating_mul(2_u32.saturating_pow(retries.min(MAX_DOUBLINGS)));
        let mut drawn = [0];
        self.entropy.fill(&mut drawn);
        let [random]: [u8; 1] = drawn;
        let jitter = longest.saturating_mul(random.into()) / 512;
        longest.saturating_sub(jitter)
    }
}

/// Sorts the fields of the form. The library keeps metadata in a `HashMap`, whose order differs from process
/// to process, and Stripe compares a repeat with the first request under the same idempotency key.
fn sort_form(mut request: RequestBuilder) -> RequestBuilder {
    if let Some(body) = request.body.take() {
        let mut fields: Vec<&str> = body.split('&').collect();
        fields.sort_unstable();
        request.body = Some(fields.join("&"));
    }
    request
}

#[cfg(test)]
mod tests;
