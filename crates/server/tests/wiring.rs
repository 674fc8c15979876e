//! A marketplace wired over a database.
#![cfg(feature = "dev")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use metrics_exporter_prometheus::PrometheusBuilder;
use udam_config::{Environment, SettingsSources};
use udam_crypto::MasterKey;
use udam_dev::demo;
use udam_embedded_postgres::ConnectionUrl;
use udam_embedded_postgres::testing::{TemplateDatabase, TestDatabase};
use udam_postgres::{PgPool, PoolSettings};
use udam_server::wiring::{Databases, Wired, WiringError, wire};

async fn database() -> (TestDatabase, PgPool) {
    let migrate = |url: ConnectionUrl| async move {
        let settings = PoolSettings::new(url.expose());
        udam_postgres::migrate(&settings).await.map(drop)
    };
    let template = TemplateDatabase::prepare(migrate).await.unwrap();
    let database = template.fresh().await.unwrap();
    let pool = PgPool::connect(&PoolSettings::new(database.url().expose())).unwrap();
    (database, pool)
}

async fn wired(pool: &PgPool, key: &MasterKey, currency: &str) -> Result<Wired, WiringError> {
    let environment: Environment = [("UDAM_CURRENCY".to_owned(), currency)]
        .into_iter()
        .collect();
    let sources = SettingsSources::new(environment, None).unwrap();
    let settings = sources.for_development(None).unwrap().marketplace;
    let keys = key.to_text().expose().parse().unwrap();
    let recorder = PrometheusBuilder::new().build_recorder().handle();
    wire(Databases::primary(pool), keys, &settings, recorder, None).await
}

#[tokio::test]
async fn a_marketplace_keeps_its_currency_and_its_master_key() {
    let (_database, pool) = database().await;
    let key = MasterKey::generate("k1".parse().unwrap());
    // While there is nothing in it, it may be any.
    assert!(wired(&pool, &key, "EUR").await.is_ok());
    let market = wired(&pool, &key, "USD").await.unwrap().marketplace;
    let currency = "USD".parse().unwrap();
    let listings = market.readers.listings.as_ref();
    let services = "http://127.0.0.1:9999".parse().unwrap();
    demo::seed(
        &market.accounts,
        &market.catalogue,
        listings,
        currency,
        &services,
    )
    .await
    .unwrap();
    assert!(wired(&pool, &key, "USD").await.is_ok());

    let euros = wired(&pool, &key, "EUR").await.err().unwrap();
    assert_eq!(
        euros.to_string(),
        "the database settles in USD, not in EUR; set UDAM_CURRENCY to USD, or use another database \
         for EUR"
    );
    let another = MasterKey::generate("k1".parse().unwrap());
    let another = wired(&pool, &another, "USD").await.err().unwrap();
    let message = another.to_string();
    assert!(message.starts_with("the master key k1 at hand is not the one"));
}
