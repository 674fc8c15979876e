//! Whether the gateway can call the service of a listing.

use thiserror::Error;

use super::{EndpointUrl, ListingDetails};
use crate::policy::Endpoints;

/// Why the gateway cannot call the service of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotCallable {
    /// The listing has no address.
    #[error("a service that is sold through the gateway needs its address")]
    NoEndpoint,
    /// The address is a template.
    #[error("the address of a service that is sold through the gateway must not have variables")]
    Template,
    /// The address is not encrypted.
    #[error("the address of a service that is sold through the gateway must be https")]
    NotEncrypted,
    /// The address has a query or a fragment, to which no path can be added.
    #[error("the address of a service that is sold through the gateway must end with its path")]
    NoBase,
}

/// Checks that the gateway can call the service of a listing with these details, if it has to: its terms say so, or
/// calls of it were sold before (`has_sold_calls`). Paths of calls are added to the address.
///
/// # Errors
/// [`NotCallable`]
pub fn check_callable(
    details: &ListingDetails,
    has_sold_calls: bool,
    endpoints: Endpoints,
) -> Result<(), NotCallable> {
    if details.gateway.is_none() && !has_sold_calls {
        return Ok(());
    }
    let endpoint = details.endpoint_url.as_ref();
    check_address(endpoint.ok_or(NotCallable::NoEndpoint)?, endpoints)
}

fn check_address(endpoint: &EndpointUrl, endpoints: Endpoints) -> Result<(), NotCallable> {
    let text = endpoint.as_str();
    if text.contains(['{', '}']) {
        return Err(NotCallable::Template);
    }
    if text.contains(['?', '#']) {
        return Err(NotCallable::NoBase);
    }
    let is_encrypted = text
        .get(..8)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    if !is_encrypted && endpoints == Endpoints::Public {
        return Err(NotCallable::NotEncrypted);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::GatewayTerms;
    use crate::mocks::listing_details;

    fn at(endpoint: Option<&str>) -> ListingDetails {
        ListingDetails {
            endpoint_url: endpoint.map(|text| text.parse().unwrap()),
            gateway: Some(GatewayTerms::default()),
            ..listing_details()
        }
    }

    #[test]
    fn a_service_that_is_called_has_a_plain_encrypted_address() {
        let check = |endpoint, endpoints| check_callable(&at(endpoint), false, endpoints);
        let public = |endpoint| check(Some(endpoint), Endpoints::Public);
        for text in [
            "https://api.example",
            "HTTPS://api.example/v1/",
            "https://a.example:8443/x",
        ] {
            assert_eq!(public(text), Ok(()), "{text}");
        }
        assert_eq!(check(None, Endpoints::Any), Err(NotCallable::NoEndpoint));
        assert_eq!(public("http://api.example"), Err(NotCallable::NotEncrypted));
        assert_eq!(check(Some("http://127.0.0.1:9"), Endpoints::Any), Ok(()));
        assert_eq!(
            public("https://api.example/{x}"),
            Err(NotCallable::Template)
        );
        for text in ["https://api.example/?a=b", "https://api.example/#a"] {
            assert_eq!(public(text), Err(NotCallable::NoBase), "{text}");
        }
    }

    #[test]
    fn an_address_is_needed_for_as_long_as_calls_may_have_been_sold() {
        let details = ListingDetails {
            gateway: None,
            ..at(None)
        };
        assert_eq!(check_callable(&details, false, Endpoints::Public), Ok(()));
        let refused = check_callable(&details, true, Endpoints::Public);
        assert_eq!(refused, Err(NotCallable::NoEndpoint));
    }
}
