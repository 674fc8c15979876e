//! The request that opens a Checkout session. It depends only on the charge and the settings, so that a
//! repeat for the same charge is the same request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use stripe_checkout::CheckoutSessionMode;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ProductData,
};
use udam_domain::money::Money;
use udam_domain::payment::{Charge, ChargedOrder};

use crate::amount::{self, AmountError};

/// Name of the line item for the tab.
const TAB_NAME: &str = "Small orders on your tab";

/// Public URL and expiry margin that Checkout sessions are requested with.
#[derive(Debug)]
pub(crate) struct Checkout {
    /// Public URL of the marketplace, without a trailing slash.
    pub(crate) public_url: String,
    /// Time by which a session expires later than its charge.
    pub(crate) expiry_margin: Duration,
}

impl Checkout {
    /// Idempotency key under which Stripe opens one session for a charge. It changes with the public URL, of which the
    /// request has addresses: under one key, Stripe refuses a request that differs. A session that was opened with
    /// another URL, and whose response was lost, is known to nobody, and ends by itself. The key of a tab begins with
    /// `tab` since its buyer returns to the page of the payment; before, it began with `charge`.
    pub(crate) fn idempotency_key(&self, charge: &Charge) -> String {
        let digest = digest(&SHA256, self.public_url.as_bytes());
        let hex = |byte: &u8| format!("{byte:02x}");
        let url: String = digest.as_ref().iter().take(4).map(hex).collect();
        match &charge.order {
            Some(order) => format!("order-{}-{url}", order.id),
            None => format!("tab-{}-{url}", charge.id),
        }
    }

    pub(crate) fn request(&self, charge: &Charge) -> Result<CreateCheckoutSession, AmountError> {
        let metadata = metadata(charge);
        let mut payment = CreateCheckoutSessionPaymentIntentData::new();
        payment.metadata = Some(metadata.clone());
        let (success_url, cancel_url) = self.redirect_urls(charge);
        Ok(CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(line_items(charge)?)
            .client_reference_id(match &charge.order {
                Some(order) => order.id.to_string(),
                None => charge.id.to_string(),
            })
            .metadata(metadata)
            .payment_intent_data(payment)
            .success_url(success_url)
            .cancel_url(cancel_url)
            .expires_at(self.expires_at(charge)))
    }

    /// Success URL and cancel URL.
    fn redirect_urls(&self, charge: &Charge) -> (String, String) {
        let public_url = &self.public_url;
        match &charge.order {
            // Stripe replaces the placeholder by the session's id.
            Some(ChargedOrder { id, .. }) => (
                format!("{public_url}/orders/{id}/paid?session_id={{CHECKOUT_SESSION_ID}}"),
                format!("{public_url}/orders/{id}"),
            ),
            None => (
                format!(
                    "{public_url}/tab/payments/{}/paid?session_id={{CHECKOUT_SESSION_ID}}",
                    charge.id
                ),
                format!("{public_url}/tab"),
            ),
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

/// Line items, as the buyer sees them. A charge without an order and with an empty tab is an error.
fn line_items(charge: &Charge) -> Result<Vec<CreateCheckoutSessionLineItems>, AmountError> {
    let mut items = Vec::new();
    if let Some(order) = &charge.order {
        items.push(line_item(order_name(order), order.total)?);
    }
    if charge.tab.minor() != 0 || items.is_empty() {
        items.push(line_item(TAB_NAME.to_owned(), charge.tab)?);
    }
    Ok(items)
}

/// The name has the units, and the quantity is 1: Stripe limits both the quantity and the unit amount, which
/// an order does not.
fn order_name(order: &ChargedOrder) -> String {
    format!("{} × {}", order.service_name, order.units)
}

fn line_item(name: String, total: Money) -> Result<CreateCheckoutSessionLineItems, AmountError> {
    let Ok(currency): Result<stripe_types::Currency, Infallible> =
        total.currency().code().to_ascii_lowercase().parse();
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.unit_amount = Some(amount::to_stripe(total)?);
    price.product_data = Some(ProductData::new(name));
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(1);
    Ok(item)
}

#[cfg(test)]
mod tests;
