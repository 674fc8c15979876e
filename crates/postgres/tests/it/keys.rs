use udam_domain::audit::AuditAction;
use udam_domain::id::{AccessKeyId, TokenId};
use udam_domain::listing::{Change, ListingEdit, SealedKey};
use udam_domain::{KeyOwner, SealedKeyStore, StoreError};
use uuid::Uuid;

use crate::fixtures::{Counting, at, sealed};
use crate::harness::Database;
use crate::listings::edit;

/// A database in which access keys need no tokens.
async fn without_tokens() -> Database {
    let database = Database::fresh().await;
    let unbind = "ALTER TABLE access_keys DROP CONSTRAINT access_keys_token_id_fkey";
    database.run(unbind, &[]).await;
    database
}

fn token(number: u128) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(number))
}

/// Stores an access key of this token: its first, if it is sealed.
async fn access_key(database: &Database, token: TokenId, sealed: Option<&SealedKey>) {
    const INSERT: &str = "\
INSERT INTO access_keys (id, token_id, digest, created_at, sealed_key, master_key_id)
VALUES ($1, $2, $3, now(), $4, $5)";

    let id = AccessKeyId::mint(at(0), &Counting).uuid();
    let digest = [id.as_bytes().as_slice(); 2].concat();
    let ciphertext = sealed.map(|sealed| &sealed.ciphertext);
    let master_key = sealed.map(|sealed| sealed.key_id.as_str());
    let parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
        &[&id, &token.uuid(), &digest, &ciphertext, &master_key];
    database.run(INSERT, parameters).await;
}

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
            others.push((KeyOwner::Listing(id), key));
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
        keys.reseal(
            KeyOwner::Listing(id),
            Clone::clone(from),
            Clone::clone(to),
            at(9),
        )
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
        .reseal(KeyOwner::Listing(id), old.clone(), sealed("new"), at(9))
        .await;

    assert!(matches!(result, Err(StoreError::Failed(_))));
    let stored: Vec<u8> = database.value("SELECT sealed_key FROM listings").await;
    assert_eq!(stored, old.ciphertext);
}

#[tokio::test]
async fn samples_hold_a_first_access_key_for_each_master_key_as_well() {
    let database = without_tokens().await;
    let (seller, _) = database.account().await;
    database
        .listing(seller, |listing| listing.sealed_key = sealed("a"))
        .await;
    for (number, key_id) in (1..).zip(["b", "a", "b"]) {
        access_key(&database, token(number), Some(&sealed(key_id))).await;
    }
    // A further key is not sealed.
    access_key(&database, token(1), None).await;
    let samples = database.sealed_keys().samples().await.unwrap();
    let mut found: Vec<(bool, &str)> = samples
        .iter()
        .map(|(owner, key)| (matches!(owner, KeyOwner::Token(_)), key.key_id.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [(false, "a"), (true, "a"), (true, "b")]);
}

#[tokio::test]
async fn batches_go_through_the_listings_and_then_through_the_tokens() {
    let database = without_tokens().await;
    let (seller, _) = database.account().await;
    let mut all = Vec::new();
    for _ in 0..2 {
        let key = sealed("old");
        let listing = database.listing(seller, |listing| listing.sealed_key = key.clone());
        all.push((KeyOwner::Listing(listing.await.id), key));
    }
    for number in 1..=3 {
        let key = sealed("old");
        access_key(&database, token(number), Some(&key)).await;
        all.push((KeyOwner::Token(token(number)), key));
    }
    access_key(&database, token(1), None).await;
    access_key(&database, token(4), Some(&sealed("new"))).await;

    let (keys, active) = (database.sealed_keys(), "new".parse().unwrap());
    for limit in 1..=6 {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let batch = keys.sealed_under_others(&active, after, limit).await;
            let batch = batch.unwrap();
            assert!(batch.len() <= usize::from(limit));
            let Some((last, _)) = batch.last() else { break };
            after = Some(*last);
            found.extend(batch);
        }
        assert_eq!(found, all, "in batches of {limit}");
    }
}

#[tokio::test]
async fn a_first_access_key_is_resealed_only_if_unchanged_since_it_was_read() {
    let database = without_tokens().await;
    let (old, new) = (sealed("old"), sealed("new"));
    access_key(&database, token(1), Some(&old)).await;
    access_key(&database, token(2), Some(&sealed("old"))).await;
    let keys = database.sealed_keys();
    let reseal = async |from: &SealedKey| {
        let owner = KeyOwner::Token(token(1));
        let resealed = keys.reseal(owner, from.clone(), new.clone(), at(9)).await;
        resealed.unwrap()
    };
    assert!(!reseal(&sealed("old")).await);
    assert!(reseal(&old).await);
    assert!(!reseal(&old).await);

    let of_token = "SELECT sealed_key FROM access_keys WHERE master_key_id = 'new'";
    assert_eq!(database.value::<Vec<u8>>(of_token).await, new.ciphertext);
    assert_eq!(database.audited().await, ["access_key_rotated"]);
    let subject: Uuid = database.value("SELECT subject_id FROM audit_events").await;
    assert_eq!(subject, token(1).uuid());
}

#[tokio::test]
async fn a_first_access_key_is_not_resealed_when_that_cannot_be_audited() {
    let database = without_tokens().await;
    let old = sealed("old");
    access_key(&database, token(1), Some(&old)).await;
    database.fail_audit(AuditAction::AccessKeyRotated).await;
    let owner = KeyOwner::Token(token(1));
    let keys = database.sealed_keys();
    let result = keys.reseal(owner, old.clone(), sealed("new"), at(9)).await;

    assert!(matches!(result, Err(StoreError::Failed(_))));
    let stored: Vec<u8> = database.value("SELECT sealed_key FROM access_keys").await;
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
    let record = "SELECT concat_ws(' ', action, account_id, host(a.address), subject_id)
        FROM audit_events e JOIN addresses_of_actions a ON a.event_id = e.id";
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
