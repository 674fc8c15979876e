use std::sync::Arc;

use crate::account::{SessionDigest, SignedIn};
use crate::marketplace::{
    AccountKeyPorts, EventPorts, MailLinkPorts, Marketplace, MarketplacePorts, ProviderPorts,
    Readers,
};
use crate::mocks::{
    FixedClock, FixedCommonPasswords, FixedEntropy, MockGateway, MockSecondFactors,
    UnlimitedAttempts,
};
use crate::money::Currency;
use crate::opaque_debug::opaque_debug;
use crate::policy::{Endpoints, ListingPolicy, NewListingTerms, SessionPolicy};
use crate::ports::{
    Clock, CommonPasswords, Entropy, MarketplaceMetrics, MockAccountKeyMint, MockAccountKeyStore,
    MockAccountStore, MockAdministrationStore, MockAlertStore, MockAuditReader, MockComplaintStore,
    MockEventInbox, MockKeyVault, MockListingIndex, MockListingReader, MockListingStore,
    MockMailPreferenceStore, MockOrderReader, MockOrderStore, MockPasswordHasher,
    MockPaymentEventFeed, MockPaymentGateway, MockPaymentStore, MockPersonalDataStore,
    MockSessionMint, MockSessionStore, MockStoryReader, MockTabReader, MockTokenReader,
    MockTokenStore, MockUnsubscribeMint, MockWebhookVerifier, NoMetrics, NoSweepTrigger,
    PasswordAttemptStore, SweepTrigger,
};
use crate::time::SignedDuration;

/// The ports of a whole marketplace, mocked. Set expectations on the fields, then make the marketplace:
/// what is not expected fails the test.
pub struct MockPorts {
    /// Accounts.
    pub accounts: MockAccountStore,
    /// Sessions.
    pub sessions: MockSessionStore,
    /// Admits all at first.
    pub attempts: Arc<dyn PasswordAttemptStore>,
    /// Password hashing.
    pub passwords: MockPasswordHasher,
    /// Has none at first.
    pub common_passwords: Arc<dyn CommonPasswords>,
    /// Session tokens.
    pub mint: MockSessionMint,
    /// Second factors. Boxed, as tests hold all ports in their futures.
    pub second_factors: Box<MockSecondFactors>,
    /// Keys of accounts.
    pub account_keys: MockAccountKeyStore,
    /// Makes and recognizes keys of accounts.
    pub account_key_mint: MockAccountKeyMint,
    /// Listings, written.
    pub listings: MockListingStore,
    /// Listings, read.
    pub listing_reader: MockListingReader,
    /// Ids of listings.
    pub listing_index: MockListingIndex,
    /// Sellers' keys.
    pub vault: MockKeyVault,
    /// Orders, written.
    pub orders: MockOrderStore,
    /// Orders, read.
    pub order_reader: MockOrderReader,
    /// Tabs.
    pub tab_reader: MockTabReader,
    /// Tokens, written.
    pub tokens: MockTokenStore,
    /// Tokens, read.
    pub token_reader: MockTokenReader,
    /// The audit trail, read.
    pub audit_reader: MockAuditReader,
    /// Complaints.
    pub complaints: MockComplaintStore,
    /// Roles and suspensions.
    pub administration: MockAdministrationStore,
    /// Reads stories for operators.
    pub stories: MockStoryReader,
    /// Alerts.
    pub alerts: MockAlertStore,
    /// The payment provider; none at first.
    pub provider: Option<MockProvider>,
    /// The gateway; none at first.
    pub gateway: Option<MockGateway>,
    /// Links in mails; none at first.
    pub mail_links: Option<MailLinkPorts>,
    /// Keeps the topics of mails that accounts want.
    pub mail_preferences: MockMailPreferenceStore,
    /// Reads and erases what is stored of a person.
    pub personal_data: MockPersonalDataStore,
    /// Links that end mails.
    pub unsubscribing: MockUnsubscribeMint,
    /// A [`FixedClock`] at 1 January 1970 at first.
    pub clock: Arc<dyn Clock>,
    /// Zeros at first.
    pub entropy: Arc<dyn Entropy>,
    /// Counts nothing at first.
    pub metrics: Arc<dyn MarketplaceMetrics>,
    /// Does nothing at first.
    pub sweeps: Arc<dyn SweepTrigger>,
    /// A day at most, an hour unused, at first.
    pub session_policy: SessionPolicy,
}

/// The ports of a payment provider, mocked.
#[derive(Default)]
pub struct MockProvider {
    /// The provider.
    pub gateway: MockPaymentGateway,
    /// Charges.
    pub charges: MockPaymentStore,
    /// Webhooks.
    pub webhooks: MockWebhookVerifier,
    /// Events that were received.
    pub inbox: MockEventInbox,
    /// The provider's list of events.
    pub feed: MockPaymentEventFeed,
}

impl Default for MockPorts {
    fn default() -> Self {
        Self {
            accounts: MockAccountStore::new(),
            sessions: MockSessionStore::new(),
            attempts: Arc::new(UnlimitedAttempts),
            passwords: MockPasswordHasher::new(),
            common_passwords: Arc::new(FixedCommonPasswords::default()),
            mint: MockSessionMint::new(),
            second_factors: Box::default(),
            account_keys: MockAccountKeyStore::new(),
            account_key_mint: MockAccountKeyMint::new(),
            listings: MockListingStore::new(),
            listing_reader: MockListingReader::new(),
            listing_index: MockListingIndex::new(),
            vault: MockKeyVault::new(),
            orders: MockOrderStore::new(),
            order_reader: MockOrderReader::new(),
            tab_reader: MockTabReader::new(),
            tokens: MockTokenStore::new(),
            token_reader: MockTokenReader::new(),
            audit_reader: MockAuditReader::new(),
            complaints: MockComplaintStore::new(),
            administration: MockAdministrationStore::new(),
            stories: MockStoryReader::new(),
            alerts: MockAlertStore::new(),
            provider: None,
            gateway: None,
            mail_links: None,
            mail_preferences: MockMailPreferenceStore::new(),
            personal_data: MockPersonalDataStore::new(),
            unsubscribing: MockUnsubscribeMint::new(),
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(FixedEntropy::default()),
            metrics: Arc::new(NoMetrics),
            sweeps: Arc::new(NoSweepTrigger),
            session_policy: SessionPolicy {
                ttl: SignedDuration::from_hours(24),
                idle_ttl: SignedDuration::from_hours(1),
            },
        }
    }
}

impl MockPorts {
    /// Expects the session token `token`, and no other, and authenticates it as `signed_in`, however
    /// often.
    pub fn authenticate(&mut self, token: &'static str, signed_in: SignedIn) {
        let digest = SessionDigest::new([7; 32]);
        self.mint
            .expect_recognize()
            .returning(move |shown| (shown.expose() == token).then_some(digest));
        self.sessions
            .expect_authenticate()
            .returning(move |_, _, _| Ok(Some(signed_in.clone())));
    }

    /// The marketplace over these ports.
    #[must_use]
    pub fn into_marketplace(self) -> Marketplace {
        let provider = self.provider.map(|provider| ProviderPorts {
            gateway: Arc::new(provider.gateway),
            charges: Arc::new(provider.charges),
            webhooks: Some(Arc::new(provider.webhooks)),
            events: Some(EventPorts {
                inbox: Arc::new(provider.inbox),
                feed: Arc::new(provider.feed),
            }),
        });
        let listings = Arc::new(self.listing_reader);
        let readers = Readers {
            catalogue: listings.clone(),
            listings,
            orders: Arc::new(self.order_reader),
            tabs: Arc::new(self.tab_reader),
            tokens: Arc::new(self.token_reader),
            audit: Arc::new(self.audit_reader),
        };
        let ports = MarketplacePorts {
            accounts: Arc::new(self.accounts),
            sessions: Arc::new(self.sessions),
            attempts: self.attempts,
            passwords: Arc::new(self.passwords),
            common_passwords: self.common_passwords,
            mint: Arc::new(self.mint),
            second_factors: (*self.second_factors).into_ports(),
            account_keys: AccountKeyPorts {
                store: Arc::new(self.account_keys),
                mint: Arc::new(self.account_key_mint),
            },
            listings: Arc::new(self.listings),
            listing_index: Arc::new(self.listing_index),
            vault: Arc::new(self.vault),
            orders: Arc::new(self.orders),
            tokens: Arc::new(self.tokens),
            complaints: Arc::new(self.complaints),
            administration: Arc::new(self.administration),
            stories: Arc::new(self.stories),
            alerts: Arc::new(self.alerts),
            readers,
            provider,
            gateway: self.gateway.map(MockGateway::into_ports),
            mail_links: self.mail_links,
            mail_preferences: Arc::new(self.mail_preferences),
            personal_data: Arc::new(self.personal_data),
            unsubscribing: Arc::new(self.unsubscribing),
            clock: self.clock,
            entropy: self.entropy,
            metrics: self.metrics,
            sweeps: self.sweeps,
        };
        let listings = ListingPolicy {
            currency: Currency::USD,
            endpoints: Endpoints::Public,
            new_listings: NewListingTerms::unlimited(),
        };
        Marketplace::new(ports, self.session_policy, listings)
    }
}

opaque_debug!(MockPorts, MockProvider);

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::account::SessionToken;
    use crate::mocks::signed_in;

    #[test]
    fn a_mocked_marketplace_authenticates_the_one_session_it_knows() {
        let mut ports = MockPorts::default();
        ports.authenticate("ses_1", signed_in(1));
        let marketplace = ports.into_marketplace();
        let authenticate = |token: &str| {
            let token = SessionToken::new(token.to_owned());
            block_on(marketplace.sessions.authenticate(&token)).unwrap()
        };
        assert_eq!(authenticate("ses_1"), Some(signed_in(1)));
        assert_eq!(authenticate("ses_2"), None);
        assert!(marketplace.payments.is_none() && marketplace.webhooks.is_none());
    }

    #[test]
    fn a_mocked_provider_makes_payments_and_webhooks() {
        let ports = MockPorts {
            provider: Some(MockProvider::default()),
            ..MockPorts::default()
        };
        let marketplace = ports.into_marketplace();
        assert!(marketplace.payments.is_some() && marketplace.webhooks.is_some());
    }
}
