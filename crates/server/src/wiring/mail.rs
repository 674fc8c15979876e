//! Mail: its server, its workers' use cases, and the links in it.

use std::sync::Arc;

use thiserror::Error;
use udam_config::MailSettings;
use udam_crypto::{Sha256LinkMint, SystemClock};
use udam_domain::mail::MailPolicy;
use udam_domain::marketplace::{MailLinkPorts, MailPorts, Mails};
use udam_domain::money::Currency;
use udam_domain::policy::Verification;
use udam_domain::{Mailer, UnsubscribeMint};
use udam_mail::{SmtpMailer, SmtpSetupError};
use udam_postgres::{PgMailLinkStore, PgMailStore, PgNoticeStore, PgPool};

/// Error of wiring mail.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct MailWiringError(#[from] SmtpSetupError);

/// Sends through the server of the settings.
pub(crate) fn mailer(settings: &MailSettings) -> Result<Arc<dyn Mailer>, MailWiringError> {
    let MailSettings {
        server,
        roots,
        from,
        templates,
    } = settings.clone();
    let mailer = SmtpMailer::new(&server, roots.as_ref(), from, templates)?;
    Ok(Arc::new(mailer))
}

/// The use case of the workers.
pub(super) fn mails(
    pool: &PgPool,
    mailer: Arc<dyn Mailer>,
    unsubscribing: Arc<dyn UnsubscribeMint>,
) -> Mails {
    let ports = MailPorts {
        store: Arc::new(PgMailStore::new(pool.clone())),
        notices: Arc::new(PgNoticeStore::new(pool.clone())),
        mailer,
        mint: Arc::new(Sha256LinkMint),
        unsubscribing,
        clock: Arc::new(SystemClock),
    };
    Mails::new(ports, MailPolicy::default())
}

/// Ports of links in mails.
pub(super) fn links(
    pool: &PgPool,
    currency: Currency,
    verification: Verification,
) -> MailLinkPorts {
    MailLinkPorts {
        store: Arc::new(PgMailLinkStore::new(pool.clone(), currency)),
        mint: Arc::new(Sha256LinkMint),
        verification,
    }
}
