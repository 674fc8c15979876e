//! A market whose orders are paid, and how a story there begins and ends.

use anyhow::{Result, ensure};
use serde_json::json;
use udam_testkit::{
    Client, Market, MarketBuilder, Response, Sandbox, session_id_of, wait_for, wait_until,
    weather_listing,
};

use super::money;
use crate::scenes::{list, with};

/// A market, the sandbox that it is paid through, something on sale that no tab bears, and a buyer.
pub(crate) struct Stage {
    pub(crate) market: Market,
    pub(crate) sandbox: Sandbox,
    pub(crate) opening: MarketBuilder,
    pub(crate) seller: Client,
    pub(crate) listing: String,
    pub(crate) buyer: Client,
}

/// What a unit costs, unless a test says otherwise.
pub(crate) const PRICE: &str = "7.00";

impl Stage {
    /// One server, and ten units on sale.
    pub(crate) async fn set() -> Result<Self> {
        Self::with(MarketBuilder::new(), 10).await
    }

    /// A market opened like this, and so many units on sale.
    pub(crate) async fn with(opening: MarketBuilder, units: u32) -> Result<Self> {
        let sandbox = Sandbox::start().await?;
        let opening = opening.payments_through(&sandbox);
        let market = opening.clone().start().await?;
        sandbox.send_webhooks_to(market.address(0)).await?;
        let seller = market.sign_up("seller").await?;
        let listing = with(weather_listing(units), [("price_per_unit", json!(PRICE))]);
        let listing = list(&seller, listing).await?;
        let buyer = market.sign_up("buyer").await?;
        Ok(Self {
            market,
            sandbox,
            opening,
            seller,
            listing,
            buyer,
        })
    }

    /// The same, where sweeps are an hour apart, so that what happens is done by webhooks.
    pub(crate) async fn without_sweeps(opening: MarketBuilder, units: u32) -> Result<Self> {
        Self::with(opening.set("UDAM_RECONCILE_INTERVAL", "1h"), units).await
    }

    /// Kills the first server in the midst of what it is doing, and starts another in its place.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.market.servers[0].kill().await?;
        self.start_again().await
    }

    /// Starts another server in the place of the first, which was killed.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        self.market.servers[0] = self.opening.start_server(&self.market.database).await?;
        let address = self.market.address(0);
        self.sandbox.send_webhooks_to(address).await?;
        (self.seller, self.buyer) = (self.seller.at(address), self.buyer.at(address));
        Ok(())
    }

    /// Puts something on sale that costs so little that a tab bears it.
    pub(crate) async fn trifle(&self, price: &str) -> Result<String> {
        let listing = with(weather_listing(100), [("price_per_unit", json!(price))]);
        list(&self.seller, listing).await
    }

    /// An order of the buyer's that awaits payment.
    pub(crate) async fn order(&self, units: u32) -> Result<Response> {
        awaiting(&self.buyer, &self.listing, units).await
    }

    /// Pays for an order on its page, which it must still be possible to do.
    pub(crate) async fn pay(&self, order: &Response) -> Result<()> {
        let paid = self.sandbox.press(page(order), "pay").await?;
        ensure!(paid.status == 303, "{} {}", paid.status, paid.text);
        Ok(())
    }

    /// An order of the buyer's that was paid for and fulfilled.
    pub(crate) async fn bought(&self, units: u32) -> Result<Response> {
        let order = self.order(units).await?;
        self.pay(&order).await?;
        self.until(&order, "fulfilled").await
    }

    /// An order as it is now, as its buyer sees it.
    pub(crate) async fn now(&self, order: &Response) -> Result<Response> {
        self.buyer.get(&format!("/v1/orders/{}", order.id())).await
    }

    /// Waits until an order of the buyer's has come to this.
    pub(crate) async fn until(&self, order: &Response, status: &str) -> Result<Response> {
        until(&self.buyer, order, status).await
    }

    /// How many units are for sale.
    pub(crate) async fn available(&self) -> Result<u64> {
        let path = format!("/v1/listings/{}", self.listing);
        let shown = self.buyer.get(&path).await?;
        Ok(shown["available_units"].as_u64().unwrap())
    }

    /// What stands on the buyer's tab.
    pub(crate) async fn tab(&self) -> Result<String> {
        Ok(self.buyer.get("/v1/tab").await?.text_at("/open").to_owned())
    }

    /// Lets time pass for every order that awaits payment: it has lapsed so many seconds ago.
    ///
    /// A server takes no reservation shorter than half an hour, so it is put into the past by hand.
    pub(crate) async fn lapse(&self, seconds: u32) -> Result<()> {
        let moved = format!(
            "BEGIN;
             UPDATE orders SET lapses_at = now() - interval '{seconds} s'
                 WHERE state = 'awaiting_payment';
             UPDATE charges SET expires_at = now() - interval '{seconds} s' WHERE state = 'open';
             COMMIT"
        );
        self.market.database.execute(&moved).await
    }

    /// Lets a sweep take up what another has claimed: claims run out by themselves after half a minute.
    pub(crate) async fn forget_claims(&self) -> Result<()> {
        let forgotten = "UPDATE refunds SET claimed_until = NULL;
                         UPDATE charges SET claimed_until = NULL";
        self.market.database.execute(forgotten).await
    }

    /// How many sweeps the first server has completed.
    pub(crate) async fn sweeps(&self) -> Result<u64> {
        let completed = r#"udam_sweeps_total{outcome="completed""#;
        self.market.metric(0, completed).await
    }

    /// Waits until a sweep that has begun after this call is over.
    pub(crate) async fn sweep(&self) -> Result<()> {
        let before = self.sweeps().await?;
        wait_until("a sweep", async || Ok(self.sweeps().await? > before + 1)).await
    }

    /// How many alerts there have been.
    pub(crate) async fn alerts(&self) -> Result<u64> {
        let mut alerts = 0;
        for server in 0..self.market.servers.len() {
            let counted = self
                .market
                .metric(server, "udam_payment_alerts_total")
                .await?;
            alerts += counted;
        }
        Ok(alerts)
    }

    /// The end: the money at the provider is what the orders say, nobody had to be called, and the
    /// books balance.
    pub(crate) async fn end(self) -> Result<()> {
        assert_eq!(self.alerts().await?, 0, "{}", alert_in(&self.market.logs()));
        self.end_after_alerts().await
    }

    /// The same where alerts were called for.
    pub(crate) async fn end_after_alerts(self) -> Result<()> {
        money::fits(&self.market, &self.sandbox).await?;
        self.market.verify().await?;
        Ok(())
    }
}

/// What the log says of alerts.
pub(crate) fn alert_in(log: &str) -> String {
    log.lines()
        .filter(|line| line.contains("udam::alert"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Places an order that has to be paid for.
pub(crate) async fn awaiting(buyer: &Client, listing: &str, units: u32) -> Result<Response> {
    let order = buyer.buy(listing, units).await?;
    ensure!(
        order.status == 201 && order["status"] == "awaiting_payment",
        "buying was answered {}: {}",
        order.status,
        order.text
    );
    ensure!(!page(&order).is_empty(), "nowhere to pay: {}", order.text);
    Ok(order)
}

/// Places a small order, which goes on the tab.
pub(crate) async fn on_tab(buyer: &Client, listing: &str, units: u32) -> Result<Response> {
    let order = buyer.buy(listing, units).await?;
    ensure!(
        order.status == 201 && order["status"] == "fulfilled",
        "buying was answered {}: {}",
        order.status,
        order.text
    );
    Ok(order)
}

/// Waits until an order of this buyer's has come to this.
pub(crate) async fn until(buyer: &Client, order: &Response, status: &str) -> Result<Response> {
    let path = format!("/v1/orders/{}", order.id());
    wait_for(&format!("{} to be {status}", order.id()), async || {
        let order = buyer.get(&path).await?;
        Ok((order["status"] == status).then_some(order))
    })
    .await
}

/// Where an order, or a tab, is paid.
pub(crate) fn page(answer: &Response) -> &str {
    answer.text_at("/payment_url")
}

/// The session on which an order, or a tab, is paid.
pub(crate) fn session(answer: &Response) -> &str {
    session_id_of(page(answer))
}
