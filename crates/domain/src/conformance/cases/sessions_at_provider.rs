use std::net::Ipv4Addr;

use super::cases;
use crate::account::Network;
use crate::conformance::check::{Checked, equal, holds};
use crate::conformance::join::join_all;
use crate::conformance::market::Market;
use crate::conformance::stores::StoreFactory;
use crate::conformance::values::{at, terms};
use crate::id::{AccountId, ChargeId, ListingId, OrderId};
use crate::order::{Authority, OrderState, PlaceOrder};
use crate::payment::{Charge, ChargeOrder, ChargeTab};
use crate::policy::{HoldTerms, OrderTerms};
use crate::ports::OpenChargeError;

cases! {
    a_buyer_has_so_many_sessions_opened_in_an_hour:
        "`admit_session`: charges without a session are counted for their buyer; the order is kept beyond that.",
    new_buyers_of_a_network_share_the_sessions_of_an_hour:
        "`admit_session`: so they are for the network, as long as the buyer has never paid.",
}

fn counted(sessions: Option<u32>, of_network: Option<u32>) -> OrderTerms {
    OrderTerms {
        holds: HoldTerms {
            sessions_per_hour: sessions,
            new_sessions_per_hour_per_network: of_network,
            ..HoldTerms::unlimited()
        },
        ..terms()
    }
}

/// Places an order of the account's that awaits payment.
async fn unpaid(market: &Market, buyer: AccountId, listing: ListingId) -> Checked<OrderId> {
    let order = PlaceOrder {
        authority: Authority::Account(buyer),
        ..market.order(listing, 1, 1)?
    };
    Ok(market.place(order).await?.order.id)
}

/// Asks for the charge of an order from the network of 192.0.2.7.
async fn charge(
    market: &Market,
    buyer: Option<AccountId>,
    order_id: OrderId,
    seconds: i64,
) -> Result<Charge, OpenChargeError> {
    let at = at(seconds);
    let request = ChargeOrder {
        charge_id: ChargeId::mint(at, &market.ids),
        order_id,
        buyer_id: buyer,
        network: buyer.map(|_| Network::of(Ipv4Addr::new(192, 0, 2, 7).into())),
        at,
    };
    market.stores.payments.charge_order(request).await
}

fn is_too_many(result: &Result<Charge, OpenChargeError>) -> bool {
    matches!(result, Err(OpenChargeError::TooManySessions(_)))
}

async fn a_buyer_has_so_many_sessions_opened_in_an_hour(factory: &dyn StoreFactory) -> Checked {
    let market = Market::with(factory, counted(Some(3), None)).await?;
    let (listing, buyer) = (market.list(50, 10_00).await?, market.buyer);
    let orders = [
        unpaid(&market, buyer, listing).await?,
        unpaid(&market, buyer, listing).await?,
        unpaid(&market, buyer, listing).await?,
        unpaid(&market, buyer, listing).await?,
    ];
    let charges = orders.map(|order| charge(&market, Some(buyer), order, 2));
    let charges = join_all(charges).await;
    let refused = charges.iter().filter(|charge| is_too_many(charge)).count();
    equal("refused sessions", refused, 1)?;
    let made: Vec<&Charge> = charges.iter().flatten().collect();
    let Some(first) = made.first() else {
        return equal("charges", made.len(), 3);
    };
    // Without a session, the provider is called again.
    let own = first.order.as_ref().map(|own| own.id);
    let again = own.unwrap_or_else(|| market_order(&orders));
    holds(
        "TooManySessions",
        &charge(&market, Some(buyer), again, 3).await,
        is_too_many,
    )?;
    // A sweep finishes what was counted before.
    charge(&market, None, again, 3).await?;
    market.open_session(first).await?;
    charge(&market, Some(buyer), again, 3).await?;
    for (order, result) in orders.iter().zip(&charges) {
        if is_too_many(result) {
            let found = market.stores.order_reader.find(*order, buyer).await?;
            let state = found.map(|order| order.state);
            equal(
                "state of the order",
                state,
                Some(OrderState::AwaitingPayment),
            )?;
            holds(
                "TooManySessions",
                &charge(&market, None, *order, 4).await,
                is_too_many,
            )?;
        }
    }
    let tab = ChargeTab {
        charge_id: ChargeId::mint(at(5), &market.ids),
        buyer_id: buyer,
        network: None,
        at: at(5),
    };
    let nothing = market.stores.payments.charge_tab(tab).await;
    holds("NothingOwed", &nothing, |found| {
        matches!(found, Err(OpenChargeError::NothingOwed))
    })
}

const fn market_order(orders: &[OrderId; 4]) -> OrderId {
    let [first, ..] = orders;
    *first
}

async fn new_buyers_of_a_network_share_the_sessions_of_an_hour(
    factory: &dyn StoreFactory,
) -> Checked {
    let market = Market::with(factory, counted(None, Some(2))).await?;
    let listing = market.list(50, 10_00).await?;
    for buyer in [market.buyer, market.other] {
        let order = unpaid(&market, buyer, listing).await?;
        charge(&market, Some(buyer), order, 2).await?;
    }
    let order = unpaid(&market, market.other, listing).await?;
    holds(
        "TooManySessions",
        &charge(&market, Some(market.other), order, 3).await,
        is_too_many,
    )?;
    // Who has paid is counted for the account alone.
    market.buy_and_pay(listing, 1, 4).await?;
    let order = unpaid(&market, market.buyer, listing).await?;
    charge(&market, Some(market.buyer), order, 5).await?;
    Ok(())
}
