use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as TransportError;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message as Envelope, Tokio1Executor};
use thiserror::Error;
use tokio::time::timeout;
use udam_domain::account::Email;
use udam_domain::mail::SendError;
use udam_domain::{Mailer, Message};

use crate::list_headers::{ListUnsubscribe, ListUnsubscribePost};
use crate::rendered::Rendered;
use crate::roots::RootCertificates;
use crate::sender::Sender;
use crate::smtp_url::{Security, SmtpUrl};
use crate::templates::Templates;

/// Longest time for each answer of the server.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest time for a whole mail. Shorter than a claim, so that no other server takes the mail meanwhile.
const SEND_TIMEOUT: Duration = Duration::from_secs(40);

/// Answers by which a server asks for another login: they say nothing about the mail.
const LOGIN_REFUSED: [&str; 4] = ["530", "534", "535", "538"];

/// Sends mails over SMTP.
#[derive(Clone)]
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Sender,
    templates: Templates,
}

/// Why no mailer could be made.
#[derive(Debug, Error)]
pub enum SmtpSetupError {
    /// TLS could not be set up.
    #[error("mail cannot be sent securely")]
    Tls(#[source] TransportError),
}

impl SmtpMailer {
    /// Sends to this server, which is trusted by `roots` as well. It is not contacted yet.
    ///
    /// # Errors
    /// [`SmtpSetupError`]
    pub fn new(
        server: &SmtpUrl,
        roots: Option<&RootCertificates>,
        from: Sender,
        templates: Templates,
    ) -> Result<Self, SmtpSetupError> {
        let parameters = || {
            let parameters = TlsParameters::builder(server.host.clone());
            let parameters = match roots {
                Some(roots) => parameters.add_root_certificate(roots.certificates()),
                None => parameters,
            };
            parameters.build().map_err(SmtpSetupError::Tls)
        };
        let tls = match server.security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::Loopback => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(STEP_TIMEOUT));
        let builder = match server.credentials() {
            Some(credentials) => builder.credentials(credentials),
            None => builder,
        };
        Ok(Self {
            transport: builder.build(),
            from,
            templates,
        })
    }

    fn envelope(&self, message: &Message) -> Result<Envelope, SendError> {
        let Rendered {
            subject,
            text,
            html,
        } = self
            .templates
            .render(message)
            .map_err(|error| SendError::Unavailable(error.into()))?;
        let unsubscribe = self.templates.unsubscribe_page(message);
        let refused = |error: lettre::error::Error| SendError::Refused(error.into());
        let mut envelope = Envelope::builder()
            .from(self.from.mailbox())
            .to(Mailbox::new(None, address(&message.to.email)?))
            .subject(subject)
            .message_id(Some(self.message_id(message)));
        if let Some(page) = unsubscribe {
            envelope = envelope
                .header(ListUnsubscribe(format!("<{page}>")))
                .header(ListUnsubscribePost);
        }
        envelope
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(refused)
    }

    /// The same at each attempt, so that repeats are recognized.
    fn message_id(&self, message: &Message) -> String {
        format!("<{}@{}>", message.id, self.from.domain())
    }
}

// Leaves out the transport, which has the password.
impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

fn address(email: &Email) -> Result<Address, SendError> {
    email
        .as_str()
        .parse::<Address>()
        .map_err(|error| SendError::Refused(error.into()))
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        let envelope = self.envelope(message)?;
        match timeout(SEND_TIMEOUT, self.transport.send(envelope)).await {
            Ok(Ok(_accepted)) => Ok(()),
            Ok(Err(error)) => Err(classify(error)),
            Err(late) => Err(SendError::Unavailable(late.into())),
        }
    }
}

fn classify(error: TransportError) -> SendError {
    let status = error.status().map(|status| status.to_string());
    let is_login = status.is_some_and(|status| LOGIN_REFUSED.contains(&status.as_str()));
    if error.is_permanent() && !is_login {
        SendError::Refused(error.into())
    } else {
        SendError::Unavailable(error.into())
    }
}
