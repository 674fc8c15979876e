//! Error pages, by status.

use super::Viewer::{Buyer, Nobody, Seller};
use super::{Page, at, sent};
use crate::pages::fixture::Fixture;

pub(super) fn errors(fixture: &Fixture) -> Vec<Page> {
    let orders = &fixture.orders;
    let order = format!("/orders/{}", orders.paid);
    let too_late = format!("{order}/cancel");
    let refunded = format!("/orders/{}/refund", orders.refunded);
    let revoked = format!("/tokens/{}/reveal", fixture.revoked_token);
    let too_long = "too long ".repeat(10_000);
    vec![
        Nobody.gets(
            403,
            "error-403-forged",
            sent("/login", "/login", &[("csrf", "forged")]),
            "out of date",
        ),
        Nobody.gets(404, "error-404", at("/nowhere"), "Not found"),
        Buyer.gets(
            404,
            "error-404-signed-in",
            at("/listings/lst_unknown"),
            "Not found",
        ),
        Nobody.gets(405, "error-405", at("/logout"), "Method not allowed"),
        Buyer.gets(
            409,
            "error-409-order",
            sent(&order, &too_late, &[]),
            "can no longer be canceled",
        ),
        Seller.gets(
            409,
            "error-409-refund",
            at(refunded),
            "Not possible right now",
        ),
        Buyer.gets(
            410,
            "error-410",
            sent("/tokens", &revoked, &[]),
            "No longer available",
        ),
        Seller.gets(
            413,
            "error-413",
            sent("/sell", "/sell", &[("description", &too_long)]),
            "Form too large",
        ),
    ]
}
