use udam_domain::mail::{ClaimMail, LinkDigest, MailLink, NewLink, NoticePolicy, SweptNotice};
use udam_domain::time::{SignedDuration, Timestamp, after, before};
use udam_domain::{MailStore, NoticeStore};
use udam_postgres::{PgMailStore, PgNoticeStore, PgPool};

use super::grown::{grown, new_year};

/// Rows of the blocks in which the tokens of an hour are: those of two ranges.
const BLOCKS: u64 = 8_000;

async fn write(pool: &PgPool, notice: SweptNotice, now: Timestamp) -> bool {
    let store = PgNoticeStore::new(pool.clone());
    let policy = NoticePolicy::default();
    store.write_next(notice, policy, now).await.unwrap()
}

/// Claims all mails that are due.
async fn claim_all(pool: &PgPool, at: Timestamp) -> usize {
    let store = PgMailStore::new(pool.clone());
    let claim = ClaimMail {
        at,
        until: after(at, SignedDuration::from_hours(24 * 365)),
        link: NewLink {
            digest: LinkDigest::new([7; 32]),
            expires_at: MailLink::expires(at),
        },
    };
    let mut told = 0;
    while let Some(mail) = store.claim(claim).await.unwrap() {
        told += usize::from(mail.mail.is_some());
    }
    told
}

#[tokio::test]
async fn notices_read_what_they_tell_of_and_no_more() {
    let day = |days: i64| SignedDuration::from_hours(24 * days);
    let hours = |hours| SignedDuration::from_hours(hours);
    let grown = grown().await;
    let bounds = [
        ("mails::notice_store::tell_of_tokens", BLOCKS),
        ("mails::notice_store::tell_of_sales", 40),
        ("mails::notice_store::write_next", 0),
        ("mails::notices::sale_digest", 600),
        ("mails::notices::tokens_expiring", BLOCKS),
        ("mails::preferences::find", 0),
        ("mails::content::holder", 1),
        ("mails::store::claim", 0),
    ];
    let held = grown.hold(&bounds, async |pool, time| {
        let time = i64::try_from(time).unwrap();
        let now = before(new_year(), day(20 - 3 * time));
        // The first sweep tells of nothing but what comes after it.
        while write(&pool, SweptNotice::SaleDigest, now).await {}
        assert!(write(&pool, SweptNotice::TokensExpiring, now).await);
        // From one midnight to a time after the next.
        let later = after(now, hours(26));
        let mut stretches = 0;
        while write(&pool, SweptNotice::SaleDigest, later).await {
            stretches += 1;
        }
        assert_eq!(stretches, 24);
        assert!(claim_all(&pool, later).await > 0);
    });
    held.await;
}
