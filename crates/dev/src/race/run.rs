//! Runs a race through the use cases, as all orders are placed.

use std::error::Error;
use std::time::Instant;

use futures::future::join_all;
use futures::{StreamExt, TryStreamExt, stream};
use udam_domain::account::{Account, Origin};
use udam_domain::id::{AccountId, ListingId};
use udam_domain::listing::{ApiKey, Change, ListingDetails, ListingEdit, ListingState, Price};
use udam_domain::marketplace::{BuyUnits, PublishListing};
use udam_domain::money::{Currency, Money};
use udam_domain::order::Authority;
use udam_domain::units::{Stock, Units};
use udam_domain::{Entropy, Marketplace, error_chain};

use super::Race;
use super::state::{Answered, BUYERS, Buyer, Outcome, Phase, UNITS};

/// Why a race was broken off.
type Cause = Box<dyn Error + Send + Sync>;

/// Number of accounts looked up at once: the database has others to serve as well.
const AT_ONCE: usize = 4;

/// Starts a race that goes on by itself, unless one is under way.
pub(super) fn start(race: Race) {
    if !race.0.race.begin() {
        return;
    }
    let under_way = UnderWay(race);
    tokio::spawn(async move {
        if let Err(error) = hold(&under_way.0).await {
            let cause = error_chain(error.as_ref());
            tracing::error!(cause, "the demo race failed");
        }
    });
}

/// Ends the race, however its task ends.
struct UnderWay(Race);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.race.change(|race| {
            if race.is_under_way() {
                race.phase = Phase::BrokenOff(race.listing());
            }
        });
    }
}

async fn hold(race: &Race) -> Result<(), Cause> {
    let Marketplace {
        sessions,
        catalogue,
        ..
    } = &race.0.marketplace;
    let buyers = prepare_buyers(race).await?;
    let seller = "race-seller@example.com".parse()?;
    let log_in = &race.0.log_in;
    let seller = log_in.log_in(seller, Origin::default()).await?.signed_in;
    let race_listing = race_listing(race.0.currency)?;
    let listing = catalogue
        .publish(seller.account.id.into(), race_listing)
        .await?
        .id;
    let cell = &race.0.race;
    cell.change(|race| race.phase = Phase::Running(listing));
    run(race, listing, &buyers, Units::new(1)?).await;
    archive(&race.0.marketplace, seller.account.id, listing).await?;
    cell.change(|race| race.phase = Phase::Over(listing));
    sessions.end(seller.actor(None), seller.session.id).await?;
    Ok(())
}

/// Finds the accounts of the buyers, which are registered the first time.
async fn prepare_buyers(race: &Race) -> Result<Vec<AccountId>, Cause> {
    let cell = &race.0.race;
    stream::iter(1..=BUYERS)
        .map(|number| account(race, format!("race-buyer-{number:03}@example.com")))
        .buffered(AT_ONCE)
        .map_ok(|account| {
            let name = account.name.to_string();
            cell.change(|race| race.buyers.push(Buyer { name, answer: None }));
            account.id
        })
        .try_collect()
        .await
}

async fn account(race: &Race, email: String) -> Result<Account, Cause> {
    let email = email.parse()?;
    // An account that exists needs no session.
    let accounts = &race.0.marketplace.accounts;
    if let Some(known) = accounts.find(&email).await? {
        return Ok(known);
    }
    let opened = race.0.log_in.log_in(email, Origin::default()).await?;
    Ok(opened.signed_in.account)
}

/// The listing of the race. It has the lowest price, so that no tab fills up and no order has to wait for
/// a payment.
fn race_listing(currency: Currency) -> Result<PublishListing, Cause> {
    Ok(PublishListing {
        details: ListingDetails {
            description: Some(
                format!("{BUYERS} demo buyers want one unit each, at once.").parse()?,
            ),
            ..ListingDetails::new(
                format!("Race for {UNITS} units").parse()?,
                "1 place".parse()?,
                Price::new(Money::new(1, currency))?,
            )
        },
        api_key: ApiKey::new("demo-race-opens-nothing".to_owned())?,
        units: Stock::new(UNITS.into())?,
    })
}

/// Has each buyer order for themselves, all of them at once, and waits until they are answered.
async fn run(race: &Race, listing: ListingId, buyers: &[AccountId], units: Units) {
    let buyers = shuffled(race.0.marketplace.entropy.as_ref(), buyers);
    let start = Instant::now();
    let orders = buyers.into_iter().map(|(place, buyer)| {
        let race = race.clone();
        let request = BuyUnits {
            listing_id: listing,
            units,
            expected_price: None,
            idempotency_key: None,
            address: None,
        };
        tokio::spawn(async move {
            let authority = Authority::Account(buyer);
            let bought = race.0.marketplace.orders.buy(authority, request).await;
            let after = start.elapsed();
            let outcome = Outcome::from(bought);
            race.0.race.change(|race| {
                if let Some(buyer) = race.buyers.get_mut(place) {
                    buyer.answer = Some(Answered { after, outcome });
                }
            });
        })
    });
    // Whose order panicked stays unanswered, and is shown so.
    join_all(orders).await;
}

/// The buyers with their places, in an order drawn by lot: one has to set off first, but not always the
/// same one.
fn shuffled(entropy: &dyn Entropy, buyers: &[AccountId]) -> Vec<(usize, AccountId)> {
    let mut order: Vec<_> = buyers.iter().copied().enumerate().collect();
    order.sort_by_cached_key(|_| {
        let mut lot = [0; 8];
        entropy.fill(&mut lot);
        lot
    });
    order
}

/// Archives the listing, which removes it from the catalogue.
async fn archive(
    marketplace: &Marketplace,
    seller: AccountId,
    listing: ListingId,
) -> Result<(), Cause> {
    let edit = ListingEdit {
        state: Change::To(ListingState::Archived),
        ..ListingEdit::default()
    };
    let catalogue = &marketplace.catalogue;
    catalogue.edit(seller.into(), listing, edit).await?;
    Ok(())
}
