//! What everybody can see.

use super::Viewer::{Buyer, Nobody, Seller};
use super::{Page, at, sent};
use crate::pages::furnished::Furnished;

pub(super) fn shop_window(furnished: &Furnished) -> Vec<Page> {
    let listings = &furnished.listings;
    let listing = |id: &str| at(format!("/listings/{id}"));
    let by_seller = |more: &str| at(format!("/?seller={}{more}", furnished.seller.id));
    let buy = |units: &str| {
        let page = format!("/listings/{}", listings.active);
        let key = "8d8ac610-566d-4ef0-9c22-186b2a5ed793";
        sent(
            &page,
            &format!("{page}/buy"),
            &[("units", units), ("order_key", key)],
        )
    };
    vec![
        Nobody.sees("catalogue", at("/"), "Data services on sale"),
        Buyer.sees("catalogue-signed-in", at("/"), "Log out"),
        Nobody.sees(
            "catalogue-of-seller",
            by_seller(""),
            "Data services by Northwind Data",
        ),
        Nobody.sees("catalogue-searched", at("/?q=weather"), "for “weather”"),
        Nobody.sees(
            "catalogue-filtered",
            by_seller("&min_price=0.10&max_price=20&in_stock=true&sort=-price"),
            "Hourly weather",
        ),
        Nobody.sees(
            "catalogue-empty",
            at("/?q=zzzyx&max_price=0.01"),
            "No matching listings",
        ),
        Nobody.sees(
            "catalogue-mistaken",
            at("/?min_price=cheap&max_price=-1"),
            "Please correct",
        ),
        Nobody.sees("listing", listing(&listings.active), "Log in to buy"),
        Nobody.sees(
            "listing-total",
            at(format!("/listings/{}?units=25", listings.active)),
            "12.50 USD",
        ),
        Buyer.sees(
            "listing-as-buyer",
            listing(&listings.active),
            "fulfilled immediately",
        ),
        Seller.sees(
            "listing-as-owner",
            listing(&listings.active),
            "This is your listing",
        ),
        Nobody.sees(
            "listing-sold-out",
            listing(&listings.sold_out),
            "All units are sold",
        ),
        Buyer.sees(
            "listing-paused",
            listing(&listings.paused),
            "taken this listing off sale",
        ),
        Nobody.sees(
            "listing-archived",
            listing(&listings.archived),
            "taken this listing off sale",
        ),
        Buyer.is_told(422, "listing-mistaken", buy("none"), "say how many units"),
        Buyer.is_told(409, "listing-too-few", buy("999999"), "ask for fewer units"),
    ]
}

pub(super) fn entrance(furnished: &Furnished) -> Vec<Page> {
    let wrong = [
        ("email", furnished.buyer.email.as_str()),
        ("password", "not the right one"),
    ];
    let taken = [
        ("email", furnished.buyer.email.as_str()),
        ("password", "a good long password"),
    ];
    let careless = [("email", "ada"), ("password", "short"), ("name", "Ada")];
    vec![
        Nobody.sees("register", at("/register"), "Already have an account?"),
        Nobody.is_told(
            422,
            "register-mistaken",
            sent("/register", "/register", &careless),
            "Please correct",
        ),
        Nobody.is_told(
            409,
            "register-taken",
            sent("/register", "/register", &taken),
            "Log in to that account",
        ),
        Nobody.sees("login", at("/login"), "No account yet?"),
        Nobody.sees(
            "login-on-the-way",
            at("/login?next=/sell"),
            "continue to the page you requested",
        ),
        Nobody.is_told(
            422,
            "login-mistaken",
            sent("/login", "/login", &[("email", "ada")]),
            "Please correct",
        ),
        Nobody.is_told(
            422,
            "login-refused",
            sent("/login", "/login", &wrong),
            "is wrong",
        ),
    ]
}

pub(super) fn demonstrations(quiet: &str) -> Vec<Page> {
    let race = format!("{quiet}/demo/race");
    vec![
        Nobody.sees(
            "catalogue-none",
            at(format!("{quiet}/")),
            "Nothing is on sale yet",
        ),
        Nobody.sees("race-before", at(&race), "Nobody has raced yet"),
        Nobody.sees("race-after", sent(&race, &race, &[]), "It is over"),
    ]
}
