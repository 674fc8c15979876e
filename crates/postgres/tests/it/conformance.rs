//! The domain's conformance suite, and the story of its example, over these stores.

#[path = "../../../domain/examples/embed/service/mod.rs"]
mod embed;
#[path = "../../../domain/examples/embed/memory/mod.rs"]
mod memory;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use udam_domain::conformance::{self, StoreFactory, Stores};
use udam_domain::policy::OrderPolicy;
use udam_embedded_postgres::testing::{PgBouncer, shared};
use udam_postgres::{
    PgAccountStore, PgAlertStore, PgComplaintStore, PgListingStore, PgOrderReader, PgOrderStore,
    PgPaymentBacklog, PgPaymentEventLog, PgPaymentStore, PgTabReader, PgTokenStore, Pooling,
};

use crate::fixtures::session_policy;
use crate::harness::Database;

/// Makes each set of stores over a database of its own.
#[derive(Default)]
struct PgStores {
    /// Kept until the test has ended: they are dropped with their handles.
    databases: Mutex<Vec<Database>>,
    /// In front of the databases, in transaction mode.
    pooler: Option<PgBouncer>,
}

#[async_trait]
impl StoreFactory for PgStores {
    async fn fresh(&self, policy: OrderPolicy) -> Stores {
        let database = Database::with(|settings| {
            if let Some(pooler) = &self.pooler {
                let name = settings.url.rsplit('/').next().unwrap_or_default();
                settings.url = pooler.url_of(name).expose().to_owned();
                settings.pooling = Pooling::Transaction;
            }
        })
        .await;
        let pool = database.pool.clone();
        // Only the stores of the newest case are in use.
        *self.databases.lock().unwrap() = vec![database];
        let listings = Arc::new(PgListingStore::new(pool.clone()));
        let tokens = Arc::new(PgTokenStore::new(pool.clone()));
        let orders = PgOrderStore::new(pool.clone(), policy.clone(), session_policy());
        Stores {
            accounts: Arc::new(PgAccountStore::new(pool.clone(), policy.currency())),
            listings: listings.clone(),
            listing_reader: listings.clone(),
            listing_index: listings,
            orders: Arc::new(orders),
            order_reader: Arc::new(PgOrderReader::new(pool.clone())),
            tab_reader: Arc::new(PgTabReader::new(pool.clone())),
            tokens: tokens.clone(),
            token_reader: tokens,
            complaints: Arc::new(PgComplaintStore::new(pool.clone())),
            payments: Arc::new(PgPaymentStore::new(pool.clone(), policy)),
            backlog: Arc::new(PgPaymentBacklog::new(pool.clone())),
            alerts: Arc::new(PgAlertStore::new(pool.clone())),
            event_log: Arc::new(PgPaymentEventLog::new(pool)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stores_conform() {
    let report = conformance::run(&PgStores::default()).await;
    assert!(report.failures.is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stores_conform_behind_a_pooler_in_transaction_mode() {
    let start = || PgBouncer::start(shared().unwrap().url().expose(), 3);
    let pooler = tokio::task::spawn_blocking(start).await.unwrap().unwrap();
    let stores = PgStores {
        pooler: Some(pooler),
        ..PgStores::default()
    };
    let report = conformance::run(&stores).await;
    assert!(report.failures.is_empty(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_domain_s_example_tells_the_same_story_over_these_stores() {
    let policy = embed::policy().unwrap();
    let in_memory = embed::tell(memory::MemoryStore::stores(policy.clone())).await;
    let stores = PgStores::default();
    let here = embed::tell(stores.fresh(policy).await).await;
    assert_eq!(here.unwrap(), in_memory.unwrap());
}
