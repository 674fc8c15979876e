use std::sync::Arc;

use futures::executor::block_on;
use mockall::predicate::eq;

use super::*;
use crate::fixtures::{
    account_id, at, clock, entropy, key_id, listing_id, sealed, token_id, units,
};
use crate::gateway::{
    AccessKeyDigest, CallState, GatewayTerms, Head, TermsVersion, VersionedTerms,
};
use crate::ports::{
    DrawnCall, MockAccessKeyMint, MockCallStore, MockKeyVault, StoreError, VaultError,
};
use crate::units::Stock;

const NOW: i64 = 1_000;

fn calls(store: MockCallStore, vault: MockKeyVault) -> Calls {
    let mut mint = MockAccessKeyMint::new();
    mint.expect_recognize()
        .returning(|key| (key.expose() == "udk_known").then(|| AccessKeyDigest::new([7; 32])));
    Calls::new(
        CallPorts {
            store: Arc::new(store),
            mint: Arc::new(mint),
            vault: Arc::new(vault),
            clock: clock(at(NOW)),
            entropy: entropy(),
        },
        CallPolicy::default(),
    )
}

fn begin(key: &str) -> BeginCall {
    BeginCall {
        listing_id: listing_id(5),
        key: AccessKey::new(key.to_owned()),
        method: Method::Get,
        path: CallPath::new("/v1/rain".to_owned()).unwrap(),
    }
}

fn drawn(draw: DrawCall) -> DrawnCall {
    DrawnCall {
        drawn: Drawn {
            call_id: draw.call_id,
            token_id: token_id(8),
            key_id: key_id(3),
            listing_id: draw.listing_id,
            buyer_id: account_id(2),
            seller_id: account_id(1),
            terms: Arc::new(VersionedTerms {
                version: TermsVersion::FIRST,
                terms: GatewayTerms::default(),
            }),
            taken: units(1),
            left: Stock::new(9).unwrap(),
            limit: None,
            method: draw.method,
            path: draw.path,
            began_at: draw.at,
            deadline: draw.deadline,
        },
        key: sealed("active", "sealed sk"),
        endpoint_url: "https://api.example".parse().unwrap(),
    }
}

fn drawing() -> MockCallStore {
    let mut store = MockCallStore::new();
    store.expect_draw().once().returning(|draw| Ok(drawn(draw)));
    store
}

fn opening() -> MockKeyVault {
    let mut vault = MockKeyVault::new();
    vault
        .expect_open()
        .with(eq(listing_id(5)), eq(sealed("active", "sealed sk")))
        .returning(|_, _| Ok(ApiKey::new("sk".to_owned()).unwrap()));
    vault
}

#[test]
fn a_call_begins_with_its_units_and_the_key_of_its_service() {
    let call = block_on(calls(drawing(), opening()).begin(begin("udk_known"))).unwrap();
    assert_eq!(call.api_key.expose(), "sk");
    assert_eq!(call.drawn.began_at, at(NOW));
    assert_eq!(call.drawn.deadline, at(NOW + 120));
}

#[test]
fn a_typo_is_refused_without_asking_the_store() {
    let calls = calls(MockCallStore::new(), MockKeyVault::new());
    let refused = block_on(calls.begin(begin("udk_typo"))).unwrap_err();
    assert!(matches!(
        refused,
        BeginCallError::Refused(DrawRefused::InvalidKey)
    ));
}

#[test]
fn units_go_back_if_the_key_of_the_service_does_not_open() {
    let mut vault = MockKeyVault::new();
    vault
        .expect_open()
        .returning(|_, _| Err(VaultError::Unopenable));
    let mut store = drawing();
    store.expect_finish().once().returning(|ended| {
        assert_eq!(ended.call.state, CallState::Returned);
        assert!(ended.returns_units());
        Ok(Finished::Now)
    });
    let failed = block_on(calls(store, vault).begin(begin("udk_known"))).unwrap_err();
    assert!(matches!(failed, BeginCallError::Vault(_)));
}

#[test]
fn a_call_is_charged_by_its_terms_when_it_ends() {
    let mut store = drawing();
    store.expect_finish().once().returning(|ended| {
        assert!(!ended.returns_units());
        let call = ended.call;
        assert_eq!((call.state, call.units), (CallState::Charged, 1));
        assert_eq!((call.request_bytes, call.response_bytes), (3, 40));
        assert_eq!(call.ended_at, at(NOW));
        Ok(Finished::Now)
    });
    let calls = calls(store, opening());
    let call = block_on(calls.begin(begin("udk_known"))).unwrap();
    let end = CallEnd {
        outcome: CallOutcome::Answered(Head {
            status: 200,
            declared_units: None,
        }),
        request_bytes: 3,
        response_bytes: 40,
        latency: Some(Duration::from_millis(20)),
    };
    assert_eq!(
        block_on(calls.finish(call.drawn, end)).unwrap(),
        Finished::Now
    );
}

#[test]
fn a_sweep_gives_calls_up_until_none_is_left() {
    let mut store = MockCallStore::new();
    store
        .expect_keep()
        .with(eq(at(NOW)), eq(CallPolicy::default().kept))
        .once()
        .returning(|_, _| Ok(()));
    let mut left = vec![7_usize, 500];
    store.expect_give_up_lost().times(2).returning(move |_, _| {
        let count = left
            .pop()
            .ok_or_else(|| StoreError::Failed("no more".into()))?;
        let ids = (0..count).map(|n| crate::fixtures::call_id(u128::try_from(n).unwrap()));
        Ok(ids.collect())
    });
    assert_eq!(block_on(calls(store, opening()).sweep()).unwrap(), 507);
}
