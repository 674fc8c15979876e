use proptest::prelude::*;

use super::*;
use crate::fixtures::at;
use crate::mocks::HashingAuthenticator;

fn keys() -> HashingAuthenticator {
    HashingAuthenticator("k1".parse().unwrap())
}

fn record(number: i64) -> StoredRecord {
    StoredRecord {
        number,
        at: at(number),
        action: "listing_suspended".to_owned(),
        account_id: Some(Uuid::from_u128(1)),
        address: "192.0.2.7".parse().ok(),
        subject: Some(Uuid::from_u128(7)),
        reason: Some("It sells what is not its own.".to_owned()),
        before: Some("active".to_owned()),
        after: Some("suspended".to_owned()),
    }
}

/// A chain of records with these numbers.
fn chain(numbers: impl IntoIterator<Item = i64>) -> Vec<(AuditLink, StoredRecord)> {
    let mut head = AuditHead::NONE;
    let links = numbers.into_iter().map(|number| {
        let record = record(number);
        let link = head.link(&record, &keys()).unwrap();
        head = AuditHead::from(&link);
        (link, record)
    });
    links.collect()
}

fn walk(chain: &[(AuditLink, Option<StoredRecord>)]) -> Vec<ChainDefect> {
    let (mut walk, keys) = (ChainWalk::default(), keys());
    let steps = chain.iter();
    steps
        .flat_map(|(link, record)| walk.step(link, record.as_ref(), Some(&keys)))
        .collect()
}

fn present(chain: Vec<(AuditLink, StoredRecord)>) -> Vec<(AuditLink, Option<StoredRecord>)> {
    let links = chain.into_iter();
    links.map(|(link, record)| (link, Some(record))).collect()
}

#[test]
fn a_chain_is_whole_in_the_order_of_its_links_whatever_the_numbers() {
    assert_eq!(walk(&present(chain([1, 2, 9, 4]))), []);
    assert_eq!(walk(&[]), []);
}

#[test]
fn a_change_of_any_field_is_found() {
    let changes: [fn(&mut StoredRecord); 9] = [
        |record| record.number += 1,
        |record| record.at = at(99),
        |record| record.action = "listing_restored".to_owned(),
        |record| record.account_id = None,
        |record| record.address = "192.0.2.8".parse().ok(),
        |record| record.subject = Some(Uuid::from_u128(8)),
        |record| record.reason = None,
        |record| record.before = Some(String::new()),
        |record| std::mem::swap(&mut record.before, &mut record.after),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut chain = present(chain(1..=3));
        change(chain[1].1.as_mut().unwrap());
        assert_eq!(
            walk(&chain),
            [ChainDefect::Altered { position: 2 }],
            "{index}"
        );
    }
}

#[test]
fn text_that_moves_from_one_field_to_the_next_is_found() {
    let split = |before: &str, after: &str| {
        let texts = StoredRecord {
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
            ..record(1)
        };
        message(1, &AuditHead::NONE.mac, keys().active(), &texts)
    };
    assert_ne!(split("ab", "c"), split("a", "bc"));
}

#[test]
fn a_record_that_was_dropped_is_named_and_the_rest_holds() {
    let mut chain = present(chain(1..=4));
    chain[1].1 = None;
    assert_eq!(walk(&chain), [ChainDefect::RecordMissing { position: 2 }]);
}

#[test]
fn links_that_were_dropped_are_named() {
    let mut links = present(chain(1..=5));
    links.drain(1..3);
    let missing = ChainDefect::LinksMissing { from: 2, to: 3 };
    assert_eq!(walk(&links), [missing]);
    let beginning = present(chain(1..=3)).split_off(1);
    assert_eq!(
        walk(&beginning),
        [ChainDefect::LinksMissing { from: 1, to: 1 }]
    );
}

#[test]
fn a_link_whose_key_is_gone_is_named_and_without_keys_only_the_form_is_checked() {
    let mut links = present(chain(1..=2));
    let key_id: KeyId = "gone".parse().unwrap();
    links[1].0.key_id = key_id.clone();
    assert_eq!(
        walk(&links),
        [ChainDefect::KeyMissing {
            position: 2,
            key_id
        }]
    );
    let mut walk = ChainWalk::default();
    for (link, record) in &links {
        assert_eq!(walk.step(link, record.as_ref(), None), []);
    }
    assert_eq!(walk.head(), AuditHead::from(&links[1].0));
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let head = AuditHead::from(&chain([1])[0].0);
    assert_eq!(head.to_string().parse(), Ok(head));
    let text = head.to_string();
    for wrong in [
        "",
        "1",
        "1:",
        "x:00",
        "-1:00",
        &text[1..],
        &format!("{text}0"),
        &format!("{text}00"),
    ] {
        assert_eq!(
            wrong.parse::<AuditHead>(),
            Err(ParseAuditHeadError),
            "{wrong}"
        );
    }
}

proptest! {
    #[test]
    fn two_records_that_change_places_are_found(
        length in 2_i64..12, first in 0_usize..12, second in 0_usize..12,
    ) {
        let mut links = present(chain(1..=length));
        let (first, second) = (first % links.len(), second % links.len());
        prop_assume!(first != second);
        let record = links[first].1.take();
        links[first].1 = links[second].1.take();
        links[second].1 = record;
        let found = walk(&links);
        for index in [first, second] {
            let position = links[index].0.position;
            let altered = ChainDefect::Altered { position };
            prop_assert!(found.contains(&altered), "{:?}", found);
        }
        prop_assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_link_that_was_dropped_is_found_even_if_the_others_move_up(
        length in 2_i64..12, dropped in 0_usize..12,
    ) {
        let mut links = present(chain(1..=length));
        let dropped = dropped % (links.len() - 1);
        links.remove(dropped);
        for (position, (link, _)) in (1..).zip(&mut links) {
            link.position = position;
        }
        prop_assert!(!walk(&links).is_empty());
    }
}
