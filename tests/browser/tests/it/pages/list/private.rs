//! What is somebody's own.

use super::Viewer::{Buyer, Debtor, Newcomer, Seller};
use super::{Page, at, sent};
use crate::pages::furnished::Furnished;

pub(super) fn account() -> Vec<Page> {
    let wrong = [
        ("current_password", "not the right one"),
        ("new_password", "x"),
    ];
    vec![
        Buyer.sees("account", at("/account"), "Your sessions"),
        Buyer.is_told(
            422,
            "account-mistaken",
            sent("/account", "/account/password", &wrong),
            "Please correct",
        ),
    ]
}

pub(super) fn buying(furnished: &Furnished) -> Vec<Page> {
    let orders = &furnished.orders;
    let order = |id: &str| at(format!("/orders/{id}"));
    // Since the beginning of time: the page has given up looking again by itself.
    let back = |id: &str| at(format!("/orders/{id}/paid?since=1"));
    let active = format!("/tokens/{}", furnished.active_token);
    let revoked = format!("/tokens/{}", furnished.revoked_token);
    let reveal = format!("{active}/reveal");
    vec![
        Buyer.sees("orders", at("/orders"), "Your orders, newest first"),
        Buyer.sees(
            "order-on-the-tab",
            order(&orders.on_the_tab),
            "go on the tab",
        ),
        Buyer.sees("order-awaiting", order(&orders.awaiting), "Cancel order"),
        Buyer.sees("order-paid", order(&orders.paid), "Paid, and token issued"),
        Buyer.sees(
            "order-canceled",
            order(&orders.canceled),
            "Nothing was charged",
        ),
        Buyer.sees(
            "order-expired",
            order(&orders.expired),
            "It was not paid in time",
        ),
        Buyer.sees(
            "order-refunded",
            order(&orders.refunded),
            "You can order anew",
        ),
        Buyer.sees(
            "paid-waiting",
            back(&orders.awaiting),
            "takes longer than usual",
        ),
        Buyer.sees("paid-done", back(&orders.paid), "your token is ready"),
        Buyer.sees(
            "paid-late",
            back(&orders.expired),
            "The time to pay ran out",
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
        Debtor.sees("tab", at("/tab"), "Pay tab"),
        Debtor.sees(
            "tab-settle",
            sent("/tab", "/tab/settle", &[]),
            "Pay your tab",
        ),
    ]
}

pub(super) fn selling(furnished: &Furnished) -> Vec<Page> {
    let Furnished {
        listings, orders, ..
    } = furnished;
    let edit = |id: &str| at(format!("/my/listings/{id}"));
    let active = format!("/my/listings/{}", listings.active);
    let bad = [
        ("service_name", ""),
        ("description", "Still here"),
        ("endpoint_url", "not an address"),
        ("unit_description", "1,000 requests"),
        ("price_per_unit", "-2"),
        ("available_units", "many"),
        ("api_key", ""),
    ];
    let units = format!("{active}/units");
    vec![
        Seller.sees("sell", at("/sell"), "Publish a listing"),
        Seller.is_told(
            422,
            "sell-mistaken",
            sent("/sell", "/sell", &bad),
            "Please correct",
        ),
        Seller.sees("my-listings", at("/my/listings"), "All listings"),
        Seller.sees("edit", at(&active), "Pause it to stop new orders"),
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
        Seller.is_told(
            422,
            "edit-mistaken",
            sent(&active, &active, &bad),
            "Please correct",
        ),
        Seller.is_told(
            422,
            "edit-units-mistaken",
            sent(&active, &units, &[("add_units", "0")]),
            "Please correct",
        ),
        Seller.sees(
            "edit-archive",
            at(format!("{active}/archive")),
            "It leaves the catalogue",
        ),
        Seller.sees("sales", at("/my/sales"), "Your sales"),
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

pub(super) fn beginnings() -> Vec<Page> {
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
