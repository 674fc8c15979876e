use udam_domain::audit::AuditAction;
use udam_domain::{SealedKeyStore, StoreError};

use crate::fixtures::{at, sealed};
use crate::harness::Database;

#[tokio::test]
async fn samples_hold_one_sealed_key_for_each_master_key_in_use() {
    let database = Database::fresh().await;
    assert_eq!(database.sealed_keys().samples().await.unwrap(), []);
    let (seller, _) = database.account().await;
    for key_id in ["b", "a", "c", "a", "b", "A"] {
        database
            .listing(seller, |listing| listing.sealed_key = sealed(key_id))
            .await;
    }
    let samples = database.sealed_keys().samples().await.unwrap();
    let mut ids: Vec<&str> = samples.iter().map(|(_, key)| key.key_id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["A", "a", "b", "c"]);
}

#[tokio::test]
async fn keys_sealed_under_other_master_keys_are_read_in_batches() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let mut others = Vec::new();
    for key_id in ["old", "new", "old", "older", "new", "old"] {
        let key = sealed(key_id);
        let id = database
            .listing(seller, |listing| listing.sealed_key = key.clone())
            .await
            .id;
        if key_id != "new" {
            others.push((id, key));
        }
    }
    let (keys, active) = (database.sealed_keys(), "new".parse().unwrap());
    let first = keys.sealed_under_others(&active, None, 3).await.unwrap();
    let rest = keys
        .sealed_under_others(&active, Some(first[2].0), 3)
        .await
        .unwrap();
    assert_eq!([first, rest].concat(), others);
}

#[tokio::test]
async fn a_key_is_resealed_only_if_unchanged_since_it_was_read() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let (old, new) = (sealed("old"), sealed("new"));
    let id = database
        .listing(seller, |listing| listing.sealed_key = old.clone())
        .await
        .id;
    let reseal = async |from: &_, to: &_| {
        let keys = database.sealed_keys();
        keys.reseal(id, Clone::clone(from), Clone::clone(to), at(9))
            .await
            .unwrap()
    };
    assert!(!reseal(&sealed("old"), &new).await);
    assert!(reseal(&old, &new).await);
    assert!(!reseal(&old, &new).await);

    let stored: Vec<u8> = database.value("SELECT sealed_key FROM listings").await;
    assert_eq!(stored, new.ciphertext);
    assert_eq!(database.audited().await, ["key_rotated"]);
    let by_nobody = "audit_events WHERE account_id IS NULL AND address IS NULL";
    assert_eq!(database.count(by_nobody).await, 1);
}

#[tokio::test]
async fn a_key_is_not_resealed_when_that_cannot_be_audited() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let old = sealed("old");
    let id = database
        .listing(seller, |listing| listing.sealed_key = old.clone())
        .await
        .id;
    database.fail_audit(AuditAction::KeyRotated).await;
    let result = database
        .sealed_keys()
        .reseal(id, old.clone(), sealed("new"), at(9))
        .await;

    assert!(matches!(result, Err(StoreError::Failed(_))));
    let stored: Vec<u8> = database.value("SELECT sealed_key FROM listings").await;
    assert_eq!(stored, old.ciphertext);
}
