use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use udam_domain::Marketplace;
use udam_domain::account::{Device, Email, Origin};
use udam_domain::id::AccountId;
use zeroize::Zeroizing;

use super::Api;
use super::body::{self, BodyLimit};
use super::caller::caller;
use super::problem::{Problem, Refusal};
use super::query;
use super::rate_limit::Pace;

/// One call of the API, for its handler to read step by step: who calls, which thing, then what they
/// send. The order of these steps is the order in which a client hears of its mistakes; that it comes
/// too soon, or with parameters that nobody reads, it hears before.
///
/// Its body has arrived, or has failed to, before anything else is looked at: a session that is found
/// alive must not end while the rest of the body is on its way.
pub(crate) struct Call {
    pub(super) api: web::Data<Api>,
    pub(super) request: HttpRequest,
    pub(super) body: Result<Zeroizing<Vec<u8>>, Problem>,
}

/// Whose doing a request turned out to be, for the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct ActingAccount(pub(super) AccountId);

impl FromRequest for Call {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        Self::admit(request.clone(), payload.take()).boxed_local()
    }
}

impl Call {
    async fn admit(request: HttpRequest, mut payload: Payload) -> Result<Self, Refusal> {
        let api = request
            .app_data::<web::Data<Api>>()
            .ok_or(Problem::InternalError)?
            .clone();
        let pace = request.app_data::<Pace>().copied().unwrap_or_default();
        let caller = caller(&request, &api.settings.trusted_proxies);
        api.limits.admit(pace, caller)?;
        query::admit(&request, &api.settings)?;
        let limit = request.app_data::<BodyLimit>().copied().unwrap_or_default();
        let body = body::read(request.headers(), &mut payload, limit).await;
        Ok(Self { api, request, body })
    }

    /// The use cases.
    pub(super) fn marketplace(&self) -> &Marketplace {
        &self.api.marketplace
    }

    /// The thing that the path names. What is no identifier of its kind names nothing.
    pub(super) fn id<T: FromStr>(&self) -> Result<T, Refusal> {
        self.request
            .match_info()
            .get("id")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Problem::NotFound.into())
    }

    /// Counts an attempt at this account's password, unless there are too many.
    pub(super) fn attempts(&self, email: &Email) -> Result<(), Refusal> {
        Ok(self.api.limits.admit_attempt(email)?)
    }

    /// Where the call comes from.
    pub(super) fn origin(&self) -> Origin {
        let device = self
            .request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .map(|agent| agent.chars().take(Device::MAX_LENGTH).collect::<String>())
            .and_then(|agent| agent.parse().ok());
        Origin {
            address: caller(&self.request, &self.api.settings.trusted_proxies),
            device,
        }
    }

    /// Notes whose doing this is.
    pub(super) fn acts_for(&self, account: AccountId) {
        acts_for(&self.request, account);
    }
}

/// Notes whose doing a request is.
pub(super) fn acts_for(request: &HttpRequest, account: AccountId) {
    request.extensions_mut().insert(ActingAccount(account));
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use udam_domain::id::{ListingId, OrderId};

    use super::*;
    use crate::api::testing::TestApi;

    async fn call(request: TestRequest) -> Call {
        let api = TestApi::new().into_data();
        let request = request.app_data(api).to_http_request();
        Call::extract(&request).await.unwrap()
    }

    #[actix_web::test]
    async fn an_identifier_of_another_kind_names_nothing() {
        let call = call(TestRequest::get().param("id", "lst_01h455vb4pex5vsknk084sn02q")).await;
        assert!(call.id::<ListingId>().is_ok());
        let refusal = call.id::<OrderId>().unwrap_err();
        assert_eq!(refusal.problem, Problem::NotFound);
    }

    #[actix_web::test]
    async fn the_origin_is_the_caller_and_what_its_user_agent_says() {
        let peer = "[::ffff:192.0.2.7]:4711".parse().unwrap();
        let request = TestRequest::get()
            .peer_addr(peer)
            .insert_header((header::USER_AGENT, "x".repeat(300)));
        let origin = call(request).await.origin();
        assert_eq!(origin.address, Some("192.0.2.7".parse().unwrap()));
        assert_eq!(origin.device.unwrap().as_str().len(), Device::MAX_LENGTH);
    }
}
