use super::*;
use crate::id::ChargeId;
use crate::marketplace::PaymentPorts;
use crate::payment::{Charge, CheckoutSession, ProviderReference};
use crate::policy::Unchargeable;
use crate::ports::{
    CheckoutError, GatewayError, MockAlertStore, MockMarketplaceMetrics, MockPaymentGateway,
    MockPaymentStore, OpenChargeError,
};

const URL: &str = "https://pay.example/cs_1";

fn unpaid(state: OrderState, url: Option<&str>) -> Order {
    Order {
        route: PaymentRoute::Checkout,
        state,
        payment_url: url.map(str::to_owned),
        token_id: None,
        ..order(order_id(8))
    }
}

fn session() -> CheckoutSession {
    CheckoutSession {
        reference: ProviderReference::new("cs_1".into()),
        url: URL.into(),
    }
}

fn charge(id: ChargeId, session: Option<CheckoutSession>) -> Charge {
    Charge {
        id,
        buyer_id: account_id(2),
        order: None,
        tab: usd(3_00),
        expires_at: at(NOW),
        session,
    }
}

/// Payments whose store makes this of a charge, and whose provider fails if it is asked.
fn payments(
    respond: impl FnOnce(ChargeId) -> Result<Charge, OpenChargeError> + Send + 'static,
) -> Payments {
    let mut charges = MockPaymentStore::new();
    charges
        .expect_charge_order()
        .withf(|request| request.buyer_id == Some(account_id(2)))
        .return_once(move |request| respond(request.charge_id));
    let mut gateway = MockPaymentGateway::new();
    gateway
        .expect_open_session()
        .returning(|_| Err(GatewayError::Unavailable("no answer".into())));
    payments_over(gateway, charges)
}

fn payments_over(gateway: MockPaymentGateway, charges: MockPaymentStore) -> Payments {
    Payments::new(PaymentPorts {
        gateway: Arc::new(gateway),
        charges: Arc::new(charges),
        alerts: Arc::new(MockAlertStore::new()),
        clock: clock(at(NOW)),
        entropy: entropy(),
    })
}

/// A store that has placed this order, and a reader that finds another in its place.
fn placing(placed: Order, found: Option<Order>) -> OrderPorts {
    let mut store = MockOrderStore::new();
    store.expect_place().return_once(|_| {
        Ok(PlacedOrder {
            order: placed,
            replayed: true,
        })
    });
    OrderPorts {
        reader: finding(found),
        ..ports(store)
    }
}

/// A reader that finds an order this often, and expects nothing without one.
fn finding(found: Option<Order>) -> Arc<MockOrderReader> {
    let mut reader = MockOrderReader::new();
    if let Some(found) = found {
        reader
            .expect_find()
            .with(eq(found.id), eq(account_id(2)))
            .returning(move |_, _| Ok(Some(found.clone())));
    }
    Arc::new(reader)
}

fn counting(orders: usize, checkouts: usize) -> Arc<MockMarketplaceMetrics> {
    let mut metrics = MockMarketplaceMetrics::new();
    let count = metrics.expect_order_placed();
    count.times(orders).return_const(());
    let count = metrics.expect_checkout_opened();
    count.times(checkouts).return_const(());
    Arc::new(metrics)
}

fn buy(ports: OrderPorts, payments: Option<Payments>, checkouts: usize) -> Purchase {
    let ports = OrderPorts {
        metrics: counting(1, checkouts),
        ..ports
    };
    let authority = Authority::Account(account_id(2));
    block_on(Orders::new(ports, payments).buy(authority, request())).unwrap()
}

#[test]
fn an_order_that_awaits_payment_has_its_checkout() {
    let told = unpaid(OrderState::AwaitingPayment, Some(URL));
    let ports = placing(
        unpaid(OrderState::AwaitingPayment, None),
        Some(told.clone()),
    );
    let payments = payments(|id| Ok(charge(id, Some(session()))));
    let bought = buy(ports, Some(payments), 1);
    assert!(matches!(bought.checkout, CheckoutOutcome::Opened));
    assert_eq!((bought.order, bought.replayed), (told, true));
}

#[test]
fn an_order_that_needs_no_checkout_or_can_have_none_opens_none() {
    for (placed, provider) in [
        (unpaid(OrderState::Fulfilled, None), true),
        (unpaid(OrderState::Canceled, None), true),
        (unpaid(OrderState::AwaitingPayment, Some(URL)), true),
        (unpaid(OrderState::AwaitingPayment, None), false),
    ] {
        let payments = provider.then(|| payments(|_| panic!("nothing is to be charged")));
        let bought = buy(placing(placed.clone(), None), payments, 0);
        assert!(matches!(bought.checkout, CheckoutOutcome::NotNeeded));
        assert_eq!(bought.order, placed);
    }
}

#[test]
fn a_replayed_order_that_moved_meanwhile_is_shown_as_it_is() {
    let paid = unpaid(OrderState::Fulfilled, None);
    let ports = placing(
        unpaid(OrderState::AwaitingPayment, None),
        Some(paid.clone()),
    );
    let payments = payments(|_| Err(OpenChargeError::InvalidState(OrderState::Fulfilled)));
    let bought = buy(ports, Some(payments), 1);
    assert!(matches!(bought.checkout, CheckoutOutcome::NotNeeded));
    assert_eq!(bought.order, paid);
}

#[test]
fn an_order_too_small_to_charge_is_shown_canceled() {
    let canceled = unpaid(OrderState::Canceled, None);
    let placed = unpaid(OrderState::AwaitingPayment, None);
    let ports = placing(placed, Some(canceled.clone()));
    let bought = buy(
        ports,
        Some(payments(|_| {
            Err(OpenChargeError::Unchargeable(Unchargeable::TooSmall))
        })),
        1,
    );
    assert!(matches!(
        bought.checkout,
        CheckoutOutcome::Unchargeable(Unchargeable::TooSmall)
    ));
    assert_eq!(bought.order, canceled);
}

#[test]
fn an_order_is_kept_when_its_checkout_fails() {
    let placed = unpaid(OrderState::AwaitingPayment, None);
    let silent = payments(|id| Ok(charge(id, None)));
    let bought = buy(placing(placed.clone(), None), Some(silent), 1);
    let CheckoutOutcome::Failed(CheckoutError::Gateway(_)) = bought.checkout else {
        panic!("{:?}", bought.checkout)
    };
    assert_eq!(bought.order, placed);

    let unreadable = payments(|_| Err(StoreError::Overloaded.into()));
    let bought = buy(placing(placed.clone(), None), Some(unreadable), 1);
    assert!(matches!(
        bought.checkout,
        CheckoutOutcome::Failed(CheckoutError::Charge(OpenChargeError::Unavailable(_)))
    ));
    assert_eq!(bought.order, placed);
}

fn check_out(
    found: Option<Order>,
    payments: Option<Payments>,
    checkouts: usize,
) -> Result<Order, CheckoutError> {
    let mut reader = MockOrderReader::new();
    reader
        .expect_find()
        .returning(move |_, _| Ok(found.clone()));
    let ports = OrderPorts {
        reader: Arc::new(reader),
        metrics: counting(0, checkouts),
        ..ports(MockOrderStore::new())
    };
    let orders = Orders::new(ports, payments);
    block_on(orders.check_out(actor(2), order_id(8)))
}

#[test]
fn only_its_buyer_checks_an_order_out() {
    let own = unpaid(OrderState::AwaitingPayment, None);
    let opening = || payments(|id| Ok(charge(id, Some(session()))));
    assert_eq!(
        check_out(Some(own.clone()), Some(opening()), 1).unwrap(),
        own
    );
    let sold = Order {
        buyer_id: account_id(3),
        seller_id: account_id(2),
        ..own
    };
    for order in [Some(sold), None] {
        for provider in [Some(opening()), None] {
            let error = check_out(order.clone(), provider, 0).unwrap_err();
            assert!(matches!(
                error,
                CheckoutError::Charge(OpenChargeError::NotFound)
            ));
        }
    }
}

#[test]
fn without_a_provider_there_is_no_checkout() {
    let own = unpaid(OrderState::AwaitingPayment, None);
    let of_order = check_out(Some(own), None, 0);
    let ports = OrderPorts {
        metrics: counting(0, 0),
        ..ports(MockOrderStore::new())
    };
    let of_tab = block_on(Orders::new(ports, None).check_out_tab(actor(2)));
    for error in [of_order.unwrap_err(), of_tab.unwrap_err()] {
        assert!(matches!(error, CheckoutError::PaymentsUnavailable));
    }
}

#[test]
fn a_tab_is_checked_out_and_counted_by_itself() {
    let mut charges = MockPaymentStore::new();
    charges
        .expect_charge_tab()
        .withf(|request| request.buyer_id == account_id(2))
        .returning(|request| Ok(charge(request.charge_id, Some(session()))));
    let payments = payments_over(MockPaymentGateway::new(), charges);
    let ports = OrderPorts {
        metrics: counting(0, 1),
        ..ports(MockOrderStore::new())
    };
    let orders = Orders::new(ports, Some(payments));
    assert_eq!(block_on(orders.check_out_tab(actor(2))).unwrap(), session());
}
