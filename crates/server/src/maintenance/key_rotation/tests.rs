use udam_crypto::MasterKey;
use udam_domain::id::ListingId;
use udam_domain::listing::ApiKey;
use udam_domain::{KeyVault, MockSealedKeyStore};
use uuid::Uuid;

use super::*;

#[tokio::test]
async fn all_batches_are_moved_and_counted() {
    let older = MasterKey::generate("old".parse().unwrap());
    let newer = MasterKey::generate("new".parse().unwrap());
    let listing = ListingId::from_uuid(Uuid::from_u128(1));
    let both = format!(
        "{}{}",
        MasterKeys::from(newer).to_text().expose(),
        older.to_text().expose()
    );
    let sealed = RingKeyVault::new(older.into())
        .seal(listing, &ApiKey::new("sk_1".to_owned()).unwrap())
        .unwrap();
    let mut store = MockSealedKeyStore::new();
    store
        .expect_sealed_under_others()
        .withf(|active, after, _| active.as_str() == "new" && after.is_none())
        .return_once(move |_, _, _| Ok(vec![(listing, sealed)]));
    store
        .expect_sealed_under_others()
        .withf(move |_, after, _| *after == Some(listing))
        .return_once(|_, _, _| Ok(Vec::new()));
    store
        .expect_reseal()
        .withf(|_, from, to, _| from.key_id.as_str() == "old" && to.key_id.as_str() == "new")
        .return_once(|_, _, _, _| Ok(true));
    store
        .expect_key_ids()
        .return_once(|| Ok(vec!["new".parse().unwrap()]));

    let (mut answers, mut remarks) = (Vec::new(), Vec::new());
    let mut terminal = Terminal::new(&mut answers, &mut remarks);
    move_all(Arc::new(store), both.parse().unwrap(), &mut terminal)
        .await
        .unwrap();
    let remarks = String::from_utf8(remarks).unwrap();
    let lines: Vec<&str> = remarks.lines().collect();
    assert_eq!(
        lines,
        [
            "1 moved under new so far",
            "Done: 1 moved under new.",
            "Nothing is sealed under another key: the others can go from UDAM_MASTER_KEYS.",
        ]
    );
}

#[test]
fn a_key_that_is_still_in_use_must_not_go() {
    let (mut answers, mut remarks) = (Vec::new(), Vec::new());
    let mut terminal = Terminal::new(&mut answers, &mut remarks);
    let id = |text: &str| text.parse::<KeyId>().unwrap();
    conclude(&id("new"), 3, &[id("old"), id("new")], &mut terminal);
    let remarks = String::from_utf8(remarks).unwrap();
    assert!(
        remarks.contains("sealed under old meanwhile: put new first"),
        "{remarks}"
    );
}
