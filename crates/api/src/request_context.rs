use std::net::IpAddr;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::{Accept, Header};
use actix_web::mime::{self, Mime};
use actix_web::{HttpRequest, web};
use udam_domain::Marketplace;
use udam_domain::account::{Account, Origin};
use udam_domain::audit::Actor;
use udam_domain::id::{AccountId, ListingId};
use udam_domain::marketplace::Gateway;
use udam_web::body::{self, Body, ReadBodyError};
use udam_web::{origin, record_acting_account};

use super::limits::{Credential, Limits};
use super::problem::{ApiError, Problem};
use super::query_string;
use super::signature;
use super::state::Api;

/// An admitted request, which its handler reads step by step: session, path, body. Errors are reported in
/// the order of these steps, after rate limits and unknown parameters.
///
/// The body has arrived, or has failed to, before the session is looked up: it must not end in between.
pub(crate) struct RequestContext {
    pub(super) api: web::Data<Api>,
    pub(super) request: HttpRequest,
    pub(super) body: Result<Body, ReadBodyError>,
    address: Option<IpAddr>,
    /// Credential that the caller of the endpoint needs.
    pub(super) credential: Credential,
}

impl RequestContext {
    pub(super) async fn admit(
        api: web::Data<Api>,
        request: HttpRequest,
        mut payload: Payload,
        limits: Limits,
        credential: Credential,
    ) -> Result<Self, ApiError> {
        let admission = &api.dependencies.admission;
        let address = admission.admit(&request, limits.class)?;
        query_string::admit(&request, limits.queries, api.wire_rules())?;
        if limits.signed && !body::is_too_large(request.headers(), limits.body) {
            signature::admit(&api.marketplace, request.headers())?;
        }
        let body = body::read(request.headers(), &mut payload, limits.body).await;
        Ok(Self {
            api,
            request,
            body,
            address,
            credential,
        })
    }

    /// The use cases.
    pub(super) fn marketplace(&self) -> &Marketplace {
        &self.api.marketplace
    }

    /// The gateway's use cases. Fails with [`Problem::NotFound`] if the marketplace has none.
    pub(super) fn gateway(&self) -> Result<&Gateway, ApiError> {
        let gateway = self.marketplace().gateway.as_ref();
        gateway.ok_or_else(|| Problem::NotFound.into())
    }

    /// Address at which a listing is called through the gateway.
    pub(super) fn gateway_address(&self, listing: ListingId) -> String {
        self.api.settings.gateway.of(&self.request, listing)
    }

    /// The identifier in the path. Fails with [`Problem::NotFound`] if it is not of this type.
    pub(super) fn id<T: FromStr>(&self) -> Result<T, ApiError> {
        self.id_named("id")
    }

    /// As [`id`](Self::id), of the part of the path with this name.
    pub(super) fn id_named<T: FromStr>(&self, name: &str) -> Result<T, ApiError> {
        self.request
            .match_info()
            .get(name)
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Problem::NotFound.into())
    }

    /// The account of the caller, acting from the client's address.
    pub(super) fn actor(&self, caller: &impl AsRef<Account>) -> Actor {
        Actor {
            account_id: caller.as_ref().id,
            address: self.address,
        }
    }

    /// Address of the client; `None` if it is unknown.
    pub(super) const fn client_address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Client address and device, for the audit log and the list of sessions.
    pub(super) fn origin(&self) -> Origin {
        origin(&self.request, self.address)
    }

    /// Whether the client prefers one JSON object a line to a page of JSON.
    pub(super) fn accepts_ndjson(&self) -> bool {
        self.prefers(|media| media.type_() == mime::APPLICATION && media.subtype() == "x-ndjson")
    }

    /// Whether the client prefers CSV to JSON.
    pub(super) fn accepts_csv(&self) -> bool {
        self.prefers(|media| media.type_() == mime::TEXT && media.subtype() == mime::CSV)
    }

    /// Whether the client prefers media of this kind to JSON.
    fn prefers(&self, other: impl Fn(&Mime) -> bool) -> bool {
        let Ok(accept) = Accept::parse(&self.request) else {
            return false;
        };
        let mut ranked = accept.ranked().into_iter();
        let known = |media: &Mime| {
            let (kind, subtype) = (media.type_(), media.subtype());
            kind == mime::STAR
                || (kind == mime::APPLICATION && (subtype == mime::JSON || subtype == mime::STAR))
                || other(media)
        };
        ranked.find(known).is_some_and(|media| other(&media))
    }

    /// Records the account for the access log.
    pub(super) fn record_account(&self, account: AccountId) {
        record_acting_account(&self.request, account);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header;
    use actix_web::test::TestRequest;
    use udam_domain::account::Device;
    use udam_domain::id::OrderId;

    use super::*;
    use crate::testing::TestApi;

    async fn call(request: TestRequest) -> RequestContext {
        let api = TestApi::new().into_data();
        let request = request.to_http_request();
        let admitted = RequestContext::admit(
            api,
            request,
            Payload::None,
            Limits::DEFAULT,
            Credential::Session,
        );
        admitted.await.unwrap()
    }

    #[actix_web::test]
    async fn an_identifier_of_another_kind_names_nothing() {
        let context = call(TestRequest::get().param("id", "lst_01h455vb4pex5vsknk084sn02q")).await;
        assert!(context.id::<ListingId>().is_ok());
        let error = context.id::<OrderId>().unwrap_err();
        assert_eq!(error.problem, Problem::NotFound);
    }

    #[actix_web::test]
    async fn the_origin_has_the_address_and_user_agent_of_the_client() {
        let peer = "[::ffff:192.0.2.7]:4711".parse().unwrap();
        let request = TestRequest::get()
            .peer_addr(peer)
            .insert_header((header::USER_AGENT, "x".repeat(300)));
        let origin = call(request).await.origin();
        assert_eq!(origin.address, Some("192.0.2.7".parse().unwrap()));
        assert_eq!(origin.device.unwrap().as_str().len(), Device::MAX_LENGTH);
    }
}
