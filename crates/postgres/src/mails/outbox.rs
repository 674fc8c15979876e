use udam_domain::account::Email;
use udam_domain::id::AccountId;
use udam_domain::mail::MailKind;
use udam_domain::time::Timestamp;

use super::facts::Facts;
use crate::mailing::Mailing;
use crate::transaction::{Parameters, Transaction};

/// A mail about to be written.
pub(crate) struct NewMail<'a> {
    pub(crate) kind: MailKind,
    /// What is told of: of one subject, a kind is told once.
    pub(crate) subject: String,
    /// Who is told; `None` for whoever has `email` by the time.
    pub(crate) account: Option<AccountId>,
    /// Address that it goes to; `None` for the one that the account has by the time.
    pub(crate) email: Option<&'a Email>,
    pub(crate) facts: Facts,
    pub(crate) at: Timestamp,
}

const ENQUEUE: &str = "\
-- mails::outbox::enqueue
INSERT INTO mails (kind, subject, account_id, email, facts, written_at, due_at)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $6)
ON CONFLICT ON CONSTRAINT mails_subject_key DO NOTHING";

/// Writes a mail in the transaction of what it tells, unless nobody sends any.
pub(crate) async fn enqueue(
    tx: &Transaction<'_>,
    mail: NewMail<'_>,
) -> Result<(), tokio_postgres::Error> {
    match tx.mailing() {
        Mailing::Off => Ok(()),
        Mailing::On => insert(tx, mail).await,
    }
}

/// Writes a mail that is asked for.
pub(super) async fn insert(
    tx: &Transaction<'_>,
    mail: NewMail<'_>,
) -> Result<(), tokio_postgres::Error> {
    let kind: &str = mail.kind.into();
    let facts = mail.facts.to_json();
    let row: Parameters<'_> = &[
        &kind,
        &mail.subject,
        &mail.account.map(AccountId::uuid),
        &mail.email.map(Email::as_str),
        &facts,
        &mail.at,
    ];
    tx.run(ENQUEUE, row).await.map(drop)
}
