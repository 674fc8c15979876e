//! Settings of payments through Stripe: all of them, or none.

use std::time::Duration;

use udam_domain::secret::Secret;
use udam_stripe::{StripeSettings, parse_api_base, parse_secret_key, parse_webhook_secrets};
use url::Url;

use crate::reader::Reader;
use crate::setting::{
    PUBLIC_URL, STRIPE_API_BASE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, Setting,
};

const OF_STRIPE: [&Setting; 3] = [&STRIPE_SECRET_KEY, &STRIPE_WEBHOOK_SECRET, &STRIPE_API_BASE];
const REQUIRED: [&Setting; 3] = [&STRIPE_SECRET_KEY, &STRIPE_WEBHOOK_SECRET, &PUBLIC_URL];

/// Time by which a session at Stripe expires later than its reservation. Stripe opens no session that expires
/// within half an hour: with this margin, a session can be opened for as long as its order awaits payment, even
/// after a crash or an outage. It is ended at Stripe when the reservation lapses.
const EXPIRY_MARGIN: Duration = Duration::from_mins(30);

/// Retries of a call to Stripe. Buyers wait for it, and so does a server that stops; the next sweep repeats it anyway.
const RETRIES: u32 = 1;

/// Settings of payments through Stripe.
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// Settings of the Stripe adapter.
    pub stripe: StripeSettings,
    /// Signing secrets of webhooks: more than one while a secret is rolled.
    pub webhook_secrets: Vec<Secret>,
}

/// `None` if no setting of Stripe's is given. Only some of them are an error: the marketplace would reject every
/// larger order, or take payments without receiving webhooks.
pub(crate) fn payments(
    reader: &mut Reader<'_>,
    public_url: Option<&Url>,
) -> Option<PaymentSettings> {
    let given: Vec<&str> = OF_STRIPE
        .into_iter()
        .filter(|setting| reader.is_given(setting))
        .map(|setting| setting.name)
        .collect();
    if given.is_empty() {
        return None;
    }
    for setting in REQUIRED {
        if !reader.is_given(setting) {
            let Setting { name, example, .. } = setting;
            reader.conflict(format_args!(
                "{name} is missing, though {} set; set it as well, such as {name}={example}, or \
                 set none of Stripe's, and orders that need a payment are turned away",
                are(&given)
            ));
        }
    }
    let secret_key = reader.optional(&STRIPE_SECRET_KEY, parse_secret_key);
    let webhook_secrets = reader.optional(&STRIPE_WEBHOOK_SECRET, parse_webhook_secrets);
    let api_base = reader.optional(&STRIPE_API_BASE, parse_api_base);
    Some(PaymentSettings {
        stripe: StripeSettings {
            api_base,
            expiry_margin: EXPIRY_MARGIN,
            retries: RETRIES,
            ..StripeSettings::new(secret_key?, public_url?.clone())
        },
        webhook_secrets: webhook_secrets?,
    })
}

fn are(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(" and "))
}
