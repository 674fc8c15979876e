//! What faults are applied to: one cluster, two servers on it, the ways between, and the people.

mod house;
mod postgres;
mod processes;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use udam_e2e::{Answer, Binary, Client, PASSWORD, Problems, fresh_email, master_keys, weather};

use crate::chance::Chance;
use crate::fair::{Fair, Stall};
use house::House;

pub(crate) use postgres::{Postgres, backends};

/// How many servers there are.
pub(crate) const SERVERS: usize = 2;

/// How many buyers there are, each with connections of their own.
pub(crate) const BUYERS: usize = 32;

/// How many people register at once: each costs the server a password hash.
const AT_THE_DOOR: usize = 4;

/// A running marketplace.
#[derive(Debug)]
pub(crate) struct Town {
    // The servers end before their database does.
    pub(crate) houses: [House; SERVERS],
    pub(crate) postgres: Postgres,
    variables: Vec<(String, String)>,
    seller: String,
    buyers: Vec<String>,
}

impl Town {
    /// Starts all of it; everybody is registered.
    pub(crate) async fn found() -> Result<Self> {
        let postgres = Postgres::start().await?;
        let variables = [
            ("DATABASE_URL", postgres.url_through_proxy()?),
            ("UDAM_MASTER_KEYS", master_keys().await?.to_owned()),
            ("UDAM_LISTEN", "127.0.0.1:0".to_owned()),
            ("UDAM_RATE_LIMIT", "off".to_owned()),
            // Every order is served at once, however many come before it.
            ("UDAM_SMALL_ORDER_LIMIT", "1000000.00".to_owned()),
            ("UDAM_TAB_LIMIT", "1000000000.00".to_owned()),
            // Where it listens is worth knowing.
            ("RUST_LOG", "warn,udam_server::serve=info".to_owned()),
        ];
        let variables: Vec<_> = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let houses = [
            House::open(variables.clone()).await?,
            House::open(variables.clone()).await?,
        ];
        let mut town = Self {
            houses,
            postgres,
            variables,
            seller: String::new(),
            buyers: Vec::new(),
        };
        let visitor = town.visitor()?;
        town.seller = admit(&visitor, "seller").await?;
        let registering = (0..BUYERS).map(|_| admit(&visitor, "buyer"));
        town.buyers = stream::iter(registering)
            .buffered(AT_THE_DOOR)
            .try_collect()
            .await?;
        Ok(town)
    }

    /// Puts on sale what a round is about.
    pub(crate) async fn open_fair(&self, chance: &mut Chance) -> Result<Fair> {
        let seller = self.visitor()?.with_session(&self.seller);
        let mut stalls = Vec::new();
        for units in Fair::units(chance) {
            let mut listing = weather(units);
            if let Some(fields) = listing.as_object_mut() {
                fields.insert("price_per_unit".to_owned(), json!("0.01"));
            }
            let listed = expect(seller.list(listing).await?, 201)?;
            stalls.push(Stall {
                listing: listed.id().to_owned(),
                units,
            });
        }
        let client = |session: &String| anyhow::Ok(self.visitor()?.with_session(session));
        Ok(Fair {
            stalls,
            buyers: self.buyers.iter().map(client).collect::<Result<_>>()?,
            servers: self.houses.each_ref().map(|house| house.proxy.address()),
        })
    }

    /// Proves the books; answers with what does not fit.
    pub(crate) async fn verify(&self) -> Result<Option<String>> {
        let url = ("DATABASE_URL".to_owned(), self.postgres.url()?);
        let variables = self.variables.iter().cloned().chain([url]);
        let finished = Binary::find()?.run(["verify"], variables).await?;
        Ok((finished.code != Some(0)).then(|| finished.stdout + &finished.stderr))
    }

    /// What servers have said of panics.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.houses.iter().flat_map(House::panics).collect()
    }

    /// The last that each server has complained of.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.houses.iter().flat_map(House::complaints).collect()
    }

    /// A server and the way to it. They are counted from nought.
    pub(crate) fn house(&mut self, number: usize) -> Result<&mut House> {
        self.houses.get_mut(number).context("no such server")
    }

    fn visitor(&self) -> Result<Client> {
        let [first, ..] = &self.houses;
        // Refusals are counted elsewhere: over all rounds there are too many to keep.
        Client::of(first.proxy.address(), Problems::default())
    }
}

async fn admit(visitor: &Client, name: &str) -> Result<String> {
    let answer = visitor.register(&fresh_email(name), PASSWORD).await?;
    Ok(expect(answer, 201)?.text_at("/session_token").to_owned())
}

fn expect(answer: Answer, status: u16) -> Result<Answer> {
    ensure!(
        answer.status == status,
        "answered {}: {}",
        answer.status,
        answer.text
    );
    Ok(answer)
}
