//! What it takes to have orders paid through Stripe: all of it, or none.

use std::time::Duration;

use udam_domain::secret::Secret;
use udam_stripe::StripeSettings;
use url::Url;

use super::reader::Reader;
use super::setting::{
    PUBLIC_URL, STRIPE_API_BASE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, Setting,
};

const OF_STRIPE: [&Setting; 3] = [&STRIPE_SECRET_KEY, &STRIPE_WEBHOOK_SECRET, &STRIPE_API_BASE];
const REQUIRED: [&Setting; 3] = [&STRIPE_SECRET_KEY, &STRIPE_WEBHOOK_SECRET, &PUBLIC_URL];

/// How much longer a session lives at Stripe than its reservation. Stripe opens none that would end
/// within half an hour: with this, it can be told of an order for as long as the order waits, however
/// late a crash or an outage has made it. A session is ended at Stripe when its reservation lapses.
const EXPIRY_MARGIN: Duration = Duration::from_mins(30);

/// How often a call to Stripe is repeated. Buyers wait for it, and so does a server that stops; the
/// next sweep asks again anyway.
const RETRIES: u32 = 1;

/// Settings of payments through Stripe.
#[derive(Debug, Clone)]
pub struct PaymentSettings {
    /// Settings of the Stripe adapter.
    pub stripe: StripeSettings,
    /// Signing secrets of webhooks: more than one while a secret is rolled.
    pub webhook_secrets: Vec<Secret>,
}

/// Nothing, if no setting of Stripe's is given. With only some of them, a marketplace would quietly
/// turn every larger order away, or take payments and never hear of them.
pub(super) fn payments(
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
    let secret_key = reader.optional(&STRIPE_SECRET_KEY, secret_key);
    let webhook_secrets = reader.optional(&STRIPE_WEBHOOK_SECRET, webhook_secrets);
    let api_base = reader.optional(&STRIPE_API_BASE, api_base);
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

fn secret_key(text: &str) -> Result<Secret, &'static str> {
    let is_key = text.bytes().all(|byte| byte.is_ascii_graphic())
        && ["sk_", "rk_"]
            .iter()
            .any(|prefix| text.strip_prefix(prefix).is_some_and(|key| !key.is_empty()));
    is_key
        .then(|| Secret::new(text.to_owned()))
        .ok_or("must be a secret or restricted key of Stripe's, which starts with sk_ or rk_")
}

fn webhook_secrets(text: &str) -> Result<Vec<Secret>, &'static str> {
    let secret = |text: &str| {
        let rest = text.strip_prefix("whsec_")?;
        (!rest.is_empty()).then(|| Secret::new(text.to_owned()))
    };
    text.split(',')
        .map(|text| secret(text.trim()))
        .collect::<Option<_>>()
        .ok_or("must be signing secrets of Stripe's, which start with whsec_, with commas between")
}

fn api_base(text: &str) -> Result<Url, &'static str> {
    Url::parse(text)
        .ok()
        .filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        })
        .ok_or("must be an http or https address without a query or a user name")
}
