//! A marketplace to be measured: a database, a server on it, buyers and listings.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hyper::header::HeaderValue;
use tokio::time::sleep;
use udam_domain::id::ListingId;

use crate::cluster::DurableCluster;
use crate::database::Database;
use crate::generator::{Load, Pace};
use crate::measure::resident_mib;
use crate::orders::Orders;
use crate::seed;
use crate::server::{Server, Setup};

/// As many of each as in the yardstick.
const BUYERS: usize = 1_000;
const LISTINGS: usize = 1_000;

/// How long a server that has just started is left alone before its memory is read.
const SETTLING: Duration = Duration::from_secs(2);

/// What one costs.
const PRICE: &str = "0.01";

pub(crate) struct Market {
    pub(crate) database: Database,
    pub(crate) setup: Setup,
    pub(crate) server: Server,
    /// What the server had of memory before anybody called, in MiB.
    pub(crate) idle_mib: f64,
    pub(crate) seller: HeaderValue,
    pub(crate) buyers: Arc<[HeaderValue]>,
    pub(crate) listings: Arc<[ListingId]>,
}

impl Market {
    /// Opens one in a database of this name, with these settings besides the usual ones.
    pub(crate) async fn open(
        cluster: &DurableCluster,
        name: &str,
        setup: Setup,
        besides: &[(&'static str, &str)],
    ) -> Result<Self> {
        let database = cluster.database(name).await?;
        let at = [("DATABASE_URL", database.url().to_owned())];
        setup.programs.udam(&["migrate"], &at).await?;
        let server = setup.serve(&database, besides).await?;
        sleep(SETTLING).await;
        let idle_mib = resident_mib(server.process())?;

        let buyers = seed::buyers(&database, BUYERS).await?;
        let seller = seed::register(server.address(), "seller@example.com", "a long secret");
        let seller = seller.await?;
        let listings = seed::listings(server.address(), &seller, LISTINGS, PRICE, seed::PLENTY);
        let listings = listings.await?;
        let market = Self {
            database,
            setup,
            server,
            idle_mib,
            seller,
            buyers,
            listings,
        };
        market.warm_up(&market.server).await?;
        // As autovacuum would within a minute: until then plans are made for tables that are empty.
        market.database.tidy().await?;
        Ok(market)
    }

    /// Lets a server open its connections and prepare its statements.
    pub(crate) async fn warm_up(&self, server: &Server) -> Result<()> {
        let load = Load {
            address: server.address(),
            clients: 64,
            pace: Pace::Closed,
            duration: Duration::from_secs(1),
        };
        load.drive(self.orders(&self.listings)?).await.map(drop)
    }

    /// The wish of all buyers for one unit each of these listings.
    pub(crate) fn orders(&self, listings: &[ListingId]) -> Result<Orders> {
        Orders::new(&self.buyers, listings)
    }

    /// One listing of all that there are.
    pub(crate) fn hot(&self) -> &[ListingId] {
        self.listings.get(..1).unwrap_or_default()
    }

    /// Has `udam verify` prove the books; what it finds wrong.
    pub(crate) async fn verify(&self) -> Result<()> {
        let at = [("DATABASE_URL", self.database.url().to_owned())];
        self.setup.programs.udam(&["verify"], &at).await.map(drop)
    }
}
