use std::sync::Arc;

use thiserror::Error;

use crate::audit::Actor;
use crate::gateway::{CallPath, Method};
use crate::id::ListingId;
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    CallReader, KeyVault, ProbeAnswer, ProbeFailed, ProbeRequest, ServiceProbe, StoreError,
    VaultError,
};

/// Calling one's own service, to see what it answers.
#[derive(Clone)]
pub struct Probes {
    reader: Arc<dyn CallReader>,
    vault: Arc<dyn KeyVault>,
    probe: Arc<dyn ServiceProbe>,
}

/// The ports that [`Probes`] needs.
#[derive(Clone)]
pub struct ProbePorts {
    /// Reads the services of listings.
    pub reader: Arc<dyn CallReader>,
    /// Opens sellers' keys.
    pub vault: Arc<dyn KeyVault>,
    /// Calls services.
    pub probe: Arc<dyn ServiceProbe>,
}

/// The call that a seller asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeCall {
    /// Method.
    pub method: Method,
    /// Path below the address of the listing.
    pub path: CallPath,
    /// Query, without its question mark; `None` for none.
    pub query: Option<String>,
}

/// Why a service was not probed.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The actor sells no such listing, or it has no address.
    #[error("there is no such listing of the account's with an address")]
    NotFound,
    /// The service has not answered.
    #[error(transparent)]
    Failed(#[from] ProbeFailed),
    /// The key could not be opened.
    #[error("opening a seller's key failed")]
    Vault(#[from] VaultError),
    /// The store failed.
    #[error("reading a service failed")]
    Unavailable(#[from] StoreError),
}

impl Probes {
    /// The use cases over these ports.
    #[must_use]
    pub fn new(ports: ProbePorts) -> Self {
        Self {
            reader: ports.reader,
            vault: ports.vault,
            probe: ports.probe,
        }
    }

    /// Calls the service of a listing of the actor's with its key in place, by its terms or, if it has none, with a
    /// bearer token. Nothing is counted.
    ///
    /// # Errors
    /// [`ProbeError`]
    pub async fn probe(
        &self,
        seller: Actor,
        listing_id: ListingId,
        call: ProbeCall,
    ) -> Result<ProbeAnswer, ProbeError> {
        let service = self.reader.service(listing_id, seller.account_id).await?;
        let service = service.ok_or(ProbeError::NotFound)?;
        let terms = service.terms.unwrap_or_default();
        let request = ProbeRequest {
            endpoint_url: service.endpoint_url,
            key: self.vault.open(listing_id, &service.key).await?,
            auth: terms.auth,
            method: call.method,
            path: call.path,
            query: call.query,
            timeout: terms.timeout,
        };
        Ok(self.probe.probe(request).await?)
    }
}

opaque_debug!(Probes, ProbePorts);

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::fixtures::{account_id, actor, listing_id, sealed};
    use crate::gateway::{CallOutcome, GatewayTerms};
    use crate::listing::ApiKey;
    use crate::ports::{MockCallReader, MockKeyVault, MockServiceProbe, SealedService};

    fn call() -> ProbeCall {
        ProbeCall {
            method: Method::Get,
            path: CallPath::new("/v1/rain".to_owned()).unwrap(),
            query: Some("at=8".to_owned()),
        }
    }

    fn probes(reader: MockCallReader, probe: MockServiceProbe) -> Probes {
        let mut vault = MockKeyVault::new();
        vault
            .expect_open()
            .returning(|_, _| Ok(ApiKey::new("sk".to_owned()).unwrap()));
        Probes::new(ProbePorts {
            reader: Arc::new(reader),
            vault: Arc::new(vault),
            probe: Arc::new(probe),
        })
    }

    #[test]
    fn a_seller_sees_what_the_own_service_answers_with_its_key_in_place() {
        let mut reader = MockCallReader::new();
        reader.expect_service().once().returning(|listing, seller| {
            assert_eq!((listing, seller), (listing_id(5), account_id(2)));
            Ok(Some(SealedService {
                endpoint_url: "https://api.example".parse().unwrap(),
                key: sealed("active", "sealed"),
                terms: Some(GatewayTerms::default()),
            }))
        });
        let mut probe = MockServiceProbe::new();
        probe.expect_probe().once().returning(|request| {
            assert_eq!(request.key.expose(), "sk");
            assert_eq!(request.query.as_deref(), Some("at=8"));
            let outcome = CallOutcome::ConnectTimeout;
            Err(ProbeFailed { outcome })
        });
        let probes = probes(reader, probe);
        let failed = block_on(probes.probe(actor(2), listing_id(5), call())).unwrap_err();
        assert_eq!(
            failed.to_string(),
            "the service has not answered: connect_timeout"
        );
    }

    #[test]
    fn nobody_else_probes_a_service() {
        let mut reader = MockCallReader::new();
        reader.expect_service().once().returning(|_, _| Ok(None));
        let probes = probes(reader, MockServiceProbe::new());
        let refused = block_on(probes.probe(actor(3), listing_id(5), call())).unwrap_err();
        assert!(matches!(refused, ProbeError::NotFound));
    }
}
