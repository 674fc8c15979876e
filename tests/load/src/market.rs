//! A marketplace that is measured: a database, a server, buyers and listings.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hyper::header::HeaderValue;
use tokio::time::sleep;
use udam_domain::id::ListingId;
use udam_testkit::{Client, ErrorResponses, Server, sign_up};

use crate::cluster::BenchCluster;
use crate::database::Database;
use crate::generator::{Load, Rate};
use crate::measure::resident_mib;
use crate::orders::Orders;
use crate::programs::Setup;
use crate::seed;

/// The same numbers as in the baseline.
const BUYERS: usize = 1_000;
const LISTINGS: usize = 1_000;

/// Time from the start of a server until its memory is read.
const SETTLING: Duration = Duration::from_secs(2);

/// Price of one unit.
const PRICE: &str = "0.01";

pub(crate) struct Market {
    pub(crate) database: Database,
    pub(crate) setup: Setup,
    pub(crate) server: Server,
    /// Memory of the server before the first request, in MiB.
    pub(crate) idle_mib: f64,
    pub(crate) seller: Client,
    /// The `Authorization` of each.
    pub(crate) buyers: Arc<[HeaderValue]>,
    pub(crate) listings: Arc<[ListingId]>,
}

impl Market {
    /// Starts one in a database of this name, with some more settings.
    pub(crate) async fn start(
        cluster: &BenchCluster,
        name: &str,
        setup: Setup,
        more: &[(&'static str, &str)],
    ) -> Result<Self> {
        let database = cluster.create_database(name).await?;
        let variables = [("DATABASE_URL", database.url().to_owned())];
        setup.programs.run_udam(&["migrate"], &variables).await?;
        let server = setup.start_server(&database, more).await?;
        sleep(SETTLING).await;
        let idle_mib = resident_mib(server.id())?;

        let buyers = seed::buyers(&database, BUYERS).await?;
        let client = Client::new(server.address(), ErrorResponses::default())?;
        let seller = sign_up(&client, "seller").await?;
        let listings = seed::listings(&seller, LISTINGS, PRICE, seed::MAX_UNITS).await?;
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
        // Autovacuum would do so within a minute; until then plans are made for empty tables.
        market.database.vacuum().await?;
        Ok(market)
    }

    /// Has a server open its connections and prepare its statements.
    pub(crate) async fn warm_up(&self, server: &Server) -> Result<()> {
        let load = Load {
            address: server.address(),
            clients: 64,
            rate: Rate::Unlimited,
            duration: Duration::from_secs(1),
        };
        load.run(self.orders(&self.listings)?).await.map(drop)
    }

    /// Orders of these listings by all buyers.
    pub(crate) fn orders(&self, listings: &[ListingId]) -> Result<Orders> {
        Orders::new(&self.buyers, listings)
    }

    /// A single listing.
    pub(crate) fn hot(&self) -> &[ListingId] {
        self.listings.get(..1).unwrap_or_default()
    }

    /// Runs `udam verify`, and fails with its output if it finds an inconsistency.
    pub(crate) async fn verify(&self) -> Result<()> {
        let variables = [("DATABASE_URL", self.database.url().to_owned())];
        let programs = &self.setup.programs;
        programs.run_udam(&["verify"], &variables).await.map(drop)
    }
}
