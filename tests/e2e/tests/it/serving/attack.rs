//! A thousand new accounts and three thousand connections of one attacker, beside an honest buyer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::task::JoinSet;
use tokio::time::sleep;
use udam_testkit::{
    Client, MarketBuilder, PASSWORD, expect_status, insert_buyers, unique_email, wait_until,
    weather_listing,
};

use super::endless_bodies::{chunked_order_head, open_endless_body};
use super::open_files::raise_own_limit;
use crate::paid_market::PaidMarket;
use crate::setup::{publish, with_fields};

/// Addresses that the attacker has.
const ADDRESSES: u8 = 12;

/// Connections of each address whose request never ends, a few below the most that a server lets it have: its
/// accounts need some.
const ENDLESS: usize = 250;

/// Accounts of the attacker.
const ACCOUNTS: usize = 1_000;

/// Units of the listing that they try to hold, and most units of an order.
const UNITS: u32 = 1_000;
const MOST_UNITS: u32 = 10;

/// Orders that new accounts of one address have open at once, and may put on their tabs at 4.90 each.
const OPEN: u32 = 5;
const ON_TAB: i64 = 3;

fn attacker_address(number: usize) -> Ipv4Addr {
    let last = u8::try_from(number % usize::from(ADDRESSES)).unwrap_or(0);
    Ipv4Addr::new(127, 0, 1, 1 + last)
}

/// Requests that never end.
struct Endless {
    open: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Endless {
    /// Keeps such requests open: one that the server closes is replaced.
    async fn hold(server: SocketAddr, accounts: &[Client]) -> Result<Self> {
        let open = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        let accounts = accounts.iter().cycle().enumerate();
        for (number, account) in accounts.take(ENDLESS * usize::from(ADDRESSES)) {
            let (source, open) = (attacker_address(number), Arc::clone(&open));
            let head = chunked_order_head(account.session());
            tasks.spawn(async move {
                loop {
                    if let Ok(mut stream) = open_endless_body(server, source, &head).await {
                        open.fetch_add(1, Ordering::Relaxed);
                        let _ = stream.read_to_end(&mut Vec::new()).await;
                        open.fetch_sub(1, Ordering::Relaxed);
                    }
                    sleep(Duration::from_millis(500)).await;
                }
            });
        }
        let held = Self {
            open,
            _tasks: tasks,
        };
        wait_until("the connections to be open", async || {
            Ok(held.open() > 2_900)
        })
        .await?;
        Ok(held)
    }

    fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

/// The accounts of the attacker, which it has registered over a long time.
async fn attackers(fixture: &PaidMarket) -> Result<Vec<Client>> {
    let mut from = Vec::new();
    for number in 0..usize::from(ADDRESSES) {
        let source = IpAddr::V4(attacker_address(number));
        from.push(fixture.market.client()?.from_source(source)?);
    }
    let database = fixture.market.database.connect().await?;
    let sessions = insert_buyers(&database, ACCOUNTS).await?;
    let clients = sessions.iter().zip(from.iter().cycle());
    Ok(clients
        .map(|(session, client)| client.with_session(session))
        .collect())
}

/// Takes what an account can get without paying, and tries to lock the honest buyer out.
async fn act(account: &Client, cheap: &str, dear: &str, victim: &str) -> Result<()> {
    for (listing, units) in [(cheap, 1), (dear, MOST_UNITS), (dear, MOST_UNITS)] {
        let order = account.buy(listing, units).await?;
        ensure!(order.status < 500, "{}", order.text);
        if order["status"] == "awaiting_payment" {
            let canceled = account.cancel(order.id()).await?;
            ensure!(canceled.status < 500, "{}", canceled.text);
        }
    }
    let guess = account.log_in(victim, "a guess").await?;
    ensure!([401, 429].contains(&guess.status), "{}", guess.text);
    Ok(())
}

/// The orders of a buyer during an attack.
struct Honest<'a> {
    buyer: &'a Client,
    listing: &'a str,
    /// Time from each request to its response.
    taken: Vec<Duration>,
}

impl Honest<'_> {
    async fn buy(&mut self) -> Result<()> {
        let start = Instant::now();
        let order = expect_status(self.buyer.buy(self.listing, 1).await?, 201)?;
        self.taken.push(start.elapsed());
        ensure!(order["status"] == "fulfilled", "{}", order.text);
        Ok(())
    }
}

/// Checks how many units of a listing the attacker holds at most.
async fn check_stock(visitor: &Client, listing: &str) -> Result<()> {
    let seen = visitor.get(&format!("/v1/listings/{listing}")).await?;
    let available = seen["available_units"].as_u64().context("no units")?;
    let held = u32::from(ADDRESSES) * OPEN * MOST_UNITS;
    ensure!(available >= u64::from(UNITS - held), "{}", seen.text);
    Ok(())
}

#[tokio::test]
async fn a_thousand_new_accounts_and_three_thousand_connections_do_not_stop_a_buyer() -> Result<()>
{
    raise_own_limit()?;
    let builder = MarketBuilder::new()
        .set("RUST_LOG", "info")
        .set("UDAM_NEW_TAB_LIMIT", "5.00")
        .set("UDAM_OPEN_CHECKOUTS", "5")
        .set("UDAM_NEW_OPEN_CHECKOUTS", "1")
        .set("UDAM_HOLD_PAUSE", "1m");
    let builder = builder.set("UDAM_RATE_LIMIT", "on");
    let mut fixture = PaidMarket::start_with(builder, 10).await?;
    let server = fixture.market.address(0);

    let listing = |price: &str| {
        let fields = [
            ("price_per_unit", json!(price)),
            ("max_units_per_order", json!(MOST_UNITS)),
        ];
        publish(&fixture.seller, with_fields(weather_listing(UNITS), fields))
    };
    let (cheap, dear) = (listing("4.90").await?, listing("7.00").await?);
    let honest = weather_listing(100_000);
    let honest = with_fields(honest, [("price_per_unit", json!("0.01"))]);
    let honest = publish(&fixture.seller, honest).await?;
    let email = unique_email("honest");
    let visitor = fixture.market.client()?;
    let registered = expect_status(visitor.register(&email, PASSWORD).await?, 201)?;
    fixture.buyer = visitor.with_session(registered.text_at("/session_token"));
    fixture.buy_and_pay(1).await?;
    let accounts = attackers(&fixture).await?;

    let connections = Endless::hold(server, &accounts).await?;
    let start = Instant::now();
    let attacking = stream::iter(&accounts)
        .map(|account| act(account, &cheap, &dear, &email))
        .buffer_unordered(2 * usize::from(ADDRESSES))
        .try_collect::<Vec<()>>();
    tokio::pin!(attacking);
    let mut honest = Honest {
        buyer: &fixture.buyer,
        listing: &honest,
        taken: Vec::new(),
    };
    loop {
        let meanwhile = async {
            honest.buy().await?;
            check_stock(&fixture.buyer, &dear).await?;
            sleep(Duration::from_millis(50)).await;
            anyhow::Ok(())
        };
        tokio::select! {
            attacked = &mut attacking => {
                attacked?;
                break;
            }
            bought = meanwhile => bought?,
        }
    }
    let (lasted, open, mut taken) = (start.elapsed(), connections.open(), honest.taken);
    taken.sort();
    let [quarter, median, slowest] = [taken.len() / 4, taken.len() / 2, taken.len() - 1];
    println!(
        "attack of {lasted:?}; {} orders: median {:?}, slowest {:?}",
        taken.len(),
        taken[median],
        taken[slowest]
    );
    assert!(open > 2_500, "{open}");
    // The machine has other tests to run, and the attacker to be.
    assert!(taken[quarter] < Duration::from_millis(100), "{taken:?}");

    let database = &fixture.market.database;
    let owed = "SELECT sum(open_minor)::bigint FROM tabs WHERE open_minor % 490 = 0";
    assert_eq!(
        database.count(owed).await?,
        ON_TAB * 4_90 * i64::from(ADDRESSES)
    );
    let known = visitor.log_in(&email, PASSWORD).await?;
    assert_eq!(known.status, 200, "{}", known.text);
    drop(connections);
    fixture.finish().await
}
