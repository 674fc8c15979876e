use udam_domain::audit::Actor;
use udam_domain::gateway::{
    AccessKeyDigest, CallPath, DeleteAccessKey, DrawCall, FirstAccessKey, Granularity,
    IssueAccessKey, Method, UsageQuery,
};
use udam_domain::id::{AccountId, CallId, ListingId, TokenId};
use udam_domain::page::{PageLimit, PageRequest};
use udam_domain::time::SignedDuration;
use udam_domain::token::RevealKey;
use udam_domain::{AccessKeyStore, CallReader, CallStore, TokenStore};
use udam_postgres::{PgAccessKeyStore, PgCallReader, PgCallStore, PgTokenStore};
use uuid::Uuid;

use super::grown::{Grown, PAGE, grown, new_year};
use crate::fixtures::{Counting, sealed};
use crate::gateway::market::{Key, answered};

/// Calls in one batch.
const BATCH: usize = 20;

/// Partitions that calls are in: 21 days and the default.
const PARTITIONS: u64 = 22;

/// Tokens that can be used at the end of the year, the oldest first.
const USABLE: &str = "\
SELECT b.token_id FROM token_balances b
JOIN tokens t ON t.id = b.token_id
JOIN listings l ON l.id = t.listing_id
WHERE t.state = 'active' AND t.expires_at > $1 AND b.left_units > 0 AND l.state <> 'archived'
ORDER BY b.token_id LIMIT 20";

/// One column of these tokens, in their order.
async fn of_tokens<T: tokio_postgres::types::FromSqlOwned>(
    grown: &Grown,
    column: &str,
    tokens: &[Uuid],
) -> Vec<T> {
    let statement = format!(
        "SELECT {column} FROM tokens t JOIN access_keys k ON k.token_id = t.id
        WHERE t.id = ANY ($1) AND k.sealed_key IS NOT NULL ORDER BY t.id"
    );
    grown.all(&statement, &[&tokens]).await
}

#[tokio::test]
async fn calls_are_drawn_ended_and_given_up_over_their_own_rows() {
    let grown = grown().await;
    let tokens: Vec<Uuid> = grown.all(USABLE, &[&new_year()]).await;
    assert_eq!(tokens.len(), BATCH);
    let digests: Vec<Vec<u8>> = of_tokens(grown, "k.digest", &tokens).await;
    let listings: Vec<Uuid> = of_tokens(grown, "t.listing_id", &tokens).await;
    let each = u64::try_from(BATCH).unwrap();
    let bounds = [
        // With their entries in the index.
        ("gateway::known::Known::keys", 2 * each),
        // A token, its order and its terms.
        ("gateway::known::Known::tokens", 3 * each),
        ("gateway::balances::lock", each),
        // Each with the account that may be suspended.
        ("gateway::snapshot::", 2 * each),
        ("gateway::write::write_calls", each),
        ("gateway::extend::extend", 0),
        ("gateway::lost::lapsed", 0),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let store = PgCallStore::new(pool);
        let callers = (0..BATCH).map(|number| {
            let digest = digests[number].clone().try_into().unwrap();
            store.draw(DrawCall {
                call_id: CallId::mint(new_year(), &Counting),
                listing_id: ListingId::from_uuid(listings[number]),
                key: AccessKeyDigest::new(digest),
                method: Method::Get,
                path: CallPath::new("/".to_owned()).unwrap(),
                at: new_year(),
                deadline: new_year() + SignedDuration::from_secs(120),
            })
        });
        let drawn = futures::future::join_all(callers).await;
        let drawn: Vec<_> = drawn.into_iter().map(Result::unwrap).collect();
        let late = new_year() + SignedDuration::from_secs(300);
        let first = vec![drawn[0].drawn.call_id];
        store.extend(first, late).await.unwrap();
        let finishes = drawn.iter().skip(2);
        let finishes = finishes.map(|drawn| store.finish(answered(drawn, 503, None)));
        for finished in futures::future::join_all(finishes).await {
            finished.unwrap();
        }
        let later = late + SignedDuration::from_secs(1);
        assert_eq!(store.give_up_lost(later, 10).await.unwrap().len(), 2);
    });
    held.await;
}

#[tokio::test]
async fn calls_are_read_along_their_indexes_at_any_depth() {
    let grown = grown().await;
    let busiest = |column: &str| {
        format!(
            "SELECT {column} FROM calls GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT 1"
        )
    };
    let token: Uuid = grown.all(&busiest("token_id"), &[]).await[0];
    let listing: Uuid = grown.all(&busiest("listing_id"), &[]).await[0];
    let buyer: Uuid = of_tokens(grown, "t.buyer_id", &[token]).await[0];
    let seller = "SELECT seller_id FROM listings WHERE id = $1";
    let seller: Uuid = grown.all(seller, &[&listing]).await[0];
    let (buyer, seller) = (AccountId::from_uuid(buyer), AccountId::from_uuid(seller));
    let middle = |column: &str| {
        format!(
            "SELECT id FROM calls WHERE {column} = $1 ORDER BY id
            OFFSET (SELECT count(*) / 2 FROM calls WHERE {column} = $1) LIMIT 1"
        )
    };
    let in_token: Uuid = grown.all(&middle("token_id"), &[&token]).await[0];
    let in_listing: Uuid = grown.all(&middle("listing_id"), &[&listing]).await[0];
    // A page may begin in each partition, to find which has the newest.
    let bounds = [
        ("PgCallReader::of_token", PAGE + PARTITIONS + 1),
        ("PgCallReader::of_listing", PAGE + PARTITIONS + 1),
        ("PgCallReader::find", 1),
        ("PgCallReader::service", 2),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgCallReader::new(pool);
        let limit = PageLimit::default();
        for after in [None, Some(CallId::from_uuid(in_token))] {
            let page = PageRequest { after, limit };
            let page = reader
                .of_token(TokenId::from_uuid(token), buyer, page)
                .await;
            assert_eq!(page.unwrap().items.len(), 20);
        }
        let listing = ListingId::from_uuid(listing);
        for after in [None, Some(CallId::from_uuid(in_listing))] {
            let page = PageRequest { after, limit };
            let page = reader.of_listing(listing, seller, page).await;
            assert_eq!(page.unwrap().items.len(), 20);
        }
        let found = reader.find(CallId::from_uuid(in_token), buyer).await;
        assert!(found.unwrap().is_some());
        assert!(reader.service(listing, seller).await.unwrap().is_some());
    });
    held.await;
}

#[tokio::test]
async fn sums_read_the_calls_that_they_sum() {
    let grown = grown().await;
    let busiest = "SELECT listing_id FROM calls GROUP BY listing_id ORDER BY count(*) DESC LIMIT 1";
    let listing: Uuid = grown.all(busiest, &[]).await[0];
    let seller = "SELECT seller_id FROM listings WHERE id = $1";
    let seller: Uuid = grown.all(seller, &[&listing]).await[0];
    let token: Uuid = grown.all(USABLE, &[&new_year()]).await[0];
    let buyer: Uuid = of_tokens(grown, "t.buyer_id", &[token]).await[0];
    let since = new_year() - SignedDuration::from_hours(30 * 24);
    let first = CallId::first_at(since).uuid();
    let sold = "SELECT count(*) FROM calls c JOIN listings l ON l.id = c.listing_id
        WHERE l.seller_id = $1 AND c.id >= $2";
    let sold: i64 = grown.all(sold, &[&seller, &first]).await[0];
    let listed = "SELECT count(*) FROM listings WHERE seller_id = $1";
    let listed: i64 = grown.all(listed, &[&seller]).await[0];
    let of_token = "SELECT count(*) FROM calls WHERE token_id = $1 AND id >= $2";
    let of_token: i64 = grown.all(of_token, &[&token, &first]).await[0];
    // With their entries in the index, should it be read as a bitmap.
    let twice = |count: i64| 2 * u64::try_from(count).unwrap();
    let bounds = [
        ("gateway::usage::sums, of a token", twice(of_token) + 1),
        (
            "gateway::usage::sums, of a seller",
            twice(sold) + twice(listed),
        ),
        ("gateway::quality::measure", twice(sold)),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let reader = PgCallReader::new(pool);
        let by = Granularity::Day;
        let (token, listing) = (TokenId::from_uuid(token), ListingId::from_uuid(listing));
        let (buyer, seller) = (AccountId::from_uuid(buyer), AccountId::from_uuid(seller));
        let query = UsageQuery::Token { id: token, buyer };
        reader.usage(query, by, new_year()).await.unwrap();
        let query = UsageQuery::Seller {
            id: seller,
            listing: None,
        };
        let sums = reader.usage(query, by, new_year()).await.unwrap();
        assert!(!sums.is_empty());
        reader.quality(listing, new_year()).await.unwrap();
    });
    held.await;
}

#[tokio::test]
async fn access_keys_are_issued_listed_and_deleted_by_their_token() {
    let grown = grown().await;
    let usable = USABLE.replace("ORDER BY b.token_id", "ORDER BY b.token_id DESC");
    let tokens: Vec<Uuid> = grown.all(&usable, &[&new_year()]).await;
    let token = tokens[0];
    let buyer: Uuid = of_tokens(grown, "t.buyer_id", &[token]).await[0];
    let bounds = [
        ("tokens::reveal", 4),
        // The listing; accounts that are suspended are looked up in an index of their own.
        ("tokens::check_not_suspended", 1),
        ("gateway::first_key::find", 3),
        ("gateway::access_keys::issue, lock", 4),
        ("gateway::access_keys::issue, insert", 0),
        ("gateway::access_keys::count", 6),
        ("gateway::balances::begin", 0),
        ("gateway::access_keys::delete", 3),
        ("PgAccessKeyStore::of_token", 6),
        ("audit::record", 0),
    ];
    let held = grown.hold(&bounds, async |pool, _| {
        let (token_id, at) = (TokenId::from_uuid(token), new_year());
        let buyer = Actor::from(AccountId::from_uuid(buyer));
        let key = Key::new().stored();
        let reveal = RevealKey {
            token_id,
            buyer,
            at,
            first_key: Some(FirstAccessKey {
                key,
                sealed: sealed("growth"),
            }),
        };
        PgTokenStore::new(pool.clone())
            .reveal(reveal)
            .await
            .unwrap();
        let keys = PgAccessKeyStore::new(pool);
        let issue = IssueAccessKey {
            token_id,
            buyer,
            key,
            name: None,
            max_units: None,
            expires_at: None,
            at,
        };
        keys.issue(issue).await.unwrap();
        let listed = keys.of_token(token_id, buyer.account_id).await.unwrap();
        assert!(listed.len() >= 2);
        let delete = DeleteAccessKey {
            token_id,
            key_id: key.id,
            buyer,
            at,
        };
        assert!(keys.delete(delete).await.unwrap());
    });
    held.await;
}
