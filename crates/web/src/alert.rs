use metrics::{counter, describe_counter};
use udam_domain::PaymentAlert;
use udam_domain::payment::AlertKind;

const ALERTS: &str = "udam_payment_alerts_total";

/// Describes the counter of alerts to the installed recorder, and sets it to zero: a monitor that waits
/// for the first alert must see the counter rise.
pub fn describe_alert_metrics() {
    describe_counter!(ALERTS, "Payments that an operator must look into.");
    counter!(ALERTS).increment(0);
}

/// Counts an alert and logs it. Targets and messages are stable, so that a monitor can match them.
pub fn raise_alert(alert: &PaymentAlert) {
    counter!(ALERTS).increment(1);
    if alert.kind == AlertKind::Complaint {
        // No error of the server's, and what the buyer writes is for the operator alone.
        tracing::warn!(
            target: "udam::alert",
            kind = %alert.kind,
            subject = alert.subject,
            "a buyer complains about an order"
        );
        return;
    }
    tracing::error!(
        target: "udam::alert",
        kind = %alert.kind,
        subject = alert.subject,
        charge = alert.charge_id.map(tracing::field::display),
        finding = alert.finding,
        "a payment needs an operator"
    );
}
