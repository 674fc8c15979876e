//! Which master keys open what is stored.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use udam_crypto::{MasterKey, MasterKeys, RingKeyVault};
use udam_domain::gateway::AccessKey;
use udam_domain::id::{ListingId, TokenId};
use udam_domain::listing::{ApiKey, SealedKey};
use udam_domain::{KeyOwner, MockSealedKeyStore};
use udam_server::master_keys::{vault_for_rotation, vault_for_serving};
use uuid::Uuid;

fn key(id: &str) -> MasterKey {
    MasterKey::generate(id.parse().unwrap())
}

fn ring(keys: &[&MasterKey]) -> MasterKeys {
    let texts = keys.iter().map(|key| key.to_text().expose().to_owned());
    texts.collect::<Vec<_>>().join(",").parse().unwrap()
}

/// A store with something sealed under each of these keys.
fn sealed_under(keys: &[&MasterKey]) -> MockSealedKeyStore {
    let listing = ListingId::from_uuid(Uuid::from_u128(1));
    let samples: Vec<(KeyOwner, SealedKey)> = keys
        .iter()
        .map(|key| {
            let vault = RingKeyVault::new(ring(&[*key]));
            let api_key = ApiKey::new("sk_1".to_owned()).unwrap();
            let sealed = vault.seal(listing, &api_key).unwrap();
            (KeyOwner::Listing(listing), sealed)
        })
        .collect();
    sampling(samples)
}

/// A store with the first access key of a token, sealed under this key.
fn access_key_under(key: &MasterKey) -> MockSealedKeyStore {
    let token = TokenId::from_uuid(Uuid::from_u128(1));
    let access_key = AccessKey::new("udk_1".to_owned());
    let sealed = RingKeyVault::new(ring(&[key])).seal_access_key(token, &access_key);
    sampling(vec![(KeyOwner::Token(token), sealed.unwrap())])
}

fn sampling(samples: Vec<(KeyOwner, SealedKey)>) -> MockSealedKeyStore {
    let mut store = MockSealedKeyStore::new();
    store
        .expect_samples()
        .returning(move || Ok(samples.clone()));
    store
}

#[tokio::test]
async fn keys_that_open_everything_pass() {
    let (new, old) = (key("new"), key("old"));
    for stored in [&[][..], &[&new], &[&new, &old]] {
        let store = sealed_under(stored);
        let keys = || ring(&[&new, &old]);
        assert!(vault_for_serving(&store, keys()).await.is_ok());
        assert!(vault_for_rotation(&store, keys()).await.is_ok());
    }
}

#[tokio::test]
async fn a_key_that_stored_data_needs_is_named() {
    let (new, old) = (key("new"), key("old"));
    let store = sealed_under(&[&new, &old]);
    let missing = "stored keys are sealed under old, which is not among the master keys; put \
                   it back into UDAM_MASTER_KEYS";
    let serving = vault_for_serving(&store, ring(&[&new])).await;
    assert_eq!(serving.unwrap_err().to_string(), missing);
    let rotation = vault_for_rotation(&store, ring(&[&new])).await;
    assert_eq!(rotation.unwrap_err().to_string(), missing);
    let both = vault_for_serving(&store, ring(&[&key("other")])).await;
    let both = both.unwrap_err().to_string();
    assert!(both.contains("under new, old, which are not among the master keys; put them back"));
}

#[tokio::test]
async fn a_key_under_the_name_of_another_is_no_substitute() {
    let (new, old) = (key("new"), key("old"));
    let store = sealed_under(&[&new, &old]);
    for (wrong, keys) in [("new", [&key("new"), &old]), ("old", [&new, &key("old")])] {
        let serving = vault_for_serving(&store, ring(&keys)).await;
        assert_eq!(
            serving.unwrap_err().to_string(),
            format!(
                "the master key {wrong} at hand is not the one that stored keys were sealed \
                 under; put the right one back into UDAM_MASTER_KEYS"
            )
        );
        let rotation = vault_for_rotation(&store, ring(&keys)).await;
        assert_eq!(rotation.is_err(), wrong == "new");
    }
}

#[tokio::test]
async fn access_keys_are_opened_as_such() {
    let active = key("k1");
    let store = access_key_under(&active);
    assert!(vault_for_serving(&store, ring(&[&active])).await.is_ok());
    let substitute = vault_for_serving(&store, ring(&[&key("k1")])).await;
    assert!(substitute.unwrap_err().to_string().contains("k1 at hand"));
    let missing = vault_for_serving(&store, ring(&[&key("k2")])).await;
    assert!(missing.unwrap_err().to_string().contains("under k1"));
}
