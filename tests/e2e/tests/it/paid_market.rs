//! A market whose orders are paid through the Stripe sandbox.

use anyhow::{Result, ensure};
use serde_json::json;
use udam_testkit::{
    Client, Market, MarketBuilder, Response, Sandbox, expect_status, session_id_of, wait_for,
    wait_until, weather_listing,
};

use crate::balance::assert_balanced;
use crate::setup::{self, publish, with_fields};

/// A market, its sandbox, a listing whose price is too high for a tab, and a buyer.
pub(crate) struct PaidMarket {
    pub(crate) market: Market,
    pub(crate) sandbox: Sandbox,
    pub(crate) builder: MarketBuilder,
    pub(crate) seller: Client,
    /// Id of the listing, at [`PRICE`] a unit.
    pub(crate) listing: String,
    pub(crate) buyer: Client,
}

/// Price of one unit.
pub(crate) const PRICE: &str = "7.00";

impl PaidMarket {
    /// One server, and ten units on sale.
    pub(crate) async fn start() -> Result<Self> {
        Self::start_with(MarketBuilder::new(), 10).await
    }

    /// A market with these settings, and this many units on sale.
    pub(crate) async fn start_with(builder: MarketBuilder, units: u32) -> Result<Self> {
        let sandbox = Sandbox::start().await?;
        let builder = builder.payments_through(&sandbox);
        let market = builder.clone().start().await?;
        sandbox.send_webhooks_to(market.address(0)).await?;
        let seller = market.sign_up("seller").await?;
        let listing = with_fields(weather_listing(units), [("price_per_unit", json!(PRICE))]);
        let listing = publish(&seller, listing).await?;
        let buyer = market.sign_up("buyer").await?;
        Ok(Self {
            market,
            sandbox,
            builder,
            seller,
            listing,
            buyer,
        })
    }

    /// The same with an hour between sweeps, so that only webhooks have an effect.
    pub(crate) async fn start_without_sweeps(builder: MarketBuilder, units: u32) -> Result<Self> {
        Self::start_with(builder.set("UDAM_RECONCILE_INTERVAL", "1h"), units).await
    }

    /// Kills the first server, and starts another in its place.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.market.servers[0].kill().await?;
        self.start_again().await
    }

    /// Starts another server in the place of the first, which has been killed.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        self.market.servers[0] = self.builder.start_server(&self.market.database).await?;
        let address = self.market.address(0);
        self.sandbox.send_webhooks_to(address).await?;
        (self.seller, self.buyer) = (self.seller.at(address), self.buyer.at(address));
        Ok(())
    }

    /// Publishes a listing whose orders are small, and go on the tab.
    pub(crate) async fn publish_cheap(&self, price: &str) -> Result<String> {
        let listing = with_fields(weather_listing(100), [("price_per_unit", json!(price))]);
        publish(&self.seller, listing).await
    }

    /// Places an order of the buyer that awaits payment.
    pub(crate) async fn order(&self, units: u32) -> Result<Response> {
        place_unpaid(&self.buyer, &self.listing, units).await
    }

    /// Pays for an order on its page.
    pub(crate) async fn pay(&self, order: &Response) -> Result<()> {
        let paid = self.sandbox.press(payment_url(order), "pay").await?;
        expect_status(paid, 303).map(drop)
    }

    /// Places an order of the buyer, pays for it, and waits until it is fulfilled.
    pub(crate) async fn buy_and_pay(&self, units: u32) -> Result<Response> {
        let order = self.order(units).await?;
        self.pay(&order).await?;
        self.wait_for_status(&order, "fulfilled").await
    }

    /// The present state of an order, as its buyer sees it.
    pub(crate) async fn reload(&self, order: &Response) -> Result<Response> {
        self.buyer.get(&format!("/v1/orders/{}", order.id())).await
    }

    /// Waits until an order of the buyer has this status.
    pub(crate) async fn wait_for_status(&self, order: &Response, status: &str) -> Result<Response> {
        wait_for_status(&self.buyer, order, status).await
    }

    /// Available units of the listing.
    pub(crate) async fn available(&self) -> Result<u64> {
        let path = format!("/v1/listings/{}", self.listing);
        let listing = self.buyer.get(&path).await?;
        Ok(listing["available_units"].as_u64().unwrap())
    }

    /// The open amount of the buyer's tab.
    pub(crate) async fn tab(&self) -> Result<String> {
        setup::open_tab(&self.buyer).await
    }

    /// Has every order that awaits payment lapse, this many seconds ago, by moving it into the past: servers
    /// accept no reservation shorter than half an hour.
    pub(crate) async fn lapse(&self, seconds: u32) -> Result<()> {
        // Charges first, as servers lock them: the other order ends in deadlocks.
        let moved = format!(
            "BEGIN;
             UPDATE charges SET expires_at = now() - interval '{seconds} s' WHERE state = 'open';
             UPDATE orders SET lapses_at = now() - interval '{seconds} s'
                 WHERE state = 'awaiting_payment';
             COMMIT"
        );
        self.market.database.execute(&moved).await
    }

    /// Lets a sweep take up what another has claimed; claims expire by themselves after half a minute.
    pub(crate) async fn clear_claims(&self) -> Result<()> {
        let cleared = "UPDATE charges SET claimed_until = NULL;
                       UPDATE refunds SET claimed_until = NULL";
        self.market.database.execute(cleared).await
    }

    /// Number of sweeps that the first server has completed.
    pub(crate) async fn completed_sweeps(&self) -> Result<u64> {
        let completed = r#"udam_sweeps_total{outcome="completed""#;
        self.market.metric(0, completed).await
    }

    /// Waits for the end of a sweep that has started after this call.
    pub(crate) async fn wait_for_sweep(&self) -> Result<()> {
        let before = self.completed_sweeps().await?;
        wait_until("a sweep to complete", async || {
            Ok(self.completed_sweeps().await? > before + 1)
        })
        .await
    }

    /// Number of alerts of all servers.
    pub(crate) async fn alert_count(&self) -> Result<u64> {
        let mut alerts = 0;
        for server in 0..self.market.servers.len() {
            alerts += self
                .market
                .metric(server, "udam_payment_alerts_total")
                .await?;
        }
        Ok(alerts)
    }

    /// Checks that there were no alerts, the provider's balance is right, and the database is consistent.
    pub(crate) async fn finish(self) -> Result<()> {
        let alerts = self.alert_count().await?;
        assert_eq!(alerts, 0, "{}", alert_lines(&self.market.logs()));
        self.finish_with_alerts().await
    }

    /// The same for tests with alerts.
    pub(crate) async fn finish_with_alerts(self) -> Result<()> {
        assert_balanced(&self.market, &self.sandbox).await?;
        self.market.verify().await?;
        Ok(())
    }
}

/// The lines of a log that are alerts.
pub(crate) fn alert_lines(log: &str) -> String {
    log.lines()
        .filter(|line| line.contains("udam::alert"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Places an order that has to be paid for.
pub(crate) async fn place_unpaid(buyer: &Client, listing: &str, units: u32) -> Result<Response> {
    let order = expect_status(buyer.buy(listing, units).await?, 201)?;
    ensure!(order["status"] == "awaiting_payment", "{}", order.text);
    ensure!(
        !payment_url(&order).is_empty(),
        "no payment URL: {}",
        order.text
    );
    Ok(order)
}

/// Places a small order, which goes on the tab.
pub(crate) async fn buy_on_tab(buyer: &Client, listing: &str, units: u32) -> Result<Response> {
    let order = expect_status(buyer.buy(listing, units).await?, 201)?;
    ensure!(order["status"] == "fulfilled", "{}", order.text);
    Ok(order)
}

/// Waits until an order of this buyer has this status.
pub(crate) async fn wait_for_status(
    buyer: &Client,
    order: &Response,
    status: &str,
) -> Result<Response> {
    let path = format!("/v1/orders/{}", order.id());
    wait_for(&format!("{} to be {status}", order.id()), async || {
        let order = buyer.get(&path).await?;
        Ok((order["status"] == status).then_some(order))
    })
    .await
}

/// URL of the page on which an order, or a tab, is paid.
pub(crate) fn payment_url(response: &Response) -> &str {
    response.text_at("/payment_url")
}

/// Id of the Checkout session on which an order, or a tab, is paid.
pub(crate) fn session_id(response: &Response) -> &str {
    session_id_of(payment_url(response))
}
