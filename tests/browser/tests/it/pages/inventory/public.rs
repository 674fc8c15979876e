//! The public pages.

use udam_testkit::PASSWORD;

use super::Viewer::{Buyer, Nobody, Seller};
use super::{Page, at, sent};
use crate::pages::fixture::Fixture;

pub(super) fn catalogue(fixture: &Fixture) -> Vec<Page> {
    let listings = &fixture.listings;
    let listing = |id: &str| at(format!("/listings/{id}"));
    let by_seller = |more: &str| at(format!("/?seller={}{more}", fixture.seller.id));
    let buy = |id: &str, units: &str| {
        let page = format!("/listings/{id}");
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
            "catalogue-invalid",
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
        Buyer.gets(
            422,
            "listing-invalid",
            buy(&listings.active, "none"),
            "enter the number of units",
        ),
        Buyer.gets(
            409,
            "listing-too-few",
            buy(&listings.active, "999999"),
            "order fewer units",
        ),
        Nobody.sees(
            "listing-paid-first",
            listing(&listings.expensive),
            "Paid before delivery",
        ),
        Buyer.gets(
            409,
            "listing-too-many",
            buy(&listings.expensive, "26"),
            "The seller allows 25 units in one order",
        ),
    ]
}

pub(super) fn auth(fixture: &Fixture) -> Vec<Page> {
    let wrong = [
        ("email", fixture.buyer.email.as_str()),
        ("password", "not the right one"),
    ];
    let taken = [
        ("email", fixture.buyer.email.as_str()),
        ("name", "Ada"),
        ("password", "a good long password"),
    ];
    let guarded = [
        ("email", fixture.guarded.email.as_str()),
        ("password", PASSWORD),
    ];
    let forgotten = [("email", "nobody@pages.example")];
    let invalid = [("email", "ada"), ("password", "short"), ("name", "Ada")];
    vec![
        Nobody.sees("register", at("/register"), "Already have an account?"),
        Nobody.gets(
            422,
            "register-invalid",
            sent("/register", "/register", &invalid),
            "Please correct",
        ),
        Nobody.gets(
            409,
            "register-taken",
            sent("/register", "/register", &taken),
            "Log in to that account",
        ),
        Nobody.sees("login", at("/login"), "No account yet?"),
        Nobody.sees(
            "second-factor",
            sent("/login", "/login", &guarded),
            "Your password is right",
        ),
        Nobody.gets(
            422,
            "second-factor-invalid",
            sent(
                "/login",
                "/login/second-factor",
                &[("challenge", "udam_chl_x"), ("code", "12")],
            ),
            "Please correct",
        ),
        Nobody.sees(
            "forgot-password",
            at("/forgot-password"),
            "You are sent a link",
        ),
        Nobody.sees(
            "forgot-password-sent",
            sent("/forgot-password", "/forgot-password", &forgotten),
            "a link is on its way",
        ),
        Nobody.sees("mailbox", at("/dev/mail"), "Newest first"),
        Nobody.sees("mailbox-mail", at(fixture.mail.as_str()), "As HTML"),
        Nobody.gets(
            404,
            "unsubscribe-invalid",
            at("/unsubscribe?link=udam_uns_x"),
            "This link is not complete",
        ),
        Nobody.sees(
            "reset-password-spent",
            at("/reset-password?link=udam_lnk_x"),
            "This link cannot be used",
        ),
        Nobody.sees(
            "verify-email-spent",
            at("/verify-email?link=udam_lnk_x"),
            "This link cannot be used",
        ),
        Nobody.sees(
            "login-with-next",
            at("/login?next=/sell"),
            "continue to the page you requested",
        ),
        Nobody.gets(
            422,
            "login-invalid",
            sent("/login", "/login", &[("email", "ada")]),
            "Please correct",
        ),
        Nobody.gets(
            422,
            "login-wrong",
            sent("/login", "/login", &wrong),
            "is wrong",
        ),
    ]
}

pub(super) fn empty_marketplace(url: &str) -> Vec<Page> {
    let race = format!("{url}/demo/race");
    vec![
        Nobody.sees(
            "catalogue-none",
            at(format!("{url}/")),
            "Nothing is on sale yet",
        ),
        Nobody.sees("race-before", at(&race), "Nobody has raced yet"),
        Nobody.sees("race-after", sent(&race, &race, &[]), "It is over"),
    ]
}
