use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Why TLS to the database could not be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file of root certificates could not be read.
    #[error("the root certificates in {} could not be read", file.display())]
    RootFile {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// A root certificate is not one.
    #[error("a root certificate could not be read")]
    RootCertificate(#[source] rustls::Error),
    /// There is nothing to verify the server's certificate against.
    #[error("no root certificates were found; name a file of them in the URL's sslrootcert")]
    NoRoots,
    /// The cipher suites do not fit together.
    #[error("tls could not be set up")]
    Protocol(#[source] rustls::Error),
}

/// A connector that verifies the server against the certificates in `roots`, or the machine's own.
pub(crate) fn connector(roots: Option<&Path>) -> Result<MakeRustlsConnect, TlsError> {
    let roots = match roots {
        Some(file) => roots_in(file)?,
        None => roots_of_the_machine(),
    };
    if roots.is_empty() {
        return Err(TlsError::NoRoots);
    }
    // The provider is named: another crate's choice of a default must not decide this one's.
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Protocol)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Needed by `sslnegotiation=direct`, welcome otherwise.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

fn roots_in(file: &Path) -> Result<RootCertStore, TlsError> {
    let unreadable = |source| TlsError::RootFile {
        file: file.to_owned(),
        source,
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
        roots
            .add(certificate.map_err(unreadable)?)
            .map_err(TlsError::RootCertificate)?;
    }
    Ok(roots)
}

/// Certificates that do not parse are left out: machines carry old ones that nobody misses.
fn roots_of_the_machine() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(
            connector(Some(file.path())),
            Err(TlsError::NoRoots)
        ));
        let missing = Path::new("/nowhere/roots.pem");
        assert!(matches!(
            connector(Some(missing)),
            Err(TlsError::RootFile { .. })
        ));
    }
}
