use udam_domain::audit::AuditAction;
use udam_domain::listing::{Change, ListingEdit};
use udam_domain::{SealedKeyStore, StoreError};

use crate::fixtures::{at, sealed};
use crate::harness::Database;
use crate::listings::edit;

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

#[tokio::test]
async fn a_replaced_key_is_audited() {
    let database = Database::fresh().await;
    let (seller, _) = database.account().await;
    let id = database.listing(seller, |_| {}).await.id;
    let key = sealed("2027");
    edit(
        &database,
        seller,
        id,
        ListingEdit {
            key: Change::To(key.clone()),
            ..ListingEdit::default()
        },
    )
    .await
    .unwrap();

    let row = database
        .sql
        .query_one("SELECT sealed_key, master_key_id FROM listings", &[])
        .await;
    let row = row.unwrap();
    assert_eq!(
        (row.get::<_, Vec<u8>>(0), row.get::<_, String>(1)),
        (key.ciphertext, "2027".into())
    );
    let record =
        "SELECT concat_ws(' ', action, account_id, host(address), subject_id) FROM audit_events";
    let record: String = database.value(record).await;
    assert_eq!(
        record,
        format!("key_replaced {} 192.0.2.7 {}", seller.uuid(), id.uuid())
    );
    assert_eq!(
        database
            .value::<udam_domain::time::Timestamp>("SELECT at FROM audit_events")
            .await,
        at(60)
    );
}
