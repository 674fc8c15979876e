//! Mails, and the links in them.

mod links;
mod outbox;

use udam_domain::account::{Email, NewAccount};
use udam_domain::audit::Actor;
use udam_domain::mail::{
    ClaimMail, ClaimedMail, LinkDigest, LinkPurpose, Mail, MailLink, MailOutcome, NewLink,
    PasswordChange,
};
use udam_domain::money::Currency;
use udam_domain::policy::LinkLimit;
use udam_domain::time::Timestamp;
use udam_domain::{
    AccountStore, MailLinkStore, MailStore, ReplacePassword, RequestLink, RequestLinkError,
    SessionStore, UseLink, UseLinkError,
};
use udam_postgres::{Mailing, PgMailLinkStore, PgMailStore};

use crate::fixtures::{account_with, at, hash, new_account, new_session, start};
use crate::harness::Database;

/// A database of which mails are sent.
async fn mailing() -> Database {
    Database::with(|settings| settings.mailing = Mailing::On).await
}

impl Database {
    fn mails(&self) -> PgMailStore {
        PgMailStore::new(self.pool.clone())
    }

    fn links(&self) -> PgMailLinkStore {
        PgMailLinkStore::new(self.pool.clone(), Currency::USD)
    }

    async fn ask(&self, request: RequestLink, at: Timestamp) -> Result<(), RequestLinkError> {
        self.links()
            .request(request, LinkLimit::default(), at)
            .await
    }

    /// Claims the next mail at this time, with the link `number`, and records it as sent.
    async fn send(&self, number: u8, at: Timestamp) -> Option<ClaimedMail> {
        let claimed = self.mails().claim(claim(number, at)).await.unwrap()?;
        self.mails()
            .record(claimed.id, claimed.attempts, MailOutcome::Sent, at)
            .await
            .unwrap();
        Some(claimed)
    }

    async fn registered(&self, email: &str) -> NewAccount {
        let account = account_with(email);
        self.accounts()
            .register(account.clone(), None)
            .await
            .unwrap();
        account
    }
}

fn digest(number: u8) -> LinkDigest {
    LinkDigest::new([number; 32])
}

fn claim(number: u8, when: Timestamp) -> ClaimMail {
    ClaimMail {
        at: when,
        until: when + udam_domain::time::SignedDuration::from_secs(60),
        link: NewLink {
            digest: digest(number),
            expires_at: MailLink::expires(when),
        },
    }
}

fn used(number: u8, at: Timestamp) -> UseLink {
    UseLink {
        digest: digest(number),
        address: None,
        at,
    }
}

fn email(text: &str) -> Email {
    text.parse().unwrap()
}
