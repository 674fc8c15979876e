//! A service that sells units through the domain crate, over any stores: it brings a clock, a source of
//! identifiers, a key vault and a payment provider of its own, and authenticates its users itself.

mod environment;
mod provider;
mod story;

use std::error::Error;
use std::sync::Arc;

use udam_domain::account::{Account, NewAccount};
use udam_domain::audit::Actor;
use udam_domain::conformance::Stores;
use udam_domain::id::AccountId;
use udam_domain::marketplace::{
    Catalogue, CataloguePorts, OrderPorts, Orders, PaymentPorts, Payments, Reconciliation,
    ReconciliationPorts, Sweep, TokenPorts, Tokens, WebhookPorts, Webhooks,
};
use udam_domain::money::{Currency, Money};
use udam_domain::policy::{
    ChargeLimits, Checkout, CreditTerms, Endpoints, HoldTerms, Inquiries, ListingPolicy,
    NewListingTerms, OrderPolicy, OrderTerms, SweepPolicy,
};
use udam_domain::time::SignedDuration;
use udam_domain::{Clock, NoMetrics, NoSweepTrigger};

use environment::{Counting, OpenVault, StoppedClock};
use provider::Provider;

pub(crate) use story::tell;

/// Any failure ends the story.
pub(crate) type Told<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The use cases over their ports.
pub(crate) struct Service {
    catalogue: Catalogue,
    orders: Orders,
    tokens: Tokens,
    webhooks: Webhooks,
    reconciliation: Reconciliation,
    provider: Arc<Provider>,
    stores: Stores,
    clock: Arc<StoppedClock>,
    entropy: Arc<Counting>,
}

/// Small orders are below 5.00, and a tab goes up to 25.00. The provider charges from 0.50 to 10,000.00.
pub(crate) fn policy() -> Told<OrderPolicy> {
    Ok(OrderPolicy::new(OrderTerms {
        small_order_limit: dollars("5.00")?,
        tab_limit: dollars("25.00")?,
        inquiries: Inquiries::Ignore,
        reservation_ttl: SignedDuration::from_mins(30),
        token_ttl: SignedDuration::from_hours(30 * 24),
        checkout: Checkout::Available,
        charges: ChargeLimits {
            smallest: dollars("0.50")?,
            largest: dollars("10000.00")?,
            finest: dollars("0.01")?,
            shortest_hold: SignedDuration::from_mins(5),
            longest_hold: SignedDuration::from_hours(24),
        },
        // This service trusts its buyers.
        credit: CreditTerms::unlimited(Currency::USD),
        holds: HoldTerms::unlimited(),
    })?)
}

fn dollars(text: &str) -> Told<Money> {
    Ok(Money::parse(text, Currency::USD)?)
}

impl Service {
    pub(crate) fn new(stores: Stores) -> Told<Self> {
        let clock = Arc::new(StoppedClock::new());
        let entropy = Arc::new(Counting::default());
        let provider = Arc::new(Provider::new(clock.clone()));
        let vault = Arc::new(OpenVault("none".parse()?));
        let payments = Payments::new(PaymentPorts {
            gateway: provider.clone(),
            charges: stores.payments.clone(),
            alerts: stores.alerts.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        });
        let listings = CataloguePorts {
            store: stores.listings.clone(),
            index: stores.listing_index.clone(),
            vault: vault.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        let orders = OrderPorts {
            store: stores.orders.clone(),
            reader: stores.order_reader.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            metrics: Arc::new(NoMetrics),
            sweeps: Arc::new(NoSweepTrigger),
        };
        let webhooks = WebhookPorts {
            verifier: provider.clone(),
            clock: clock.clone(),
            metrics: Arc::new(NoMetrics),
        };
        let unfinished = ReconciliationPorts {
            backlog: stores.backlog.clone(),
            orders: stores.orders.clone(),
            alerts: stores.alerts.clone(),
            // The provider has no list of events: a sweep asks for each open session.
            events: None,
        };
        Ok(Self {
            catalogue: Catalogue::new(
                listings,
                ListingPolicy {
                    currency: Currency::USD,
                    endpoints: Endpoints::Public,
                    // This service knows its sellers.
                    new_listings: NewListingTerms::unlimited(),
                },
            ),
            orders: Orders::new(orders, Some(payments.clone())),
            tokens: Tokens::new(TokenPorts {
                store: stores.tokens.clone(),
                vault,
                clock: clock.clone(),
                entropy: entropy.clone(),
                sweeps: Arc::new(NoSweepTrigger),
                access_keys: None,
            }),
            webhooks: Webhooks::new(webhooks, payments.clone()),
            reconciliation: Reconciliation::new(unfinished, payments, SweepPolicy::default()),
            provider,
            stores,
            clock,
            entropy,
        })
    }

    /// Keeps an account for a user whom the service authenticates itself.
    async fn register(&self, name: &str) -> Told<Actor> {
        let now = self.clock.now();
        let id = AccountId::mint(now, self.entropy.as_ref());
        let account = NewAccount {
            account: Account {
                id,
                email: format!("{name}@example.com").parse()?,
                name: name.parse()?,
            },
            password_hash: None,
            registered_at: now,
        };
        self.stores.accounts.register(account, None).await?;
        Ok(Actor::from(id))
    }

    /// Delivers the webhooks that the provider has to send.
    async fn deliver(&self) -> Told {
        for body in self.provider.webhooks() {
            self.webhooks
                .receive(&body, Some(Provider::SIGNATURE))
                .await?;
        }
        Ok(())
    }

    async fn sweep(&self) -> Told<Sweep> {
        let mut sweep = Sweep::default();
        self.reconciliation.sweep(&mut sweep).await?;
        Ok(sweep)
    }
}
