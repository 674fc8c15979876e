use std::sync::Arc;

use crate::marketplace::SecondFactorPorts;
use crate::opaque_debug::opaque_debug;
use crate::ports::{
    MockChallengeMint, MockFactorVault, MockLogInChallengeStore, MockOneTimeCodes,
    MockSecondFactorStore,
};

/// The ports of second factors, mocked.
#[derive(Default)]
pub struct MockSecondFactors {
    /// Factors.
    pub store: MockSecondFactorStore,
    /// Logins that wait for them.
    pub challenges: MockLogInChallengeStore,
    /// Codes.
    pub codes: MockOneTimeCodes,
    /// Secrets of logins.
    pub challenge_mint: MockChallengeMint,
    /// Sealed secrets.
    pub vault: MockFactorVault,
}

impl MockSecondFactors {
    /// The ports.
    #[must_use]
    pub fn into_ports(self) -> SecondFactorPorts {
        SecondFactorPorts {
            store: Arc::new(self.store),
            challenges: Arc::new(self.challenges),
            codes: Arc::new(self.codes),
            challenge_mint: Arc::new(self.challenge_mint),
            vault: Arc::new(self.vault),
            issuer: "market.example.com".to_owned(),
        }
    }
}

opaque_debug!(MockSecondFactors);
