use std::sync::Arc;

use super::accounts::{AccountPorts, Accounts};
use super::administration::Administration;
use super::catalogue::{Catalogue, CataloguePorts};
use super::complaints::{ComplaintPorts, Complaints};
use super::gateway::{Gateway, GatewayPorts, SharedPorts};
use super::mail_links::{MailLinkPorts, MailLinks};
use super::orders::{OrderPorts, Orders};
use super::payments::{PaymentPorts, Payments};
use super::personal_data::PersonalData;
use super::sessions::{SessionPorts, Sessions};
use super::subscriptions::Subscriptions;
use super::tokens::{TokenPorts, Tokens};
use super::webhooks::{WebhookPorts, Webhooks};
use crate::opaque_debug::opaque_debug;
use crate::policy::{ListingPolicy, SessionPolicy, Verification};
use crate::ports::{
    AccountStore, AdministrationStore, AlertStore, AuditReader, Clock, CommonPasswords,
    ComplaintStore, Entropy, KeyVault, ListingIndex, ListingReader, ListingStore,
    MailPreferenceStore, MarketplaceMetrics, OrderReader, OrderStore, PasswordAttemptStore,
    PasswordHasher, PaymentGateway, PaymentStore, PersonalDataStore, SessionMint, SessionStore,
    SweepTrigger, TabReader, TokenReader, TokenStore, UnsubscribeMint, WebhookVerifier,
};

/// All use cases together, over one set of ports.
#[derive(Clone)]
pub struct Marketplace {
    /// Registering, logging in, changing a password.
    pub accounts: Accounts,
    /// Authenticating requests by their session, listing and ending sessions.
    pub sessions: Sessions,
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
    /// Services that are sold call by call; `None` without a gateway.
    pub gateway: Option<Gateway>,
    /// What people do by links that they are sent; `None` if no mail can be sent.
    pub mail_links: Option<MailLinks>,
    /// Which mails accounts want.
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
    /// Keeps alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Checks the provider's webhooks; `None` if it sends none.
    pub webhooks: Option<Arc<dyn WebhookVerifier>>,
}

impl Marketplace {
    /// The use cases over these ports. Everything settles in the currency of `listings`, which is that of the
    /// [`OrderPolicy`](crate::policy::OrderPolicy) that the stores were given.
    #[must_use]
    pub fn new(ports: MarketplacePorts, sessions: SessionPolicy, listings: ListingPolicy) -> Self {
        let (payments, webhooks) = match &ports.provider {
            Some(provider) => provider.use_cases(&ports),
            None => (None, None),
        };
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
        Self {
            accounts,
            personal_data,
            mail_links,
            sessions: Sessions::new(ports.session_ports(), sessions),
            catalogue,
            orders: Orders::new(ports.order_ports(), payments.clone()),
            tokens: Tokens::new(ports.token_ports(gateway.as_ref())),
            complaints: Complaints::new(ports.complaint_ports()),
            administration: Administration::new(
                Arc::clone(&ports.administration),
                Arc::clone(&ports.clock),
            ),
            payments,
            webhooks,
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
    fn use_cases(&self, ports: &MarketplacePorts) -> (Option<Payments>, Option<Webhooks>) {
        let payments = Payments::new(PaymentPorts {
            gateway: Arc::clone(&self.gateway),
            charges: Arc::clone(&self.charges),
            alerts: Arc::clone(&self.alerts),
            clock: Arc::clone(&ports.clock),
            entropy: Arc::clone(&ports.entropy),
        });
        let webhooks = self.webhooks.clone().map(|verifier| {
            let ports = WebhookPorts {
                verifier,
                clock: Arc::clone(&ports.clock),
                metrics: Arc::clone(&ports.metrics),
            };
            Webhooks::new(ports, payments.clone())
        });
        (Some(payments), webhooks)
    }
}

opaque_debug!(Marketplace, MarketplacePorts, ProviderPorts, Readers);
