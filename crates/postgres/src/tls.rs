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
    /// The file of root certificates, `sslrootcert`, could not be read.
    #[error("the root certificates in {} could not be read", file.display())]
    RootFile {
        /// Path of the file.
        file: PathBuf,
        /// Why it could not be read.
        source: pem::Error,
    },
    /// A root certificate in that file is malformed.
    #[error("a root certificate could not be read")]
    RootCertificate(#[source] rustls::Error),
    /// There are no root certificates to verify the server's certificate against.
    #[error("no root certificates were found; name a file of them in the URL's sslrootcert")]
    NoRoots,
    /// The TLS library rejected its configuration.
    #[error("tls could not be set up")]
    Protocol(#[source] rustls::Error),
}

/// A connector that verifies the server's certificate against those in the file `roots`, or else against those
/// of the operating system.
pub(crate) fn connector(roots: Option<&Path>) -> Result<MakeRustlsConnect, TlsError> {
    let roots = match roots {
        Some(file) => roots_in(file)?,
        None => system_roots(),
    };
    if roots.is_empty() {
        return Err(TlsError::NoRoots);
    }
    // Named explicitly, so that the process default, which another crate may set, has no effect here.
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Protocol)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Required for `sslnegotiation=direct`.
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

/// The root certificates of the operating system. Malformed ones, which many systems have, are skipped.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_rejected() {
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
