//! Counters. Labels come from a bounded set: a client cannot make up new ones.

use metrics::{counter, describe_counter};
use udam_domain::order::PlacedOrder;
use udam_domain::payment::CheckoutSession;
use udam_domain::{
    Applied, CheckoutError, MarketplaceMetrics, PaymentAlert, PlaceOrderError, ReceiveEventError,
};
use udam_web::raise_alert;

use super::problem::{ApiError, Classify};

const ORDERS: &str = "udam_orders_total";
const CHECKOUTS: &str = "udam_checkouts_total";
const WEBHOOKS: &str = "udam_webhooks_total";

/// Describes the counters to the installed recorder.
pub fn describe_metrics() {
    describe_counter!(ORDERS, "Orders asked for, by what came of them.");
    describe_counter!(CHECKOUTS, "Buyers to be sent to pay, by what came of it.");
    describe_counter!(WEBHOOKS, "Webhooks received, by what came of them.");
}

/// Counters of orders, checkouts and webhooks by outcome, in the installed `metrics` recorder. Outcomes
/// are the codes of the problems that clients see.
#[derive(Debug, Clone, Copy)]
pub struct RecorderMetrics;

impl MarketplaceMetrics for RecorderMetrics {
    fn order_placed(&self, outcome: &Result<PlacedOrder, PlaceOrderError>) {
        let name = match outcome {
            Ok(placed) if placed.replayed => "replayed",
            Ok(_) => "placed",
            Err(error) => error.code().name(),
        };
        counter!(ORDERS, "outcome" => name).increment(1);
    }

    fn checkout_opened(&self, outcome: &Result<CheckoutSession, CheckoutError>) {
        if let Err(CheckoutError::Refused {
            alert: Some(alert), ..
        }) = outcome
        {
            raise_alert(alert);
        }
        let name = match outcome {
            Ok(_) => "sent",
            Err(error) => error.code().name(),
        };
        counter!(CHECKOUTS, "outcome" => name).increment(1);
    }

    fn event_received(&self, outcome: &Result<Applied, ReceiveEventError>) {
        webhook(match outcome {
            Ok(Applied::Done) => "done",
            Ok(Applied::Repeated) => "repeated",
            Ok(Applied::Ignored) => "ignored",
            Ok(Applied::Alert(_)) => "alert",
            Err(error) => error.code().name(),
        });
    }

    fn alert_raised(&self, alert: &PaymentAlert) {
        raise_alert(alert);
    }
}

/// Counts a webhook that was rejected before its event was read.
pub(super) fn unread_webhook(error: &ApiError) {
    webhook(error.problem.code().name());
}

fn webhook(outcome: &'static str) {
    counter!(WEBHOOKS, "outcome" => outcome).increment(1);
}
