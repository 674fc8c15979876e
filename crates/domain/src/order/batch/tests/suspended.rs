use super::*;

#[test]
fn suspended_buyers_and_listings_are_refused_and_what_a_key_has_placed_is_returned() {
    let suspended = Outcome::Reject(Rejection::Suspended);
    let mut of_listing = batch().with_suspended([listing_id(1)], []);
    assert_eq!(place(&mut of_listing, &order(7, 1)), suspended);
    let other = PlaceOrder {
        listing_id: listing_id(2),
        ..order(8, 1)
    };
    placed(place(&mut of_listing, &other));
    let mut of_buyer = batch().with_suspended([], [account_id(BUYER)]);
    assert_eq!(place(&mut of_buyer, &other), suspended);
    placed(of_buyer.place(&other, account_id(OTHER_BUYER), &policy()));
    let prior = PriorOrder {
        order_id: order_id(6),
        listing_id: listing_id(1),
        units: units(1),
    };
    let key = (account_id(BUYER), "k".parse().unwrap());
    let mut repeated = batch_after([(key, prior)]).with_suspended([listing_id(1)], []);
    let outcome = place(&mut repeated, &keyed(9, 1, "k"));
    assert_eq!(outcome, Outcome::Replay(order_id(6)));
}
