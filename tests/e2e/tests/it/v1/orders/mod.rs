//! Orders.

pub(crate) mod cancel;
pub(crate) mod checkout;
pub(crate) mod complaint;
pub(crate) mod find;
pub(crate) mod idempotency;
pub(crate) mod list;
pub(crate) mod place;
pub(crate) mod price_guard;
pub(crate) mod refund;
pub(crate) mod terms;

use serde_json::Value;

use crate::assertions::{assert_fields, assert_id, assert_timestamp};

#[track_caller]
pub(crate) fn assert_order(order: &Value, expected: &Value) {
    let fields = [
        "id",
        "order_id",
        "listing_id",
        "service_name",
        "units",
        "price_per_unit",
        "total_price",
        "refunded_amount",
        "currency",
        "status",
        "payment_requires_confirmation",
        "payment_url",
        "token_id",
        "paid_at",
        "expires_at",
        "created_at",
    ];
    assert_fields(order, &fields);
    assert_id(&order["id"], "ord");
    assert_eq!(order["order_id"], order["id"]);
    assert_id(&order["listing_id"], "lst");
    assert_id(&order["token_id"], "tok");
    assert_timestamp(&order["created_at"]);
    // Without a payment provider no order awaits payment.
    assert_eq!(order["payment_requires_confirmation"], false);
    assert_eq!(
        (&order["payment_url"], &order["expires_at"]),
        (&Value::Null, &Value::Null)
    );
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&order[name], value, "{name}");
    }
}
