use std::sync::Arc;

use super::account_keys::{AccountKeyPorts, AccountKeys};
use super::accounts::{AccountPorts, Accounts};
use super::administration::{Administration, AdministrationPorts};
use super::catalogue::{Catalogue, CataloguePorts};
use super::complaints::{ComplaintPorts, Complaints};
use super::event_replay::{EventReplay, EventReplayPorts};
use super::gateway::{Gateway, GatewayPorts, SharedPorts};
use super::mail_links::{MailLinkPorts, MailLinks};
use super::orders::{OrderPorts, Orders};
use super::payments::{PaymentPorts, Payments};
use super::personal_data::PersonalData;
use super::second_factors::{SecondFactorPorts, SecondFactors, SharedFactorPorts};
use super::sessions::{SessionPorts, Sessions};
use super::subscriptions::Subscriptions;
use super::tokens::{TokenPorts, Tokens};
use super::webhooks::{WebhookPorts, Webhooks};
use crate::opaque_debug::opaque_debug;
use crate::policy::{ListingPolicy, SessionPolicy, Verification};
use crate::ports::{
    AccountStore, AdministrationStore, AlertStore, AuditReader, Clock, CommonPasswords,
    ComplaintStore, Entropy, EventInbox, KeyVault, ListingIndex, ListingReader, ListingStore,
    MailPreferenceStore, MarketplaceMetrics, OrderReader, OrderStore, PasswordAttemptStore,
    PasswordHasher, PaymentEventFeed, PaymentGateway, PaymentStore, PersonalDataStore, SessionMint,
    SessionStore, StoryReader, SweepTrigger, TabReader, TokenReader, TokenStore, UnsubscribeMint,
    WebhookVerifier,
};

/// All use cases together, over one set of ports.
#[derive(Clone)]
pub struct Marketplace {
    /// Registering, logging in, changing a password.
    pub accounts: Accounts,
    /// Authenticating requests by their session, listing and ending sessions.
    pub sessions: Sessions,
    /// Adding, removing and proving second factors.
    pub second_factors: SecondFactors,
    /// Keys by which programs act for accounts.
    pub account_keys: AccountKeys,
    /// Publishing and changing listings.
    pub catalogue: Catalogue,
    /// Placing orders, paying for them, canceling and refunding them.
    pub orders: Orders,
    /// Revealing and revoking tokens.
    pub tokens: Tokens,
    /// Buyers' complaints about their orders.
    pub complaints: Complaints,
    /// What operators of the marketplace do.
    pub administration: Administration,
    /// Charges and events of the payment provider; `None` without a provider.
    pub payments: Option<Payments>,
    /// Receiving the provider's webhooks; `None` if it sends none.
    pub webhooks: Option<Webhooks>,
    /// Events that were received, and applying them again; `None` if the provider has no list of them.
    pub events: Option<EventReplay>,
    /// Services that are sold call by call; `None` without a gateway.
    pub gateway: Option<Gateway>,
    /// What people do by links that they are sent; `None` if no mail can be sent.
    pub mail_links: Option<MailLinks>,
    /// Keeps the topics of mails that accounts want.
    pub subscriptions: Subscriptions,
    /// Reading what is stored of a person, and erasing it.
    pub personal_data: PersonalData,
    /// Reading listings, orders, tabs and tokens.
    pub readers: Readers,
    /// The clock that all use cases go by.
    pub clock: Arc<dyn Clock>,
    /// Source of unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// The ports that only read. Reading needs no use case.
#[derive(Clone)]
pub struct Readers {
    /// Reads listings.
    pub listings: Arc<dyn ListingReader>,
    /// Reads listings for visitors who are not signed in. What it returns may be some seconds old, as that of a standby is;
    /// nothing may be decided by it.
    pub catalogue: Arc<dyn ListingReader>,
    /// Reads orders.
    pub orders: Arc<dyn OrderReader>,
    /// Reads tabs.
    pub tabs: Arc<dyn TabReader>,
    /// Reads tokens.
    pub tokens: Arc<dyn TokenReader>,
    /// Reads the audit trail.
    pub audit: Arc<dyn AuditReader>,
}

impl Readers {
    /// Reads listings to show them: those who are signed in see what they have just done.
    #[must_use]
    pub fn listings_for(&self, signed_in: bool) -> &dyn ListingReader {
        if signed_in {
            self.listings.as_ref()
        } else {
            self.catalogue.as_ref()
        }
    }
}

/// Every port that a [`Marketplace`] needs.
#[derive(Clone)]
pub struct MarketplacePorts {
    /// Keeps accounts.
    pub accounts: Arc<dyn AccountStore>,
    /// Keeps sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Counts attempts at passwords.
    pub attempts: Arc<dyn PasswordAttemptStore>,
    /// Hashes and verifies passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Knows the passwords that nobody may choose.
    pub common_passwords: Arc<dyn CommonPasswords>,
    /// Makes and recognizes session tokens.
    pub mint: Arc<dyn SessionMint>,
    /// Second factors of accounts.
    pub second_factors: SecondFactorPorts,
    /// Keys by which programs act for accounts.
    pub account_keys: AccountKeyPorts,
    /// Publishes and changes listings.
    pub listings: Arc<dyn ListingStore>,
    /// Reads the ids of all listings on sale.
    pub listing_index: Arc<dyn ListingIndex>,
    /// Seals and opens sellers' keys.
    pub vault: Arc<dyn KeyVault>,
    /// Places and changes orders.
    pub orders: Arc<dyn OrderStore>,
    /// Reveals and revokes tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// Keeps complaints.
    pub complaints: Arc<dyn ComplaintStore>,
    /// Keeps roles and suspensions.
    pub administration: Arc<dyn AdministrationStore>,
    /// Reads what operators look for.
    pub stories: Arc<dyn StoryReader>,
    /// Keeps alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Reads listings, orders, tabs and tokens.
    pub readers: Readers,
    /// The payment provider, if there is one.
    pub provider: Option<ProviderPorts>,
    /// The gateway, if there is one.
    pub gateway: Option<GatewayPorts>,
    /// Links in mails, if mail can be sent.
    pub mail_links: Option<MailLinkPorts>,
    /// Keeps which mails accounts want.
    pub mail_preferences: Arc<dyn MailPreferenceStore>,
    /// Reads and erases what is stored of a person.
    pub personal_data: Arc<dyn PersonalDataStore>,
    /// Recognizes links that end mails.
    pub unsubscribing: Arc<dyn UnsubscribeMint>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Source of identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Counts orders, checkouts and events.
    pub metrics: Arc<dyn MarketplaceMetrics>,
    /// Asks for sweeps.
    pub sweeps: Arc<dyn SweepTrigger>,
}

/// The ports of a payment provider.
#[derive(Clone)]
pub struct ProviderPorts {
    /// Opens sessions and refunds payments at the provider.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Keeps charges and applies events.
    pub charges: Arc<dyn PaymentStore>,
    /// Checks the provider's webhooks; `None` if it sends none.
    pub webhooks: Option<Arc<dyn WebhookVerifier>>,
    /// The provider's list of events, and which of them were received; `None` if it has no such list.
    pub events: Option<EventPorts>,
}

/// The ports of a provider that lists its events.
#[derive(Clone)]
pub struct EventPorts {
    /// Keeps which events were received.
    pub inbox: Arc<dyn EventInbox>,
    /// Reads events at the provider.
    pub feed: Arc<dyn PaymentEventFeed>,
}

impl Marketplace {
    /// The use cases over these ports. Everything settles in the currency of `listings`, which is that of the
    /// [`OrderPolicy`](crate::policy::OrderPolicy) that the stores were given.
    #[must_use]
    pub fn new(ports: MarketplacePorts, sessions: SessionPolicy, listings: ListingPolicy) -> Self {
        let payments = ports
            .provider
            .as_ref()
            .map(|provider| provider.payments(&ports));
        let of_provider = ports.provider.as_ref().zip(payments.as_ref());
        let webhooks =
            of_provider.and_then(|(provider, payments)| provider.webhooks(&ports, payments));
        let events = of_provider.and_then(|(provider, payments)| provider.events(&ports, payments));
        let shared = SharedPorts {
            vault: Arc::clone(&ports.vault),
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
        };
        let gateway = ports
            .gateway
            .clone()
            .map(|gateway| gateway.use_cases(shared));
        let accounts = Accounts::new(ports.account_ports(), sessions);
        let mail_links = ports
            .mail_links
            .clone()
            .map(|links| MailLinks::new(links, accounts.clone(), Arc::clone(&ports.clock)));
        let mut catalogue = Catalogue::new(ports.catalogue_ports(), listings);
        if let Some(links) = &ports.mail_links
            && links.verification == Verification::Required
        {
            catalogue = catalogue.of_verified_sellers(Arc::clone(&links.store));
        }
        let personal_data = PersonalData::new(
            ports.personal_data.clone(),
            accounts.clone(),
            Arc::clone(&ports.clock),
        );
        let second_factors = SecondFactors::new(
            ports.second_factors.clone(),
            ports.shared_factor_ports(),
            accounts.clone(),
        );
        let account_keys = AccountKeys::new(
            ports.account_keys.clone(),
            Arc::clone(&ports.clock),
            Arc::clone(&ports.entropy),
        );
        Self {
            accounts,
            personal_data,
            mail_links,
            sessions: Sessions::new(ports.session_ports(), sessions),
            second_factors,
            account_keys,
            catalogue,
            orders: Orders::new(ports.order_ports(), payments.clone()),
            tokens: Tokens::new(ports.token_ports(gateway.as_ref())),
            complaints: Complaints::new(ports.complaint_ports()),
            administration: Administration::new(ports.administration_ports()),
            payments,
            webhooks,
            events,
            gateway,
            subscriptions: Subscriptions::new(ports.mail_preferences, ports.unsubscribing),
            readers: ports.readers,
            clock: ports.clock,
            entropy: ports.entropy,
        }
    }
}

impl MarketplacePorts {
    fn account_ports(&self) -> AccountPorts {
        AccountPorts {
            store: Arc::clone(&self.accounts),
            sessions: Arc::clone(&self.sessions),
            attempts: Arc::clone(&self.attempts),
            passwords: Arc::clone(&self.passwords),
            common_passwords: Arc::clone(&self.common_passwords),
            mint: Arc::clone(&self.mint),
            challenges: Arc::clone(&self.second_factors.challenges),
            challenge_mint: Arc::clone(&self.second_factors.challenge_mint),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    fn shared_factor_ports(&self) -> SharedFactorPorts {
        SharedFactorPorts {
            attempts: Arc::clone(&self.attempts),
            session_mint: Arc::clone(&self.mint),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    fn session_ports(&self) -> SessionPorts {
        SessionPorts {
            store: Arc::clone(&self.sessions),
            mint: Arc::clone(&self.mint),
            clock: Arc::clone(&self.clock),
        }
    }

    fn catalogue_ports(&self) -> CataloguePorts {
        CataloguePorts {
            store: Arc::clone(&self.listings),
            index: Arc::clone(&self.listing_index),
            vault: Arc::clone(&self.vault),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    fn order_ports(&self) -> OrderPorts {
        OrderPorts {
            store: Arc::clone(&self.orders),
            reader: Arc::clone(&self.readers.orders),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            metrics: Arc::clone(&self.metrics),
            sweeps: Arc::clone(&self.sweeps),
        }
    }

    fn administration_ports(&self) -> AdministrationPorts {
        AdministrationPorts {
            store: Arc::clone(&self.administration),
            stories: Arc::clone(&self.stories),
            alerts: Arc::clone(&self.alerts),
            audit: Arc::clone(&self.readers.audit),
            clock: Arc::clone(&self.clock),
        }
    }

    fn complaint_ports(&self) -> ComplaintPorts {
        ComplaintPorts {
            store: Arc::clone(&self.complaints),
            clock: Arc::clone(&self.clock),
            metrics: Arc::clone(&self.metrics),
        }
    }

    fn token_ports(&self, gateway: Option<&Gateway>) -> TokenPorts {
        TokenPorts {
            access_keys: gateway.map(|gateway| gateway.keys.clone()),
            store: Arc::clone(&self.tokens),
            vault: Arc::clone(&self.vault),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            sweeps: Arc::clone(&self.sweeps),
        }
    }
}

impl ProviderPorts {
    fn payments(&self, ports: &MarketplacePorts) -> Payments {
        Payments::new(PaymentPorts {
            gateway: Arc::clone(&self.gateway),
            charges: Arc::clone(&self.charges),
            alerts: Arc::clone(&ports.alerts),
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
        })
    }

    fn webhooks(&self, ports: &MarketplacePorts, payments: &Payments) -> Option<Webhooks> {
        let ports = WebhookPorts {
            verifier: self.webhooks.clone()?,
            clock: Arc::clone(&ports.clock),
            metrics: Arc::clone(&ports.metrics),
        };
        Some(Webhooks::new(ports, payments.clone()))
    }

    fn events(&self, ports: &MarketplacePorts, payments: &Payments) -> Option<EventReplay> {
        let EventPorts { inbox, feed } = self.events.clone()?;
        let ports = EventReplayPorts {
            inbox,
            feed,
            metrics: Arc::clone(&ports.metrics),
        };
        Some(EventReplay::new(ports, payments.clone()))
    }
}

opaque_debug!(
    EventPorts,
    Marketplace,
    MarketplacePorts,
    ProviderPorts,
    Readers
);
