//! Targets of faults: PostgreSQL, two servers, the proxies between, and the accounts.

mod node;
mod postgres;
mod signals;

use std::iter::repeat_n;

use anyhow::{Context, Result};
use serde_json::json;
use udam_testkit::{
    Binary, Client, ErrorResponses, SeededRng, expect_status, master_keys, sign_up, sign_up_all,
    weather_listing,
};

use crate::catalogue::{Catalogue, Listing, SERVERS};
use node::Node;

pub(crate) use postgres::{Postgres, backends};

/// Number of buyers, each with connections of its own.
pub(crate) const BUYERS: usize = 32;

/// A running marketplace.
#[derive(Debug)]
pub(crate) struct Cluster {
    // The servers end before their database does.
    pub(crate) nodes: [Node; SERVERS],
    pub(crate) postgres: Postgres,
    environment: Vec<(String, String)>,
    /// Session token of the seller.
    seller: String,
    /// Session tokens of the buyers.
    buyers: Vec<String>,
}

impl Cluster {
    /// Starts everything and registers a seller and the buyers.
    pub(crate) async fn start() -> Result<Self> {
        let postgres = Postgres::start().await?;
        let environment = [
            ("DATABASE_URL", postgres.url_through_proxy()?),
            ("UDAM_MASTER_KEYS", master_keys().await?.to_owned()),
            ("UDAM_LISTEN", "127.0.0.1:0".to_owned()),
            ("UDAM_ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
            ("UDAM_RATE_LIMIT", "off".to_owned()),
            // Every order is small, and no tab is ever full.
            ("UDAM_SMALL_ORDER_LIMIT", "999999.00".to_owned()),
            ("UDAM_TAB_LIMIT", "999999.00".to_owned()),
            ("UDAM_NEW_TAB_LIMIT", "999999.00".to_owned()),
            ("UDAM_OPEN_CHECKOUTS", "1000000".to_owned()),
            ("UDAM_NEW_LISTINGS_PER_DAY", "1000000".to_owned()),
            ("UDAM_CHECKOUTS_PER_HOUR", "0".to_owned()),
            ("UDAM_NEW_OPEN_CHECKOUTS", "1000000".to_owned()),
            ("UDAM_HOLD_PAUSE", "0s".to_owned()),
            // One record tells the addresses that the server listens at.
            ("RUST_LOG", "warn,udam_server::serve=info".to_owned()),
        ];
        let environment: Vec<_> = environment
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let nodes = [
            Node::start(environment.clone()).await?,
            Node::start(environment.clone()).await?,
        ];
        let mut cluster = Self {
            nodes,
            postgres,
            environment,
            seller: String::new(),
            buyers: Vec::new(),
        };
        let client = cluster.client()?;
        let seller = sign_up(&client, "seller").await?;
        seller.session().clone_into(&mut cluster.seller);
        let buyers = sign_up_all(repeat_n(client, BUYERS), "buyer").await?;
        let session = |buyer: &Client| buyer.session().to_owned();
        cluster.buyers = buyers.iter().map(session).collect();
        Ok(cluster)
    }

    /// Publishes the listings of a round.
    pub(crate) async fn publish(&self, rng: &mut SeededRng) -> Result<Catalogue> {
        let seller = self.client()?.with_session(&self.seller);
        let mut listings = Vec::new();
        for units in Catalogue::units(rng) {
            let mut listing = weather_listing(units);
            if let Some(fields) = listing.as_object_mut() {
                fields.insert("price_per_unit".to_owned(), json!("0.01"));
            }
            let published = expect_status(seller.publish(listing).await?, 201)?;
            listings.push(Listing {
                id: published.id().to_owned(),
                units,
            });
        }
        // Buyers open new connections in each round.
        let buyer = |session: &String| anyhow::Ok(self.client()?.with_session(session));
        Ok(Catalogue {
            listings,
            buyers: self.buyers.iter().map(buyer).collect::<Result<_>>()?,
            servers: self.nodes.each_ref().map(|node| node.proxy.address()),
        })
    }

    /// Runs `udam verify`, and returns its output if it finds an inconsistency.
    pub(crate) async fn verify(&self) -> Result<Option<String>> {
        let url = ("DATABASE_URL".to_owned(), self.postgres.url()?);
        let environment = self.environment.iter().cloned().chain([url]);
        let output = Binary::udam()?.run(["verify"], environment).await?;
        Ok((output.code != Some(0)).then(|| output.stdout + &output.stderr))
    }

    /// Panics in the logs of all servers.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.nodes.iter().flat_map(Node::panics).collect()
    }

    /// The last lines of each server's log.
    pub(crate) fn last_log_lines(&self) -> Vec<String> {
        self.nodes.iter().flat_map(Node::last_log_lines).collect()
    }

    /// A server and its proxy, by its zero-based number.
    pub(crate) fn node(&mut self, number: usize) -> Result<&mut Node> {
        self.nodes.get_mut(number).context("no such server")
    }

    fn client(&self) -> Result<Client> {
        let [first, ..] = &self.nodes;
        // Error responses are counted elsewhere: over all rounds there are too many to keep.
        Client::new(first.proxy.address(), ErrorResponses::default())
    }
}
