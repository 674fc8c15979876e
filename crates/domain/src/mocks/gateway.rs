use std::sync::Arc;

use crate::marketplace::GatewayPorts;
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    MockAccessKeyMint, MockAccessKeyStore, MockAccessKeyVault, MockCallReader, MockReceiptSigner,
    MockServiceProbe,
};

/// The ports of a gateway, mocked.
#[derive(Default)]
pub struct MockGateway {
    /// Calls, read.
    pub reader: MockCallReader,
    /// Access keys.
    pub keys: MockAccessKeyStore,
    /// Secrets of access keys.
    pub mint: MockAccessKeyMint,
    /// Seals first access keys.
    pub key_vault: MockAccessKeyVault,
    /// Probes.
    pub probe: MockServiceProbe,
    /// Receipts.
    pub receipts: MockReceiptSigner,
}

impl MockGateway {
    pub(super) fn into_ports(self) -> GatewayPorts {
        GatewayPorts {
            reader: Arc::new(self.reader),
            keys: Arc::new(self.keys),
            mint: Arc::new(self.mint),
            key_vault: Arc::new(self.key_vault),
            probe: Arc::new(self.probe),
            receipts: Arc::new(self.receipts),
        }
    }
}

opaque_debug!(MockGateway);
