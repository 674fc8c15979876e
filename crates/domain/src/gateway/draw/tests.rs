use std::sync::Arc;

use super::*;
use crate::fixtures::{account_id, at, call_id, key_id, listing_id, token_id, units};
use crate::gateway::{CallCost, CallRate, GatewayTerms, Methods, Paths, RatePeriod, TermsVersion};
use crate::token::TokenState;

fn terms() -> GatewayTerms {
    GatewayTerms {
        methods: Methods::new([Method::Get]).unwrap(),
        paths: Paths::new(vec!["/v1".parse().unwrap()]).unwrap(),
        cost: CallCost::new(units(2), Some(units(5))).unwrap(),
        ..GatewayTerms::default()
    }
}

fn token(terms: GatewayTerms) -> TokenSnapshot {
    TokenSnapshot {
        is_suspended: false,
        id: token_id(1),
        listing_id: listing_id(1),
        buyer_id: account_id(1),
        seller_id: account_id(2),
        state: TokenState::Active,
        expires_at: at(60),
        listing_state: ListingState::Active,
        terms: Arc::new(VersionedTerms {
            version: TermsVersion::FIRST,
            terms,
        }),
        balance: Balance::unused(units(7)),
        free_at: None,
    }
}

fn key() -> KeySnapshot {
    KeySnapshot {
        id: key_id(1),
        token_id: token_id(1),
        digest: AccessKeyDigest::new([1; 32]),
        max_units: None,
        taken: 0,
        expires_at: None,
        is_deleted: false,
    }
}

fn request(seconds: i64) -> DrawCall {
    DrawCall {
        call_id: call_id(1),
        listing_id: listing_id(1),
        key: AccessKeyDigest::new([1; 32]),
        method: Method::Get,
        path: CallPath::new("/v1/rain".to_owned()).unwrap(),
        at: at(seconds),
        deadline: at(seconds + 120),
    }
}

#[test]
fn the_most_that_a_call_may_cost_is_taken() {
    let taken = draw(&token(terms()), &key(), &request(0)).unwrap();
    assert_eq!(taken.units, units(5));
    assert_eq!(taken.balance.left().get(), 2);
    assert_eq!(taken.limit, None);
}

#[test]
fn units_that_may_not_suffice_are_refused() {
    let mut token = token(terms());
    token.balance = token.balance.take(units(3)).unwrap();
    let refused = draw(&token, &key(), &request(0)).unwrap_err();
    let text = "4 units of the token are left, and the call may cost 5";
    assert_eq!(refused.to_string(), text);
}

#[test]
fn a_key_spends_no_more_than_it_may() {
    let key = |taken| KeySnapshot {
        max_units: Some(units(8)),
        taken,
        ..key()
    };
    let taken = draw(&token(terms()), &key(3), &request(0)).unwrap();
    assert_eq!(taken.of_key, 8);
    let refused = draw(&token(terms()), &key(4), &request(0)).unwrap_err();
    let text = "the access key may spend 4 more units, and the call may cost 5";
    assert_eq!(refused.to_string(), text);
}

#[test]
fn each_thing_that_ends_access_has_its_refusal() {
    let refused = |token: TokenSnapshot, key: KeySnapshot, request: DrawCall| {
        draw(&token, &key, &request).unwrap_err()
    };
    let in_state = |state| TokenSnapshot {
        state,
        ..token(terms())
    };
    let deleted = KeySnapshot {
        is_deleted: true,
        ..key()
    };
    assert_eq!(
        refused(token(terms()), deleted, request(0)),
        DrawRefused::InvalidKey
    );
    let expiring = KeySnapshot {
        expires_at: Some(at(30)),
        ..key()
    };
    assert!(draw(&token(terms()), &expiring, &request(29)).is_ok());
    assert_eq!(
        refused(token(terms()), expiring, request(30)),
        DrawRefused::InvalidKey
    );
    let elsewhere = DrawCall {
        listing_id: listing_id(2),
        ..request(0)
    };
    assert_eq!(
        refused(token(terms()), key(), elsewhere),
        DrawRefused::InvalidKey
    );
    let revoked = refused(in_state(TokenState::Revoked), key(), request(0));
    assert_eq!(revoked, DrawRefused::TokenRevoked);
    let suspended = refused(in_state(TokenState::Suspended), key(), request(0));
    assert_eq!(suspended, DrawRefused::TokenSuspended);
    assert!(draw(&token(terms()), &key(), &request(59)).is_ok());
    let expired = refused(token(terms()), key(), request(60));
    assert_eq!(expired, DrawRefused::TokenExpired);
    let suspended = TokenSnapshot {
        is_suspended: true,
        ..token(terms())
    };
    assert_eq!(
        refused(suspended, key(), request(0)),
        DrawRefused::Suspended
    );
    let archived = TokenSnapshot {
        listing_state: ListingState::Archived,
        ..token(terms())
    };
    assert_eq!(
        refused(archived, key(), request(0)),
        DrawRefused::ListingArchived
    );
}

#[test]
fn a_paused_listing_serves_what_it_has_sold() {
    let paused = TokenSnapshot {
        listing_state: ListingState::Paused,
        ..token(terms())
    };
    assert!(draw(&paused, &key(), &request(0)).is_ok());
}

#[test]
fn a_call_that_is_not_sold_is_refused() {
    let posted = DrawCall {
        method: Method::Post,
        ..request(0)
    };
    let elsewhere = DrawCall {
        path: CallPath::new("/v10".to_owned()).unwrap(),
        ..request(0)
    };
    for request in [posted, elsewhere] {
        let refused = draw(&token(terms()), &key(), &request).unwrap_err();
        assert_eq!(refused, DrawRefused::NotSold);
    }
}

#[test]
fn only_calls_that_begin_count_towards_the_rate() {
    let terms = GatewayTerms {
        rate: Some(CallRate::new(1, RatePeriod::Minute).unwrap()),
        ..terms()
    };
    let mut token = token(terms);
    let posted = DrawCall {
        method: Method::Post,
        ..request(0)
    };
    draw(&token, &key(), &posted).unwrap_err();
    let drawn = draw(&token, &key(), &request(0)).unwrap();
    assert_eq!(drawn.limit.map(|limit| limit.left), Some(0));
    token.free_at = drawn.free_at;
    let refused = draw(&token, &key(), &request(1)).unwrap_err();
    let DrawRefused::RateLimited(retry) = refused else {
        panic!("{refused}");
    };
    assert_eq!(retry.seconds, 59);
}
