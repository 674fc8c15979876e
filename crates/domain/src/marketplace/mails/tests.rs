use futures::executor::block_on;
use uuid::Uuid;

use super::*;
use crate::fixtures::account_id;
use crate::fixtures::{at, clock};
use crate::id::MailId;
use crate::mail::{LinkDigest, LinkSecret, Mail, MailTopic, Recipient, SoldOut, UnsubscribeSecret};
use crate::ports::{MockLinkMint, MockMailStore, MockMailer, MockNoticeStore, MockUnsubscribeMint};

const NOW: i64 = 1_000;
const DIGEST: LinkDigest = LinkDigest::new([7; 32]);

fn id() -> MailId {
    MailId::from_uuid(Uuid::from_u128(1))
}

fn claimed(mail: Option<Mail>) -> ClaimedMail {
    ClaimedMail {
        id: id(),
        to: Recipient {
            email: "ada@example.com".parse().unwrap(),
            name: None,
        },
        account: Some(account_id(1)),
        mail,
        attempts: 2,
        written_at: at(NOW - 60),
    }
}

/// A store with one mail, which is told of this outcome.
fn store(mail: Option<Mail>, expected: MailOutcome) -> MockMailStore {
    let mut store = MockMailStore::new();
    store
        .expect_claim()
        .withf(|claim| {
            claim.at == at(NOW)
                && claim.until == at(NOW + 60)
                && claim.link.digest == DIGEST
                && claim.link.expires_at == at(NOW + 3_600)
        })
        .return_once(|_| Ok(Some(claimed(mail))));
    store
        .expect_record()
        .withf(move |mail, attempt, outcome, when| {
            *mail == id() && *attempt == 2 && *outcome == expected && *when == at(NOW)
        })
        .once()
        .return_once(|_, _, _, _| Ok(()));
    store
}

fn step(store: MockMailStore, mailer: MockMailer) -> MailStep {
    let mut mint = MockLinkMint::new();
    mint.expect_mint()
        .returning(|| (LinkSecret::new("minted".into()), DIGEST));
    let mails = mails(store, mailer, mint, MockNoticeStore::new());
    block_on(mails.send_next()).unwrap()
}

fn mails(
    store: MockMailStore,
    mailer: MockMailer,
    mint: MockLinkMint,
    notices: MockNoticeStore,
) -> Mails {
    let mut unsubscribing = MockUnsubscribeMint::new();
    unsubscribing
        .expect_sign()
        .returning(|account, topic| UnsubscribeSecret::new(format!("{account} {topic}")));
    let ports = MailPorts {
        store: Arc::new(store),
        notices: Arc::new(notices),
        mailer: Arc::new(mailer),
        mint: Arc::new(mint),
        unsubscribing: Arc::new(unsubscribing),
        clock: clock(at(NOW)),
    };
    Mails::new(ports, MailPolicy::default())
}

/// A mailer that is given one message, with this link.
fn mailer(link: Option<&'static str>, result: Result<(), SendError>) -> MockMailer {
    let mut mailer = MockMailer::new();
    mailer
        .expect_send()
        .withf(move |message| {
            message.id == id() && message.link.as_ref().map(LinkSecret::expose) == link
        })
        .once()
        .return_once(|_| result);
    mailer
}

#[test]
fn a_mail_is_sent_with_the_link_whose_digest_was_stored() {
    let store = store(Some(Mail::ResetPassword), MailOutcome::Sent);
    let step = step(store, mailer(Some("minted"), Ok(())));
    assert!(matches!(step, MailStep::Done(MailOutcome::Sent)));
}

#[test]
fn a_mail_without_a_link_is_sent_without_a_secret() {
    let step = step(
        store(Some(Mail::Test), MailOutcome::Sent),
        mailer(None, Ok(())),
    );
    assert!(matches!(step, MailStep::Done(MailOutcome::Sent)));
}

#[test]
fn nothing_is_sent_where_there_is_nobody_to_tell() {
    let step = step(store(None, MailOutcome::NotNeeded), MockMailer::new());
    assert!(matches!(step, MailStep::Done(MailOutcome::NotNeeded)));
}

#[test]
fn a_mail_that_could_not_be_handed_over_is_put_off_and_a_refused_one_given_up() {
    let put_off = MailOutcome::PutOff(at(NOW + 20));
    let unavailable = Err(SendError::Unavailable("451 later".into()));
    let found = step(store(Some(Mail::Test), put_off), mailer(None, unavailable));
    assert!(matches!(found, MailStep::Failed(outcome, _) if outcome == put_off));
    let refused = Err(SendError::Refused("550 no".into()));
    let found = step(
        store(Some(Mail::Test), MailOutcome::GivenUp),
        mailer(None, refused),
    );
    assert!(matches!(found, MailStep::Failed(MailOutcome::GivenUp, _)));
}

#[test]
fn nothing_happens_while_no_mail_is_due() {
    let mut store = MockMailStore::new();
    store.expect_claim().once().return_once(|_| Ok(None));
    assert!(matches!(step(store, MockMailer::new()), MailStep::Nothing));
}

#[test]
fn a_notice_has_a_link_that_ends_its_topic_for_the_account_and_other_mails_have_none() {
    let sold_out = Mail::ListingSoldOut(SoldOut {
        listing_id: crate::fixtures::listing_id(1),
        service_name: "Weather".parse().unwrap(),
        held: crate::units::Stock::default(),
    });
    let expected = format!("{} {}", account_id(1), MailTopic::SoldOut);
    for (mail, expected) in [(sold_out, Some(expected)), (Mail::Test, None)] {
        let mut mailer = MockMailer::new();
        mailer
            .expect_send()
            .withf(move |message| {
                let secret = message.unsubscribe.as_ref();
                secret.map(UnsubscribeSecret::expose) == expected.as_deref()
            })
            .once()
            .return_once(|_| Ok(()));
        step(store(Some(mail), MailOutcome::Sent), mailer);
    }
}

#[test]
fn notices_are_written_until_none_is_due() {
    let mut notices = MockNoticeStore::new();
    let mut left = [2, 1];
    notices
        .expect_write_next()
        .times(5)
        .returning(move |notice, _, now| {
            assert_eq!(now, at(NOW));
            let left = match notice {
                SweptNotice::TokensExpiring => &mut left[0],
                SweptNotice::SaleDigest => &mut left[1],
            };
            let is_due = *left > 0;
            *left -= i32::from(is_due);
            Ok(is_due)
        });
    let mails = mails(
        MockMailStore::new(),
        MockMailer::new(),
        MockLinkMint::new(),
        notices,
    );
    block_on(mails.write_notices()).unwrap();
}
