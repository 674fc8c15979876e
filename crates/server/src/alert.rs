//! What an operator must look into, told where operators look.

use metrics::{counter, describe_counter};
use udam_domain::PaymentAlert;

const ALERTS: &str = "udam_payment_alerts_total";

/// Tells the recorder that is installed what is counted here, and that there has been none: a monitor
/// that waits for a first one must see it come.
pub(crate) fn describe_metrics() {
    describe_counter!(ALERTS, "Payments that an operator must look into.");
    counter!(ALERTS).increment(0);
}

/// Counts an alert and logs it. The target and the message stay as they are, so that a monitor can wait
/// for them.
pub(crate) fn raise(alert: &PaymentAlert) {
    counter!(ALERTS).increment(1);
    tracing::error!(
        target: "udam::alert",
        charge = %alert.charge_id,
        finding = alert.finding,
        "a payment needs an operator"
    );
}
