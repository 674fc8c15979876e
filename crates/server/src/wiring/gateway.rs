//! The gateway: its ports, the services that it calls, and the workers beside it.

use std::sync::Arc;

use rustls::Error as TlsError;
use thiserror::Error;
use tokio::runtime::Handle;
use udam_config::MarketplaceSettings;
use udam_crypto::{
    Ed25519ReceiptSigner, ReceiptSignerError, RingKeyVault, Sha256AccessKeyMint, SystemClock,
    SystemEntropy,
};
use udam_domain::marketplace::{CallPorts, Calls, GatewayPorts};
use udam_domain::policy::Endpoints;
use udam_domain::time::Timestamp;
use udam_domain::{ReceiptKeyStore, StoreError};
use udam_gateway::{Gateway, Services, UpstreamSettings};
use udam_postgres::{PgAccessKeyStore, PgCallReader, PgCallStore, PgPool, PgReceiptKeyStore};

/// Error of wiring the gateway.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// No secure connections can be made.
    #[error("services cannot be called securely")]
    Tls(#[from] TlsError),
    /// Receipts cannot be signed.
    #[error(transparent)]
    Receipts(#[from] ReceiptSignerError),
    /// The public keys of receipts could not be stored.
    #[error("the public keys of receipts could not be stored")]
    Unavailable(#[from] StoreError),
}

/// The adapters of the gateway.
pub(super) struct GatewayAdapters {
    /// Ports for the use cases of the marketplace.
    pub(super) ports: GatewayPorts,
    /// Calls services for buyers.
    pub(super) gateway: Gateway,
    /// Draws and ends calls, for the gateway and the sweep.
    pub(super) calls: Calls,
    /// To be drained when the server stops.
    pub(super) store: PgCallStore,
}

impl GatewayAdapters {
    pub(super) fn new(
        pool: &PgPool,
        vault: Arc<RingKeyVault>,
        settings: &MarketplaceSettings,
        receipts: Ed25519ReceiptSigner,
    ) -> Result<Self, TlsError> {
        let upstream = UpstreamSettings {
            allow_private: settings.listings.endpoints == Endpoints::Any,
            ..UpstreamSettings::production()
        };
        let services = Services::new(upstream, &Handle::current())?;
        let store = PgCallStore::new(pool.clone());
        let calls = CallPorts {
            store: Arc::new(store.clone()),
            mint: Arc::new(Sha256AccessKeyMint),
            vault: vault.clone(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        };
        let calls = Calls::new(calls, settings.calls);
        let ports = GatewayPorts {
            reader: Arc::new(PgCallReader::new(pool.clone())),
            keys: Arc::new(PgAccessKeyStore::new(pool.clone())),
            mint: Arc::new(Sha256AccessKeyMint),
            key_vault: vault,
            probe: Arc::new(services.clone()),
            receipts: Arc::new(receipts),
        };
        Ok(Self {
            ports,
            gateway: Gateway::new(calls.clone(), services, Handle::current()),
            calls,
            store,
        })
    }
}

/// The signer with its public keys stored, which outlive the master keys, and with those that were stored before.
pub(super) async fn published(
    signer: Ed25519ReceiptSigner,
    pool: &PgPool,
    now: Timestamp,
) -> Result<Ed25519ReceiptSigner, GatewayError> {
    let store = PgReceiptKeyStore::new(pool.clone());
    let all = store.publish(signer.own_keys().to_vec(), now).await?;
    Ok(signer.with_older_keys(&all)?)
}
