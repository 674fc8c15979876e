use std::error::Error;
use std::io::{self, ErrorKind};

use thiserror::Error;
use udam_domain::gateway::CallOutcome;

/// Why no head of an answer came.
#[derive(Debug, Error)]
pub(crate) enum UpstreamError {
    /// The name of the service has no address.
    #[error("the name of the service has no address")]
    NameNotFound(#[source] Option<io::Error>),
    /// No address of the service may be called, or not without TLS.
    #[error("the address of the service may not be called")]
    AddressRefused,
    /// The service accepts no connection.
    #[error("the service accepts no connection")]
    ConnectionRefused(#[source] io::Error),
    /// No connection was made in time.
    #[error("no connection was made in time")]
    ConnectTimeout,
    /// TLS could not be set up.
    #[error("no secure connection was made")]
    TlsFailed(#[source] io::Error),
    /// No head came in time.
    #[error("the service did not answer in time")]
    FirstByteTimeout,
    /// What came was not an answer, or nothing came before the connection ended.
    #[error("the service broke off before an answer, or sent what is not HTTP")]
    Broken(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// The client has not sent its whole request.
    #[error("the client has not sent its whole request")]
    ClientGone,
}

impl UpstreamError {
    /// The way in which a call has ended with this.
    pub(crate) const fn outcome(&self) -> CallOutcome {
        match self {
            Self::NameNotFound(_) => CallOutcome::NameNotFound,
            Self::AddressRefused => CallOutcome::AddressRefused,
            Self::ConnectionRefused(_) => CallOutcome::ConnectionRefused,
            Self::ConnectTimeout => CallOutcome::ConnectTimeout,
            Self::TlsFailed(_) => CallOutcome::TlsFailed,
            Self::FirstByteTimeout => CallOutcome::FirstByteTimeout,
            Self::Broken(_) => CallOutcome::Broken,
            Self::ClientGone => CallOutcome::ClientGone,
        }
    }

    /// The error of a connection that an address did not accept.
    pub(super) fn refused(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => Self::ConnectTimeout,
            _ => Self::ConnectionRefused(error),
        }
    }

    /// The error of a request, found among the causes that the client gives.
    pub(super) fn of_request(error: hyper_util::client::legacy::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            let failed = error.downcast_ref::<Failed>();
            let found = failed.and_then(|Failed(found)| found.lock().ok()?.take());
            if let Some(found) = found {
                return found;
            }
            cause = error.source();
        }
        Self::Broken(Some(error.into()))
    }
}

/// An error on its way through the client, which hands out causes by reference.
#[derive(Debug, Error)]
#[error("the connection was not made")]
pub(super) struct Failed(std::sync::Mutex<Option<UpstreamError>>);

impl From<UpstreamError> for Failed {
    fn from(error: UpstreamError) -> Self {
        Self(std::sync::Mutex::new(Some(error)))
    }
}
