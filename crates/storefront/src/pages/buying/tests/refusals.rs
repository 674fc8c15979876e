use super::*;

async fn refused(rejection: Rejection) -> Received {
    let mut store = store();
    store
        .mocks
        .orders
        .expect_place()
        .returning(move |_| Err(PlaceOrderError::Rejected(rejection)));
    buy(store, "3").await
}

#[actix_web::test]
async fn a_refusal_links_to_what_has_to_be_paid_or_canceled_first() {
    let carrier = order(OrderState::AwaitingPayment).id;
    for (rejection, link) in [
        (
            Rejection::TabInCheckout(TabCarrier::Order(carrier)),
            format!("pay or cancel that order first. <a href=\"{ORDER}\">View that order</a>"),
        ),
        (
            Rejection::TabInCheckout(TabCarrier::Tab),
            "finish the payment of your tab first. <a href=\"/tab\">View your tab</a>".to_owned(),
        ),
        (
            Rejection::TooManyOpenCheckouts { most: 1 },
            "first. <a href=\"/orders\">View your orders</a>".to_owned(),
        ),
    ] {
        let page = Box::pin(refused(rejection)).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.html.contains(&link), "{link} in {}", page.html);
    }
    let page = Box::pin(refused(Rejection::TotalTooLarge)).await;
    assert!(
        page.html.contains("order fewer units.</p>"),
        "{}",
        page.html
    );
}
