use futures::executor::block_on;

use super::*;
use crate::account::{Origin, PasswordHash};
use crate::fixtures::{account_id, actor, at, origin};
use crate::mocks::{FixedClock, MockPorts};
use crate::ports::{MockLinkMint, MockMailLinkStore};
use crate::time::RetryAfter;

const DIGEST: LinkDigest = LinkDigest::new([7; 32]);

/// The use cases over this store, for `links` recognizes the secret `link` alone.
fn links(store: MockMailLinkStore, mut ports: MockPorts) -> MailLinks {
    let mut mint = MockLinkMint::new();
    mint.expect_recognize()
        .returning(|secret| (secret.expose() == "link").then_some(DIGEST));
    ports.clock = Arc::new(FixedClock::new(at(100)));
    let links = MailLinkPorts {
        store: Arc::new(store),
        mint: Arc::new(mint),
        verification: Verification::Required,
    };
    let clock = Arc::clone(&ports.clock);
    let accounts = ports.into_marketplace().accounts;
    MailLinks::new(links, accounts, clock)
}

fn hashing() -> MockPorts {
    let mut ports = MockPorts::default();
    ports
        .passwords
        .expect_hash()
        .once()
        .returning(|_| Ok(PasswordHash::from_phc("$new".into())));
    ports
}

fn email() -> Email {
    "ada@example.com".parse().unwrap()
}

fn password() -> Password {
    Password::attempt("correct horse".into()).unwrap()
}

fn register() -> Register {
    Register {
        email: email(),
        password: password(),
        name: None,
    }
}

fn reset(link: &str) -> ResetPassword {
    ResetPassword {
        link: LinkSecret::new(link.into()),
        password: password(),
    }
}

fn too_many() -> RequestLinkError {
    RequestLinkError::TooMany(RetryAfter::at(at(200), at(100)))
}

#[test]
fn a_registration_is_written_with_its_hash_and_opens_nothing() {
    let mut store = MockMailLinkStore::new();
    store
        .expect_request()
        .withf(|asked, limit, when| {
            let RequestLink::Register(new) = asked else {
                return false;
            };
            new.account.email == email()
                && new.password_hash.as_ref().map(PasswordHash::as_phc) == Some("$new")
                && *limit == LinkLimit::default()
                && *when == at(100)
        })
        .once()
        .returning(|_, _, _| Ok(()));
    block_on(links(store, hashing()).register(register())).unwrap();
}

#[test]
fn an_address_that_was_sent_many_mails_gets_no_other_answer() {
    let refusing = || {
        let mut store = MockMailLinkStore::new();
        store
            .expect_request()
            .once()
            .returning(|_, _, _| Err(too_many()));
        store
    };
    block_on(links(refusing(), hashing()).register(register())).unwrap();
    let links = links(refusing(), MockPorts::default());
    block_on(links.forgot_password(email())).unwrap();
}

#[test]
fn who_is_signed_in_learns_of_the_limit() {
    let mut store = MockMailLinkStore::new();
    store
        .expect_request()
        .once()
        .returning(|_, _, _| Err(too_many()));
    let asked = block_on(links(store, MockPorts::default()).send_again(account_id(1)));
    assert!(matches!(asked, Err(RequestLinkError::TooMany(_))));
}

#[test]
fn what_no_mint_has_made_is_refused_without_asking_the_store_or_hashing() {
    let links = links(MockMailLinkStore::new(), MockPorts::default());
    let verified = block_on(links.verify(&LinkSecret::new("other".into()), None));
    assert!(matches!(verified, Err(UseLinkError::Spent)));
    let reset = block_on(links.reset_password(reset("other"), Origin::default()));
    assert!(matches!(
        reset,
        Err(ResetPasswordError::Link(UseLinkError::Spent))
    ));
}

#[test]
fn a_link_for_something_else_resets_no_password() {
    let mut store = MockMailLinkStore::new();
    store.expect_find().once().returning(|_, _| {
        Ok(Some(MailLink {
            purpose: LinkPurpose::VerifyEmail,
            email: email(),
        }))
    });
    let links = links(store, MockPorts::default());
    let reset = block_on(links.reset_password(reset("link"), Origin::default()));
    assert!(matches!(
        reset,
        Err(ResetPasswordError::Link(UseLinkError::Spent))
    ));
}

#[test]
fn a_password_is_reset_by_its_link_from_where_it_was_followed() {
    let mut store = MockMailLinkStore::new();
    store.expect_find().once().returning(|_, _| {
        Ok(Some(MailLink {
            purpose: LinkPurpose::ResetPassword,
            email: email(),
        }))
    });
    store
        .expect_reset_password()
        .withf(|link, to, places| {
            link.digest == DIGEST
                && link.address == origin().address
                && to.as_phc() == "$new"
                && *places == Client::from(origin()).places()
        })
        .once()
        .returning(|_, _, _| Ok(account_id(1)));
    let links = links(store, hashing());
    let reset = block_on(links.reset_password(reset("link"), origin()));
    assert_eq!(reset.unwrap(), account_id(1));
}

#[test]
fn an_address_is_changed_by_who_knows_the_password() {
    let wrong = || {
        let mut ports = MockPorts::default();
        ports
            .accounts
            .expect_find_credentials()
            .once()
            .returning(|_| Ok(None));
        ports
            .passwords
            .expect_verify()
            .once()
            .returning(|_, _| Ok(false));
        ports
    };
    let request = |to: &str| ChangeEmail {
        current: email(),
        to: to.parse().unwrap(),
        password: password(),
        session: None,
    };
    let refused = links(MockMailLinkStore::new(), wrong());
    let changed = block_on(refused.change_email(actor(1), request("new@example.com")));
    assert!(matches!(changed, Err(ChangeEmailError::InvalidCredentials)));
    let same = links(MockMailLinkStore::new(), MockPorts::default());
    let changed = block_on(same.change_email(actor(1), request("Ada@Example.com")));
    assert!(matches!(changed, Err(ChangeEmailError::SameAddress)));
}
