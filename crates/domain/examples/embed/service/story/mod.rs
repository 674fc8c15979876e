//! The story: a seller, a buyer, and what becomes of their orders. Each chapter asserts what it tells.

mod paying;
mod provider_side;
mod refunding;
mod selling;
mod unfinished;

use std::fmt::Debug;

use udam_domain::audit::Actor;
use udam_domain::conformance::Stores;
use udam_domain::id::ListingId;
use udam_domain::listing::{ApiKey, ListingDetails, Price};
use udam_domain::marketplace::{BuyUnits, PublishListing, Purchase, Sweep};
use udam_domain::money::Currency;
use udam_domain::order::{Authority, Order, OrderState};
use udam_domain::token::Access;
use udam_domain::units::{Stock, Units};

use super::{Service, Told};

/// The story so far.
struct Story {
    service: Service,
    seller: Actor,
    buyer: Actor,
    listing: ListingId,
    told: Vec<String>,
}

/// Tells the story over these stores, which must be empty and go by [`policy`](super::policy). Returns the
/// transcript, which is the same over any stores.
pub(crate) async fn tell(stores: Stores) -> Told<Vec<String>> {
    let mut story = Story::begin(Service::new(stores)?).await?;
    story.sell().await?;
    story.pay().await?;
    story.finish_what_is_unfinished().await?;
    story.refund().await?;
    story.hear_from_the_provider().await?;
    story.end().await?;
    Ok(story.told)
}

impl Story {
    async fn begin(service: Service) -> Told<Self> {
        let seller = service.register("seller").await?;
        let buyer = service.register("buyer").await?;
        let listing = PublishListing {
            details: ListingDetails {
                endpoint_url: Some("https://api.example.com/".parse()?),
                ..ListingDetails::new(
                    "Weather API".parse()?,
                    "1,000 requests".parse()?,
                    Price::parse("2.00", Currency::USD)?,
                )
            },
            api_key: ApiKey::new("sk_live_weather".to_owned())?,
            units: Stock::new(100)?,
        };
        let listing = service.catalogue.publish(seller, listing).await?;
        let mut story = Self {
            service,
            seller,
            buyer,
            listing: listing.id,
            told: Vec::new(),
        };
        story.say(format!(
            "{} units of the {} are on sale at {} each.",
            listing.available,
            listing.details.service_name,
            listing.details.price_per_unit.amount()
        ));
        Ok(story)
    }

    fn say(&mut self, line: impl Into<String>) {
        self.told.push(line.into());
    }

    async fn buy(&self, units: i64, key: &str) -> Told<Purchase> {
        let request = BuyUnits {
            listing_id: self.listing,
            units: Units::new(units)?,
            expected_price: None,
            idempotency_key: Some(key.parse()?),
            address: None,
        };
        let by = Authority::Account(self.buyer.account_id);
        Ok(self.service.orders.buy(by, request).await?)
    }

    /// Buys units that are paid through a checkout, and returns its URL too.
    async fn check_out(&self, units: i64, key: &str) -> Told<(Order, String)> {
        let order = self.buy(units, key).await?.order;
        let url = order.payment_url.clone().ok_or("no checkout is open")?;
        Ok((order, url))
    }

    /// Buys units, and pays for them.
    async fn buy_and_pay(&self, units: i64, key: &str) -> Told<(Order, String)> {
        let (order, url) = self.check_out(units, key).await?;
        self.service.provider.pay(&url);
        self.service.deliver().await?;
        Ok((self.is_now(&order, OrderState::Fulfilled).await?, url))
    }

    /// The order as it is now, which must be in this state.
    async fn is_now(&self, order: &Order, state: OrderState) -> Told<Order> {
        let reader = &self.service.stores.order_reader;
        let now = reader.find(order.id, self.buyer.account_id).await?;
        let now = now.ok_or("the order is gone")?;
        is(now.state, state)?;
        Ok(now)
    }

    /// The buyer's open tab, formatted as an amount.
    async fn tab(&self) -> Told<String> {
        let reader = &self.service.stores.tab_reader;
        let tab = reader.tab(self.buyer.account_id).await?;
        Ok(tab.ok_or("the buyer has no tab")?.open.to_string())
    }

    async fn available(&self) -> Told<u32> {
        let reader = &self.service.stores.listing_reader;
        let listing = reader.find(self.listing).await?;
        Ok(listing.ok_or("the listing is gone")?.available.get())
    }

    /// Tries to reveal the key of the order's token, and says what came of it.
    async fn reveal(&self, order: &Order) -> Told<String> {
        let token = order.token_id.ok_or("the order has no token")?;
        Ok(match self.service.tokens.reveal(self.buyer, token).await {
            Ok(Access::Service { api_key, .. }) => format!("it reveals {}", api_key.expose()),
            Ok(Access::Gateway { .. }) => "it reveals an access key".to_owned(),
            Err(error) => error.to_string(),
        })
    }

    async fn end(&mut self) -> Told {
        let seller = self.seller.account_id;
        let orders = &self.service.orders;
        let sales = orders.daily_sales(seller, 1, Currency::USD).await?;
        let today = sales.first().ok_or("a day was asked for")?;
        let line = format!(
            "Sold on {}: {} units for {}.",
            today.day, today.units, today.revenue
        );
        self.say(line);
        let left = self.available().await?;
        self.say(format!(
            "{left} units are on sale. The tab stands at {}.",
            self.tab().await?
        ));
        is(self.service.sweep().await?, Sweep::default())?;
        self.say("A sweep finds nothing left to do.");
        Ok(())
    }
}

/// Fails unless both are the same.
#[expect(
    clippy::needless_pass_by_value,
    reason = "chapters compare what a call returns with a literal"
)]
fn is<T: PartialEq + Debug>(found: T, expected: T) -> Told {
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {expected:?}, found {found:?}").into())
}
