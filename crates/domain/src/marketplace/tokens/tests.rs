use futures::executor::block_on;
use mockall::predicate::eq;

use super::*;
use crate::fixtures::{
    account_id, actor, at, clock, draw, entropy, listing_id, order_id, sealed, token_id, units,
};
use crate::gateway::{AccessKey, AccessKeyDigest};
use crate::id::RefundId;
use crate::listing::{ApiKey, ServiceChanges};
use crate::marketplace::AccessKeyPorts;
use crate::ports::{
    MockAccessKeyMint, MockAccessKeyStore, MockAccessKeyVault, MockKeyVault, MockSweepTrigger,
    MockTokenStore,
};
use crate::token::{SealedAccess, TokenState};

const NOW: i64 = 1_000;

fn tokens(store: MockTokenStore, vault: MockKeyVault) -> Tokens {
    through_gateway(store, vault, None)
}

fn through_gateway(
    store: MockTokenStore,
    vault: MockKeyVault,
    access_keys: Option<AccessKeys>,
) -> Tokens {
    let mut sweeps = MockSweepTrigger::new();
    sweeps.expect_trigger().return_const(());
    Tokens::new(TokenPorts {
        store: Arc::new(store),
        vault: Arc::new(vault),
        clock: clock(at(NOW)),
        entropy: entropy(),
        sweeps: Arc::new(sweeps),
        access_keys,
    })
}

/// A store that answers this token's buyer with the sealed key of listing 5.
fn sealing_listing_5() -> MockTokenStore {
    let mut store = MockTokenStore::new();
    store
        .expect_reveal()
        .with(eq(RevealKey {
            token_id: token_id(8),
            buyer: actor(2),
            at: at(NOW),
            first_key: None,
        }))
        .once()
        .returning(|_| {
            Ok(SealedAccess::Service {
                listing_id: listing_id(5),
                key: sealed("active", "sealed sk"),
                endpoint_url: Some("https://api.example.com/".parse().unwrap()),
            })
        });
    store
}

fn reveal(store: MockTokenStore, vault: MockKeyVault) -> Result<Access, OpenTokenError> {
    block_on(tokens(store, vault).reveal(actor(2), token_id(8)))
}

#[test]
fn a_token_reveals_the_key_of_the_listing_it_was_sealed_for() {
    let mut vault = MockKeyVault::new();
    vault
        .expect_open()
        .with(eq(listing_id(5)), eq(sealed("active", "sealed sk")))
        .once()
        .returning(|_, _| Ok(ApiKey::new("sk".into()).unwrap()));
    let access = reveal(sealing_listing_5(), vault).unwrap();
    let Access::Service {
        api_key,
        endpoint_url,
    } = access
    else {
        panic!("{access:?}");
    };
    assert_eq!(api_key.expose(), "sk");
    assert_eq!(endpoint_url.unwrap().as_str(), "https://api.example.com/");
}

#[test]
fn a_token_without_access_opens_no_vault() {
    let mut store = MockTokenStore::new();
    store
        .expect_reveal()
        .once()
        .returning(|_| Err(RevealKeyError::Revoked));
    let error = reveal(store, MockKeyVault::new()).unwrap_err();
    assert!(matches!(
        error,
        OpenTokenError::Reveal(RevealKeyError::Revoked)
    ));
}

#[test]
fn a_key_that_does_not_open_is_not_taken_for_a_bad_token() {
    let mut vault = MockKeyVault::new();
    vault
        .expect_open()
        .once()
        .returning(|_, _| Err(VaultError::Unopenable));
    let error = reveal(sealing_listing_5(), vault).unwrap_err();
    assert!(matches!(
        error,
        OpenTokenError::Vault(VaultError::Unopenable)
    ));
}

#[test]
fn a_token_is_revoked_by_the_acting_account() {
    let revoked = Token {
        id: token_id(8),
        order_id: order_id(1),
        listing_id: listing_id(5),
        buyer_id: account_id(2),
        seller_id: account_id(1),
        service_name: "Weather".parse().unwrap(),
        units: units(3),
        state: TokenState::Revoked,
        expires_at: at(NOW),
        created_at: at(0),
        revealed_at: None,
        service_changes: ServiceChanges::default(),
        gateway: None,
    };
    let answer = revoked.clone();
    let mut store = MockTokenStore::new();
    store
        .expect_revoke()
        .with(eq(RevokeToken {
            token_id: token_id(8),
            by: actor(2),
            at: at(NOW),
            refund_id: RefundId::mint(at(NOW), &draw(1)),
        }))
        .once()
        .return_once(|_| Ok(answer));
    let tokens = tokens(store, MockKeyVault::new());
    let answer = block_on(tokens.revoke(actor(2), token_id(8)));
    assert_eq!(answer.unwrap(), revoked);
}

/// Access keys of which so many are made. Those that are opened open as `udk_` and their ciphertext.
fn access_keys(made: usize) -> AccessKeys {
    let mut mint = MockAccessKeyMint::new();
    mint.expect_mint().times(made).returning(|| {
        let key = AccessKey::new("udk_new".to_owned());
        (key, AccessKeyDigest::new([7; 32]))
    });
    let mut vault = MockAccessKeyVault::new();
    vault
        .expect_seal()
        .times(made)
        .returning(|_, _| Ok(sealed("active", "new")));
    vault.expect_open().returning(|_, sealed| {
        let text = String::from_utf8(sealed.ciphertext.clone()).unwrap();
        Ok(AccessKey::new(format!("udk_{text}")))
    });
    AccessKeys::new(AccessKeyPorts {
        store: Arc::new(MockAccessKeyStore::new()),
        mint: Arc::new(mint),
        vault: Arc::new(vault),
        clock: clock(at(NOW)),
        entropy: entropy(),
    })
}

fn access_key(store: MockTokenStore, keys: AccessKeys) -> String {
    let tokens = through_gateway(store, MockKeyVault::new(), Some(keys));
    match block_on(tokens.reveal(actor(2), token_id(8))).unwrap() {
        Access::Gateway { access_key, .. } => access_key.expose().to_owned(),
        access @ Access::Service { .. } => panic!("{access:?}"),
    }
}

fn through(ciphertext: &str) -> SealedAccess {
    SealedAccess::Gateway {
        listing_id: listing_id(5),
        key: sealed("active", ciphertext),
    }
}

#[test]
fn a_token_that_has_an_access_key_reveals_it_and_none_is_made() {
    let mut store = MockTokenStore::new();
    store.expect_reveal().once().returning(|reveal| {
        assert_eq!(reveal.first_key, None);
        Ok(through("stored"))
    });
    assert_eq!(access_key(store, access_keys(0)), "udk_stored");
}

#[test]
fn the_first_access_key_is_made_once_the_store_has_none() {
    // The second time, it has the key of another server, or that of this one.
    for stored in ["other", "new"] {
        let mut store = MockTokenStore::new();
        store
            .expect_reveal()
            .times(2)
            .returning(move |reveal| match reveal.first_key {
                None => Err(RevealKeyError::NoKey),
                Some(first) => {
                    assert_eq!(first.sealed, sealed("active", "new"));
                    Ok(through(stored))
                }
            });
        assert_eq!(access_key(store, access_keys(1)), format!("udk_{stored}"));
    }
}

#[test]
fn without_a_gateway_no_access_key_is_made() {
    let mut store = MockTokenStore::new();
    store
        .expect_reveal()
        .once()
        .returning(|_| Err(RevealKeyError::NoKey));
    let error = reveal(store, MockKeyVault::new()).unwrap_err();
    assert!(matches!(
        error,
        OpenTokenError::Reveal(RevealKeyError::NoKey)
    ));
}
