//! The pages of an account.

use udam_testkit::PASSWORD;

use super::Viewer::{Buyer, Debtor, Guarded, Newcomer, Payer, Seller};
use super::{Page, at, sent};
use crate::pages::fixture::Fixture;

pub(super) fn account() -> Vec<Page> {
    let right = [("password", PASSWORD)];
    let wrong = [
        ("current_password", "not the right one"),
        ("new_password", "x"),
    ];
    vec![
        Buyer.sees("account", at("/account"), "Your sessions"),
        Buyer.sees(
            "account-delete",
            at("/account/delete"),
            "This cannot be undone",
        ),
        Debtor.gets(
            409,
            "account-delete-needed",
            sent("/account/delete", "/account/delete", &right),
            "Others still depend",
        ),
        Buyer.gets(
            422,
            "account-invalid",
            sent("/account", "/account/password", &wrong),
            "Please correct",
        ),
        Guarded.sees(
            "account-second-factor",
            at("/account"),
            "Move to another app",
        ),
        Newcomer.sees(
            "second-factor-setup",
            at("/account/second-factor"),
            "Or type the secret",
        ),
        Newcomer.gets(
            422,
            "second-factor-setup-invalid",
            sent(
                "/account",
                "/account/second-factor/confirm",
                &[("code", "12")],
            ),
            "Please correct",
        ),
        Guarded.sees(
            "recovery-codes",
            sent("/account", "/account/recovery-codes", &[]),
            "These 10 codes are not shown again",
        ),
        Newcomer.sees(
            "api-keys-none",
            at("/account/api-keys"),
            "You have no keys.",
        ),
        Buyer.sees("api-keys", at("/account/api-keys"), "Last used"),
        Buyer.gets(
            422,
            "api-keys-invalid",
            sent("/account/api-keys", "/account/api-keys", &[]),
            "Please correct",
        ),
        Payer.sees(
            "api-key-made",
            sent(
                "/account/api-keys",
                "/account/api-keys",
                &[("key_name", "Nightly job"), ("scope_read", "yes")],
            ),
            "It is not shown again",
        ),
        Guarded.gets(
            422,
            "step-up",
            sent("/account", "/step-up", &[("code", "12")]),
            "Is it you?",
        ),
    ]
}

pub(super) fn buying(fixture: &Fixture) -> Vec<Page> {
    let orders = &fixture.orders;
    let order = |id: &str| at(format!("/orders/{id}"));
    // An old `since`: the page no longer refreshes itself.
    let returned = |id: &str| at(format!("/orders/{id}/paid?since=1"));
    let active = format!("/tokens/{}", fixture.active_token);
    let revoked = format!("/tokens/{}", fixture.revoked_token);
    let reveal = format!("{active}/reveal");
    vec![
        Buyer.sees("orders", at("/orders"), "Your orders, newest first"),
        Buyer.sees(
            "order-on-the-tab",
            order(&orders.on_the_tab),
            "go on the tab",
        ),
        Buyer.sees("order-awaiting", order(&orders.awaiting), "Cancel order"),
        Buyer.sees("order-paid", order(&orders.paid), "Paid and token issued"),
        Buyer.sees(
            "order-canceled",
            order(&orders.canceled),
            "If a payment of yours still arrives",
        ),
        Buyer.sees(
            "order-expired",
            order(&orders.expired),
            "was not paid in time",
        ),
        Buyer.sees(
            "order-refunded",
            order(&orders.refunded),
            "You can order again",
        ),
        Buyer.sees(
            "paid-waiting",
            returned(&orders.awaiting),
            "taking longer than usual",
        ),
        Buyer.sees("paid-done", returned(&orders.paid), "your token is ready"),
        Buyer.sees(
            "paid-late",
            returned(&orders.expired),
            "The time to pay has run out",
        ),
        Buyer.sees("tokens", at("/tokens"), "Each token reveals the API key"),
        Buyer.sees("token", at(&active), "Reveal key"),
        Buyer.sees("token-revoked", at(&revoked), "It was revoked"),
        Buyer.sees("key-revealed", sent(&active, &reveal, &[]), "sk-northwind"),
        Buyer.sees(
            "token-revoke",
            at(format!("{active}/revoke")),
            "Revoke this token?",
        ),
    ]
}

pub(super) fn tab(fixture: &Fixture) -> Vec<Page> {
    let listing = format!("/listings/{}", fixture.listings.expensive);
    let wanted = [
        ("units", "1"),
        ("price_minor", "1250"),
        ("order_key", "6b8b4567-327b-43c6-a3c9-869895e3ab10"),
    ];
    let payment = &fixture.tab_payment;
    vec![
        Debtor.sees("tab", at("/tab"), "Pay tab"),
        Debtor.sees(
            "tab-settle",
            sent("/tab", "/tab/settle", &[]),
            "Pay your tab",
        ),
        Buyer.sees(
            "tab-included",
            at("/tab"),
            "The payment of an order includes 2.50 USD of your tab.",
        ),
        Buyer.gets(
            409,
            "buy-tab-in-checkout",
            sent(&listing, &format!("{listing}/buy"), &wanted),
            "View that order",
        ),
        Payer.sees("tab-paid", at("/tab"), "Nothing else"),
        Payer.sees(
            "tab-payments",
            at("/tab/payments"),
            "Payments of your tab, newest first",
        ),
        Payer.sees("tab-payment", at(payment), "Payment of 2.50 USD"),
        Payer.sees("tab-returned", at(format!("{payment}/paid")), "You owe now"),
        Newcomer.sees("tab-payments-none", at("/tab/payments"), "No payments"),
    ]
}

pub(super) fn selling(fixture: &Fixture) -> Vec<Page> {
    let Fixture {
        listings, orders, ..
    } = fixture;
    let edit = |id: &str| at(format!("/my/listings/{id}"));
    let active = format!("/my/listings/{}", listings.active);
    let bad = [
        ("service_name", ""),
        ("description", "Still here"),
        ("endpoint_url", "not an address"),
        ("unit_description", "1,000 requests"),
        ("price_per_unit", "-2"),
        ("max_units_per_order", "0"),
        ("available_units", "many"),
        ("api_key", ""),
    ];
    let units = format!("{active}/units");
    vec![
        Seller.sees("sell", at("/sell"), "Publish a listing"),
        Seller.gets(
            422,
            "sell-invalid",
            sent("/sell", "/sell", &bad),
            "Please correct",
        ),
        Seller.sees("my-listings", at("/my/listings"), "All listings"),
        Seller.sees("edit", at(&active), "Pause it to stop new orders"),
        Seller.sees(
            "edit-terms",
            edit(&listings.expensive),
            "Ask for payment before delivery",
        ),
        Seller.sees(
            "edit-paused",
            edit(&listings.paused),
            "This listing is paused",
        ),
        Seller.sees(
            "edit-archived",
            edit(&listings.archived),
            "This listing is archived",
        ),
        Seller.gets(
            422,
            "edit-invalid",
            sent(&active, &active, &bad),
            "Please correct",
        ),
        Seller.gets(
            422,
            "edit-units-invalid",
            sent(&active, &units, &[("add_units", "0")]),
            "Please correct",
        ),
        Seller.sees(
            "edit-archive",
            at(format!("{active}/archive")),
            "It leaves the catalogue",
        ),
        Seller.sees(
            "listing-calls",
            at(format!("{active}/calls")),
            "There were no calls in the last 30 days.",
        ),
        Seller.gets(
            422,
            "listing-probe-invalid",
            sent(&active, &format!("{active}/probe"), &[("path", "v1")]),
            "Please correct",
        ),
        Seller.sees("sales", at("/my/sales"), "Your sales"),
        Seller.sees(
            "sales-of-no-day",
            at("/my/sales?from=2020-01-01&to=2020-01-31"),
            "No order for your listings was placed in this period.",
        ),
        Seller.gets(
            422,
            "sales-invalid",
            at("/my/sales?from=2020-02-01&to=2020-01-31"),
            "Please correct",
        ),
        Seller.sees(
            "sales-order",
            at(format!("/orders/{}", orders.on_the_tab)),
            "Refund order",
        ),
        Seller.sees(
            "sales-refund",
            at(format!("/orders/{}/refund", orders.on_the_tab)),
            "cannot be undone",
        ),
    ]
}

pub(super) fn empty_states() -> Vec<Page> {
    vec![
        Newcomer.sees("orders-none", at("/orders"), "Your orders appear here"),
        Newcomer.sees(
            "tokens-none",
            at("/tokens"),
            "You get a token for each order",
        ),
        Newcomer.sees("tab-none", at("/tab"), "You owe nothing"),
        Newcomer.sees("my-listings-none", at("/my/listings"), "No listings yet"),
        Newcomer.sees("sales-none", at("/my/sales"), "No sales yet"),
    ]
}
