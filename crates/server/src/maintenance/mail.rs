//! `udam mail test` and `udam accounts reset-link`.

use thiserror::Error;
use udam_config::MailSettings;
use udam_crypto::{Sha256LinkMint, SystemEntropy};
use udam_domain::account::Email;
use udam_domain::id::MailId;
use udam_domain::mail::{Mail, MailLink, NewLink, Recipient, SendError};
use udam_domain::money::Currency;
use udam_domain::time::Timestamp;
use udam_domain::{LinkMint, MailLinkStore, Message, StoreError};
use udam_postgres::{ConnectError, PgMailLinkStore, PgPool, PoolSettings};
use url::Url;

use super::completion::Completion;
use crate::terminal::{Terminal, TerminalError};
use crate::wiring::{MailWiringError, mailer};

/// Why `udam mail` or `udam accounts` failed.
#[derive(Debug, Error)]
pub enum MailCommandError {
    /// There is no mail server.
    #[error("no mail is sent: set UDAM_SMTP_URL and UDAM_MAIL_FROM")]
    Off,
    /// Links lead nowhere.
    #[error("links lead to UDAM_PUBLIC_URL: set it")]
    NoPublicUrl,
    /// The mailer could not be made.
    #[error(transparent)]
    Mailer(#[from] MailWiringError),
    /// The mail was not accepted.
    #[error("the mail was not sent")]
    NotSent(#[from] SendError),
    /// The pool could not be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The link could not be stored.
    #[error("the link could not be stored; if this database is new, run `udam migrate`")]
    Unavailable(#[from] StoreError),
    /// The result could not be printed.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
}

/// Sends a mail that says no more than that mail arrives.
///
/// # Errors
/// [`MailCommandError`]
pub async fn send_test_mail(
    settings: Option<&MailSettings>,
    to: Email,
    now: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<(), MailCommandError> {
    let settings = settings.ok_or(MailCommandError::Off)?;
    let message = Message {
        id: MailId::mint(now, &SystemEntropy),
        to: Recipient {
            email: to.clone(),
            name: None,
        },
        mail: Mail::Test,
        link: None,
        unsubscribe: None,
    };
    mailer(settings)?.send(&message).await?;
    terminal.print(format_args!("The mail server has accepted a mail to {to}."))?;
    Ok(())
}

/// Prints a link that resets the password of the account with this address.
///
/// # Errors
/// [`MailCommandError`]
pub async fn print_reset_link(
    database: &PoolSettings,
    public_url: Option<&Url>,
    email: Email,
    now: Timestamp,
    terminal: &mut Terminal<'_>,
) -> Result<Completion, MailCommandError> {
    let site = public_url.ok_or(MailCommandError::NoPublicUrl)?;
    // Of accounts that it makes, which is none here.
    let currency = Currency::USD;
    let store = PgMailLinkStore::new(PgPool::connect(database)?, currency);
    let (secret, digest) = Sha256LinkMint.mint();
    let expires_at = MailLink::expires(now);
    let link = NewLink { digest, expires_at };
    if !store.issue_reset(email.clone(), link, now).await? {
        terminal.eprint(format_args!(
            "There is no account with the address {email}."
        ));
        return Ok(Completion::Incomplete);
    }
    let secret = secret.expose();
    terminal.print(format_args!("{site}reset-password?link={secret}"))?;
    terminal.eprint("It can be used once, within an hour.");
    Ok(Completion::Complete)
}
