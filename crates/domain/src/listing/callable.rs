//! Whether the gateway can call the service of a listing.

use thiserror::Error;

use super::{ApiKey, EditListing, EndpointUrl, ListingDetails, SealedKey};
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
    /// The key is so short that it stands in ordinary text.
    #[error(
        "the key of a service that is sold through the gateway must have {} characters or more",
        ApiKey::SHORTEST_CALLABLE
    )]
    ShortKey,
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

/// Checks that the gateway can call a service with this key. It overwrites the key wherever an answer repeats it: the text of
/// a short one is in answers anyway, and would be overwritten there.
///
/// # Errors
/// [`NotCallable::ShortKey`]
pub fn check_callable_key(key: &ApiKey) -> Result<(), NotCallable> {
    let is_short = key.expose().chars().count() < ApiKey::SHORTEST_CALLABLE;
    if is_short {
        Err(NotCallable::ShortKey)
    } else {
        Ok(())
    }
}

/// Returns the key that the gateway would call a service with after an edit, if it did not before, and if
/// [`EditListing::callable_key`] does not say that it can. `stored` is the listing's key before the edit; `has_sold_calls` and
/// `sells_calls` say whether its calls were sold before, and are after it.
#[must_use]
pub fn unchecked_key<'a>(
    edit: &'a EditListing,
    stored: &'a SealedKey,
    has_sold_calls: bool,
    sells_calls: bool,
) -> Option<&'a SealedKey> {
    let new = edit.edit.key.as_new();
    let begins = sells_calls && !has_sold_calls;
    let replaces = has_sold_calls && new.is_some();
    let key = new.unwrap_or(stored);
    let is_checked = edit.callable_key.as_ref() == Some(key);
    let begins_or_replaces = begins || replaces;
    (begins_or_replaces && !is_checked).then_some(key)
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
    use crate::fixtures::{actor, at as time, listing_id, sealed};
    use crate::gateway::GatewayTerms;
    use crate::listing::{Change, ListingEdit};
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
    fn a_key_that_is_in_ordinary_text_is_not_called_with() {
        let check = |text: &str| check_callable_key(&ApiKey::new(text.to_owned()).unwrap());
        for short in ["a", "sk_1234", "1234567", "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"] {
            assert_eq!(check(short), Err(NotCallable::ShortKey), "{short}");
        }
        for long in ["sk_12345", "12345678"] {
            assert_eq!(check(long), Ok(()), "{long}");
        }
    }

    #[test]
    fn a_key_is_checked_once_the_gateway_begins_to_call_with_it() {
        let [stored, new] = ["stored", "new"].map(|text| sealed("active", text));
        for replaced in [None, Some(&new)] {
            for has_sold in [false, true] {
                for sells in [false, true] {
                    let mut edit = edit_of(replaced.cloned());
                    let unchecked = unchecked_key(&edit, &stored, has_sold, sells).cloned();
                    let expected = match (has_sold, sells) {
                        (false, false) => None,
                        (false, true) => Some(replaced.unwrap_or(&stored)),
                        (true, _) => replaced,
                    };
                    assert_eq!(unchecked.as_ref(), expected);
                    edit.callable_key = unchecked;
                    assert_eq!(unchecked_key(&edit, &stored, has_sold, sells), None);
                }
            }
        }
        // Replaced meanwhile.
        let edit = EditListing {
            callable_key: Some(stored),
            ..edit_of(None)
        };
        assert_eq!(unchecked_key(&edit, &new, false, true), Some(&new));
    }

    fn edit_of(key: Option<SealedKey>) -> EditListing {
        EditListing {
            listing_id: listing_id(5),
            edit: ListingEdit {
                key: key.map_or(Change::Keep, Change::To),
                ..ListingEdit::default()
            },
            callable_key: None,
            seller: actor(1),
            endpoints: Endpoints::Public,
            at: time(0),
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
