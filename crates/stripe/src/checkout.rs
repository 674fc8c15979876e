//! What Stripe is told of a charge. It depends on the charge and the settings alone, so that asking
//! again for the same charge is the same request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use stripe_checkout::CheckoutSessionMode;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ProductData,
};
use udam_domain::money::Money;
use udam_domain::payment::{Charge, ChargedOrder};

use crate::amount::{self, AmountError};

/// What the line for the tab is called.
const TAB: &str = "Small orders on your tab";

/// How sessions are set up, whatever the charge.
#[derive(Debug)]
pub(crate) struct Checkout {
    /// The marketplace's address, without a last slash.
    pub(crate) public_url: String,
    /// How much longer than its charge a session lives.
    pub(crate) expiry_margin: Duration,
}

/// The name under which Stripe opens the session for a charge once.
pub(crate) fn idempotency_key(charge: &Charge) -> String {
    match &charge.order {
        Some(order) => format!("order-{}", order.id),
        None => format!("charge-{}", charge.id),
    }
}

impl Checkout {
    pub(crate) fn request(&self, charge: &Charge) -> Result<CreateCheckoutSession, AmountError> {
        let metadata = metadata(charge);
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.metadata = Some(metadata.clone());
        let (paid_url, left_url) = self.return_urls(charge);
        Ok(CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(lines(charge)?)
            .client_reference_id(match &charge.order {
                Some(order) => order.id.to_string(),
                None => charge.id.to_string(),
            })
            .metadata(metadata)
            .payment_intent_data(payment)
            .success_url(paid_url)
            .cancel_url(left_url)
            .expires_at(self.expires_at(charge)))
    }

    /// Where the buyer goes having paid, and where not having paid.
    fn return_urls(&self, charge: &Charge) -> (String, String) {
        let public_url = &self.public_url;
        match &charge.order {
            // Stripe puts the session's id in place of the braces.
            Some(ChargedOrder { id, .. }) => (
                format!("{public_url}/orders/{id}/paid?session_id={{CHECKOUT_SESSION_ID}}"),
                format!("{public_url}/orders/{id}"),
            ),
            None => (format!("{public_url}/tab"), format!("{public_url}/tab")),
        }
    }

    fn expires_at(&self, charge: &Charge) -> i64 {
        let margin = i64::try_from(self.expiry_margin.as_secs()).unwrap_or(i64::MAX);
        charge.expires_at.as_second().saturating_add(margin)
    }
}

fn metadata(charge: &Charge) -> HashMap<String, String> {
    let order = charge
        .order
        .as_ref()
        .map(|order| ("order_id".to_owned(), order.id.to_string()));
    [("charge_id".to_owned(), charge.id.to_string())]
        .into_iter()
        .chain(order)
        .collect()
}

/// What the buyer sees that they pay for. A charge for nothing has no line, and is an error.
fn lines(charge: &Charge) -> Result<Vec<CreateCheckoutSessionLineItems>, AmountError> {
    let mut lines = Vec::new();
    if let Some(order) = &charge.order {
        lines.push(line(order_name(order), order.total)?);
    }
    if charge.tab.minor() != 0 || lines.is_empty() {
        lines.push(line(TAB.to_owned(), charge.tab)?);
    }
    Ok(lines)
}

/// The units are told in the name and not as a quantity: Stripe would multiply, and has limits for
/// both factors that an order need not keep.
fn order_name(order: &ChargedOrder) -> String {
    format!("{} × {}", order.service_name, order.units)
}

fn line(name: String, total: Money) -> Result<CreateCheckoutSessionLineItems, AmountError> {
    let Ok(currency): Result<stripe_types::Currency, Infallible> =
        total.currency().code().to_ascii_lowercase().parse();
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.unit_amount = Some(amount::to_stripe(total)?);
    price.product_data = Some(ProductData::new(name));
    let mut line = CreateCheckoutSessionLineItems::new();
    line.price_data = Some(price);
    line.quantity = Some(1);
    Ok(line)
}

#[cfg(test)]
mod tests;
