use std::net::IpAddr;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{HttpRequest, web};
use udam_domain::Marketplace;
use udam_domain::account::{Email, Origin};
use udam_domain::id::AccountId;
use udam_web::body::{self, ReadBodyError};
use udam_web::{origin, record_acting_account};
use zeroize::Zeroizing;

use super::Api;
use super::problem::{Problem, Refusal};
use super::query;
use super::routes::Limits;

/// One call of the API, for its handler to read step by step: who calls, which thing, then what they
/// send. The order of these steps is the order in which a client hears of its mistakes; that it comes
/// too soon, or with parameters that nobody reads, it hears before.
///
/// Its body has arrived, or has failed to, before anything else is looked at: a session that is found
/// alive must not end while the rest of the body is on its way.
pub(crate) struct Call {
    pub(super) api: web::Data<Api>,
    pub(super) request: HttpRequest,
    pub(super) body: Result<Zeroizing<Vec<u8>>, ReadBodyError>,
    address: Option<IpAddr>,
}

impl Call {
    pub(super) async fn admit(
        api: web::Data<Api>,
        request: HttpRequest,
        mut payload: Payload,
        limits: Limits,
    ) -> Result<Self, Refusal> {
        let admission = &api.dependencies.admission;
        let address = admission.admit(&request, limits.class)?;
        query::admit(&request, limits.queries, api.wire_rules())?;
        let body = body::read(request.headers(), &mut payload, limits.body).await;
        Ok(Self {
            api,
            request,
            body,
            address,
        })
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
        Ok(self
            .api
            .dependencies
            .admission
            .admit_password_attempt(email)?)
    }

    /// Where the call comes from.
    pub(super) fn origin(&self) -> Origin {
        origin(&self.request, self.address)
    }

    /// Notes whose doing this is.
    pub(super) fn acts_for(&self, account: AccountId) {
        record_acting_account(&self.request, account);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header;
    use actix_web::test::TestRequest;
    use udam_domain::account::Device;
    use udam_domain::id::{ListingId, OrderId};

    use super::*;
    use crate::testing::TestApi;

    async fn call(request: TestRequest) -> Call {
        let api = TestApi::new().into_data();
        let request = request.to_http_request();
        let admitted = Call::admit(api, request, Payload::None, Limits::default());
        admitted.await.unwrap()
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
