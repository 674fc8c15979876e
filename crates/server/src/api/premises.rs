//! What the storefront shares with the API: allowances, counts, and the sweeps.

use std::net::IpAddr;

use actix_web::web;
use udam_domain::PlaceOrderError;
use udam_domain::account::Email;
use udam_domain::marketplace::CheckoutError;
use udam_domain::order::PlacedOrder;
use udam_domain::payment::CheckoutSession;
use udam_storefront::{Premises, Wait};

use super::rate_limit::{Pace, TooSoon};
use super::{Api, measure};

/// The API, as the storefront next to it sees it.
pub struct ApiPremises(web::Data<Api>);

impl ApiPremises {
    /// What is shared with this API.
    #[must_use]
    pub const fn new(api: web::Data<Api>) -> Self {
        Self(api)
    }
}

impl Premises for ApiPremises {
    fn admit(&self, pace: udam_storefront::Pace, peer: Option<IpAddr>) -> Result<(), Wait> {
        let pace = match pace {
            udam_storefront::Pace::Credentials => Pace::Credentials,
            udam_storefront::Pace::General => Pace::General,
        };
        self.0.limits.admit(pace, peer).map_err(wait)
    }

    fn admit_attempt(&self, email: &Email) -> Result<(), Wait> {
        self.0.limits.admit_attempt(email).map_err(wait)
    }

    fn count_order(&self, outcome: &Result<PlacedOrder, PlaceOrderError>) {
        measure::order(outcome);
    }

    fn count_checkout(&self, outcome: &Result<CheckoutSession, CheckoutError>) {
        measure::checkout(outcome);
    }

    fn sweep_soon(&self) {
        self.0.surroundings.sweeps.give();
    }
}

fn wait(TooSoon(seconds): TooSoon) -> Wait {
    Wait { seconds }
}
