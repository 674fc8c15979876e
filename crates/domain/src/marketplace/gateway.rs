use std::sync::Arc;

use super::access_keys::{AccessKeyPorts, AccessKeys};
use super::calls::{CallPorts, Calls};
use super::probes::{ProbePorts, Probes};
use crate::opaque_debug::opaque_debug;
use crate::policy::CallPolicy;
use crate::ports::{
    AccessKeyMint, AccessKeyStore, AccessKeyVault, CallReader, CallStore, Clock, Entropy, KeyVault,
    ReceiptSigner, ServiceProbe,
};

/// The use cases of services that are sold call by call.
#[derive(Clone)]
pub struct Gateway {
    /// Taking the units of calls, and ending them.
    pub calls: Calls,
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
    /// Takes units, and charges or returns them.
    pub calls: Arc<dyn CallStore>,
    /// Reads calls.
    pub reader: Arc<dyn CallReader>,
    /// Keeps access keys.
    pub keys: Arc<dyn AccessKeyStore>,
    /// Makes and recognizes access keys.
    pub mint: Arc<dyn AccessKeyMint>,
    /// Seals the first access key of a token.
    pub key_vault: Arc<dyn AccessKeyVault>,
    /// Calls services for their sellers.
    pub probe: Arc<dyn ServiceProbe>,
    /// Signs receipts of calls.
    pub receipts: Arc<dyn ReceiptSigner>,
    /// Times of calls.
    pub policy: CallPolicy,
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
        let calls = CallPorts {
            store: self.calls,
            mint: Arc::clone(&self.mint),
            vault: Arc::clone(&vault),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        };
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
            calls: Calls::new(calls, self.policy),
            keys: AccessKeys::new(keys),
            probes: Probes::new(probes),
            reader: self.reader,
            key_store: self.keys,
            receipts: self.receipts,
        }
    }
}

opaque_debug!(Gateway, GatewayPorts);
