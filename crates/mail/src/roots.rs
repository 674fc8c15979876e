use std::fs;
use std::io;
use std::path::Path;

use lettre::transport::smtp::client::Certificate;
use thiserror::Error;

/// Certificates of authorities that a mail server is trusted by, besides those of the operating system.
#[derive(Debug, Clone)]
pub struct RootCertificates(Certificate);

/// Why a file of certificates cannot be used.
#[derive(Debug, Error)]
pub enum RootCertificatesError {
    /// It could not be read.
    #[error("the file could not be read")]
    Unreadable(#[from] io::Error),
    /// It has no certificate.
    #[error("the file has no certificate in PEM")]
    Malformed,
}

impl RootCertificates {
    /// The certificates of a file in PEM (RFC 7468).
    ///
    /// # Errors
    /// [`RootCertificatesError`]
    pub fn read(file: &Path) -> Result<Self, RootCertificatesError> {
        let pem = fs::read(file)?;
        Self::from_pem(&pem)
    }

    /// The certificates of a text in PEM.
    ///
    /// # Errors
    /// [`RootCertificatesError::Malformed`]
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootCertificatesError> {
        const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

        let has_one = pem.windows(BEGIN.len()).any(|text| text == BEGIN);
        let certificates = Certificate::from_pem(pem).ok().filter(|_| has_one);
        certificates
            .map(Self)
            .ok_or(RootCertificatesError::Malformed)
    }

    pub(crate) fn certificates(&self) -> Certificate {
        self.0.clone()
    }
}
