//! What is there instead of a page, by its status.

use super::Viewer::{Buyer, Nobody, Seller};
use super::{Page, at, sent};
use crate::pages::furnished::Furnished;

pub(super) fn refusals(furnished: &Furnished) -> Vec<Page> {
    let orders = &furnished.orders;
    let order = format!("/orders/{}", orders.paid);
    let too_late = format!("{order}/cancel");
    let refunded = format!("/orders/{}/refund", orders.refunded);
    let gone = format!("/tokens/{}/reveal", furnished.revoked_token);
    let endless = "endless ".repeat(10_000);
    vec![
        Nobody.is_told(
            403,
            "refused-403-forged",
            sent("/login", "/login", &[("csrf", "forged")]),
            "out of date",
        ),
        Nobody.is_told(404, "refused-404", at("/nowhere"), "Not found"),
        Buyer.is_told(
            404,
            "refused-404-signed-in",
            at("/listings/lst_unknown"),
            "Not found",
        ),
        Nobody.is_told(405, "refused-405", at("/logout"), "Method not allowed"),
        Buyer.is_told(
            409,
            "refused-409-order",
            sent(&order, &too_late, &[]),
            "cannot be canceled any more",
        ),
        Seller.is_told(
            409,
            "refused-409-refund",
            at(refunded),
            "Not possible right now",
        ),
        Buyer.is_told(
            410,
            "refused-410",
            sent("/tokens", &gone, &[]),
            "No longer available",
        ),
        Seller.is_told(
            413,
            "refused-413",
            sent("/sell", "/sell", &[("description", &endless)]),
            "Form too large",
        ),
    ]
}
