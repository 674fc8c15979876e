use std::sync::Arc;

use super::access_keys::{AccessKeyPorts, AccessKeys};
use super::probes::{ProbePorts, Probes};
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    AccessKeyMint, AccessKeyStore, AccessKeyVault, CallReader, Clock, Entropy, KeyVault,
    ReceiptSigner, ServiceProbe,
};

/// The use cases of people whose services are sold, and bought, call by call. The calls themselves are made by a gateway of
/// its own, over [`Calls`](super::Calls).
#[derive(Clone)]
pub struct Gateway {
    /// Issuing and deleting access keys.
    pub keys: AccessKeys,
    /// Calling one's own service.
    pub probes: Probes,
    /// Reads calls.
    pub reader: Arc<dyn CallReader>,
    /// Reads access keys.
    pub key_store: Arc<dyn AccessKeyStore>,
    /// Signs receipts of calls.
    pub receipts: Arc<dyn ReceiptSigner>,
}

/// The ports of a gateway.
#[derive(Clone)]
pub struct GatewayPorts {
    /// Reads calls.
    pub reader: Arc<dyn CallReader>,
    /// Keeps access keys.
    pub keys: Arc<dyn AccessKeyStore>,
    /// Makes access keys.
    pub mint: Arc<dyn AccessKeyMint>,
    /// Seals the first access key of a token.
    pub key_vault: Arc<dyn AccessKeyVault>,
    /// Calls services for their sellers.
    pub probe: Arc<dyn ServiceProbe>,
    /// Signs receipts of calls.
    pub receipts: Arc<dyn ReceiptSigner>,
}

/// What the gateway shares with the rest of the marketplace.
pub(super) struct SharedPorts {
    pub(super) vault: Arc<dyn KeyVault>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl GatewayPorts {
    pub(super) fn use_cases(self, shared: SharedPorts) -> Gateway {
        let SharedPorts {
            vault,
            clock,
            entropy,
        } = shared;
        let keys = AccessKeyPorts {
            store: Arc::clone(&self.keys),
            mint: self.mint,
            vault: self.key_vault,
            clock,
            entropy,
        };
        let probes = ProbePorts {
            reader: Arc::clone(&self.reader),
            vault,
            probe: self.probe,
        };
        Gateway {
            keys: AccessKeys::new(keys),
            probes: Probes::new(probes),
            reader: self.reader,
            key_store: self.keys,
            receipts: self.receipts,
        }
    }
}

opaque_debug!(Gateway, GatewayPorts);
