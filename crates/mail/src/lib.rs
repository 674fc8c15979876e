//! The mail port over SMTP.
//!
//! [`SmtpMailer`] words a mail by its [`Templates`], as text and as HTML, and hands it to the server that an [`SmtpUrl`] names.
//! `words` is what a template may show of a mail. The templates are plain files in `templates`, which an operator can replace.
//!
//! What may not live here: what is told, to whom and when, which the domain and storage decide; and settings, which
//! `udam-config` reads. No secret is logged or kept in an error.

mod list_headers;
mod rendered;
mod roots;
mod samples;
mod sender;
mod smtp;
mod smtp_url;
mod templates;
mod words;

pub use rendered::Rendered;
pub use roots::{RootCertificates, RootCertificatesError};
pub use sender::{Sender, SenderError};
pub use smtp::{SmtpMailer, SmtpSetupError};
pub use smtp_url::{SmtpUrl, SmtpUrlError};
pub use templates::{TemplateError, Templates};
