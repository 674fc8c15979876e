//! Reads what a mail tells, and whom, when it is claimed.

use tokio_postgres::Row;
use udam_domain::StoreError;
use udam_domain::account::{Account, Email};
use udam_domain::id::AccountId;
use udam_domain::mail::{Mail, MailKind, Recipient};
use uuid::Uuid;

use super::facts::Facts;
use super::{notices, preferences, receipts};
use crate::account_row::account;
use crate::columns::{Columns, stored_as_text};
use crate::error::Unreadable;
use crate::transaction::{Transaction, TxResult};

stored_as_text!(MailKind);

/// A mail as it was written.
pub(super) struct Written {
    kind: MailKind,
    subject: String,
    account: Option<AccountId>,
    email: Option<Email>,
    facts: Facts,
}

/// A mail as it is to be sent.
pub(super) struct Resolved {
    pub(super) to: Recipient,
    /// Account of the recipient.
    pub(super) account: Option<AccountId>,
    /// `None` if there is nobody to tell.
    pub(super) mail: Option<Mail>,
    /// The account or registration that its link is of.
    pub(super) owner: Uuid,
}

impl Written {
    pub(super) fn read(row: &Row) -> Result<Self, Unreadable> {
        Ok(Self {
            kind: row.read("kind")?,
            subject: row.read("subject")?,
            account: row.read("account_id")?,
            email: row.read("email")?,
            facts: Facts::from_json(&row.read::<String>("facts")?)?,
        })
    }
}

/// The account that a mail goes to, and whether its address is verified.
struct Holder {
    account: Account,
    is_verified: bool,
}

const HOLDER: &str = "\
-- mails::content::holder
SELECT id AS account_id, email, name, email_verified_at IS NOT NULL AS is_verified
FROM accounts WHERE id = $1";

const HOLDER_OF_ADDRESS: &str = "\
-- mails::content::holder, by address
SELECT id AS account_id, email, name, email_verified_at IS NOT NULL AS is_verified
FROM accounts WHERE email = $1";

async fn holder(tx: &Transaction<'_>, written: &Written) -> TxResult<Option<Holder>> {
    let row = match (written.account, &written.email) {
        (Some(id), _) => tx.row(HOLDER, &[&id.uuid()]).await?,
        (None, Some(email)) => tx.row(HOLDER_OF_ADDRESS, &[&email.as_str()]).await?,
        (None, None) => None,
    };
    let holder = row.map(|row| -> Result<Holder, Unreadable> {
        Ok(Holder {
            account: account(&row)?,
            is_verified: row.read("is_verified")?,
        })
    });
    Ok(holder.transpose()?)
}

/// What a mail tells now, and whom.
pub(super) async fn resolve(tx: &Transaction<'_>, written: &Written) -> TxResult<Resolved> {
    let holder = holder(tx, written).await?;
    let account = holder.as_ref().map(|holder| holder.account.id);
    let (mail, owner) = content(tx, written, holder.as_ref()).await?;
    let known = holder.as_ref().map(|holder| &holder.account);
    let own = known.map(|account| account.email.clone());
    let email = written.email.clone().or(own);
    // Each row has an address or an account, and accounts stay.
    let email = email.ok_or_else(|| StoreError::Failed("a mail has no recipient".into()))?;
    let name = known.map(|account| account.name.clone());
    Ok(Resolved {
        to: Recipient { email, name },
        account,
        mail,
        owner: owner.unwrap_or_default(),
    })
}

/// What a mail tells, and the owner of its link.
async fn content(
    tx: &Transaction<'_>,
    written: &Written,
    holder: Option<&Holder>,
) -> TxResult<(Option<Mail>, Option<Uuid>)> {
    let facts = &written.facts;
    let own = holder.map(|holder| holder.account.id.uuid());
    let told = |mail: Mail| Ok((Some(mail), own));
    let nobody = Ok((None, None));
    if let (Some(topic), Some(holder)) = (written.kind.topic(), holder) {
        let preferences = preferences::find(tx, holder.account.id).await?;
        if !preferences.wants(topic) {
            return nobody;
        }
        return Ok((notice(tx, written, holder.account.id).await?, own));
    }
    match (written.kind, holder) {
        (MailKind::Registration, Some(_)) => told(Mail::AlreadyRegistered),
        (MailKind::Registration, None) => {
            let id = subject_uuid(&written.subject)?;
            let is_there = tx.row(REGISTRATION, &[&id]).await?.is_some();
            Ok((is_there.then_some(Mail::ConfirmRegistration), Some(id)))
        }
        (MailKind::PasswordReset, Some(_)) => told(Mail::ResetPassword),
        (MailKind::EmailVerification, Some(holder)) if !holder.is_verified => {
            told(Mail::VerifyEmail)
        }
        (MailKind::EmailChange, Some(holder)) => {
            let to = written.email.as_ref().map(Email::as_str);
            let is_taken = tx.row(HOLDER_OF_ADDRESS, &[&to]).await?.is_some();
            let from = holder.account.email.clone();
            Ok((
                (!is_taken).then_some(Mail::ConfirmEmailChange { from }),
                own,
            ))
        }
        (MailKind::EmailChanged, Some(_)) => {
            let (from, to) = facts.addresses()?;
            told(Mail::EmailChanged { from, to })
        }
        (MailKind::PasswordChanged, Some(_)) => told(Mail::PasswordChanged {
            how: facts.how()?,
            at: facts.at()?,
            address: facts.address(),
        }),
        (MailKind::SecondFactorChanged, Some(_)) => {
            let row = tx.row(COUNT_CODES, &[&own]).await?;
            let left: Option<u64> = row.map(|row| row.read("count")).transpose()?;
            told(Mail::SecondFactorChanged {
                what: facts.what()?,
                recovery_codes: left.unwrap_or_default().try_into().unwrap_or(u32::MAX),
                at: facts.at()?,
                address: facts.address(),
            })
        }
        (MailKind::NewSignIn, Some(_)) => told(Mail::NewSignIn {
            device: facts.device()?,
            address: facts.address(),
            at: facts.at()?,
        }),
        (MailKind::PaymentReceipt, Some(_)) => {
            let charge = subject_uuid(&written.subject)?;
            Ok((receipts::receipt(tx, charge).await?, own))
        }
        (MailKind::PaymentFailed, Some(_)) => {
            let order = subject_uuid(&written.subject)?;
            Ok((receipts::unpaid(tx, order).await?, own))
        }
        _ => nobody,
    }
}

const COUNT_CODES: &str = "\
-- mails::content::content, recovery codes
SELECT count(*) FROM recovery_codes WHERE account_id = $1";
/// Reads the content of a notice that an account can do without.
async fn notice(
    tx: &Transaction<'_>,
    written: &Written,
    account: AccountId,
) -> TxResult<Option<Mail>> {
    let facts = &written.facts;
    match written.kind {
        MailKind::ListingSoldOut => {
            let listing = written.subject.split(':').next().unwrap_or_default();
            notices::sold_out(tx, subject_uuid(listing)?).await
        }
        MailKind::UnitsLow => notices::units_low(tx, subject_uuid(&written.subject)?).await,
        MailKind::TokensExpiring => notices::tokens_expiring(tx, account, facts.day()?).await,
        MailKind::SaleDigest => notices::sale_digest(tx, account, facts.day()?).await,
        _ => Ok(None),
    }
}

const REGISTRATION: &str = "\
-- mails::content::content, registration
SELECT id FROM registrations WHERE id = $1";

fn subject_uuid(subject: &str) -> Result<Uuid, Unreadable> {
    subject
        .parse()
        .map_err(|error: uuid::Error| crate::columns::unreadable("subject", error.into()))
}
