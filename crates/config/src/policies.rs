//! Settings of policies, and the rules between them.

use std::num::NonZeroUsize;

use udam_domain::money::{Currency, Money};
use udam_domain::policy::{
    CallPolicy, ChargeLimits, Checkout, CreditTerms, Endpoints, HoldTerms, Inquiries,
    ListingPolicy, NewListingTerms, OrderPolicy, OrderPolicyError, OrderTerms, SessionPolicy,
    Verification,
};
use udam_domain::time::SignedDuration;
use udam_postgres::PgOrderStore;

use crate::count;
use crate::duration;
use crate::reader::Reader;
use crate::setting::{
    CALLS_KEPT, CHECKOUTS_PER_HOUR, CURRENCY, HOLD_PAUSE, INQUIRIES, NEW_LISTINGS_PER_DAY,
    NEW_OPEN_CHECKOUTS, NEW_TAB_LIMIT, NEW_TAB_PER_ADDRESS, OPEN_CHECKOUTS, ORDER_BATCH,
    PRIVATE_ENDPOINTS, RESERVATION_TTL, SESSION_IDLE_TTL, SESSION_TTL, SMALL_ORDER_LIMIT, Setting,
    TAB_DUE, TAB_LIMIT, TOKEN_TTL,
};

/// Defaults in minor units: 5.00, 25.00, 5.00 and 15.00 dollars, or 500, 2,500, 500 and 1,500 yen.
const SMALL_ORDER_LIMIT_MINOR: i64 = 500;
const TAB_LIMIT_MINOR: i64 = 2_500;
const NEW_TAB_LIMIT_MINOR: i64 = 500;
const NEW_TAB_PER_ADDRESS_MINOR: i64 = 1_500;

/// Default number of orders that a buyer may have awaiting payment.
const MOST_OPEN_CHECKOUTS: u32 = 5;

/// Default number of listings that a new account may publish in a day, and the age up to which it is new.
const NEW_LISTINGS: u32 = 50;
const NEW_SELLER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Default number of checkouts in an hour, and the largest: their times are kept.
const MOST_CHECKOUTS: u32 = 30;
const LARGEST_CHECKOUTS: u32 = 1_000;

/// Largest order batch; no more callers than this wait at once.
const MOST_ORDERS: usize = 1024;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Default reservation.
const RESERVATION: SignedDuration = SignedDuration::from_mins(30);

/// Shortest reservation in development, where no provider has a limit.
#[cfg(feature = "dev")]
const SHORTEST_IN_DEVELOPMENT: SignedDuration = SignedDuration::from_secs(1);

/// Shortest idle time: the last use of a session is recorded this coarsely, and less would end sessions in use.
const SHORTEST_IDLE: SignedDuration =
    SignedDuration::from_secs(2 * SessionPolicy::TOUCH_INTERVAL.as_secs());

/// Bounds of reservations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reservations {
    /// Those of the payment provider.
    AsProvidersAllow,
    /// Shorter ones as well, to see them lapse without waiting.
    #[cfg(feature = "dev")]
    OrShorter,
}

impl Reservations {
    /// Addresses that services may have unless the settings say: in development, sellers' services are on this machine.
    const fn endpoints(self) -> Endpoints {
        match self {
            Self::AsProvidersAllow => Endpoints::Public,
            #[cfg(feature = "dev")]
            Self::OrShorter => Endpoints::Any,
        }
    }

    /// Smallest and largest charge, and shortest and longest checkout.
    fn limits(self, currency: Currency) -> ChargeLimits {
        let limits = udam_stripe::charge_limits(currency);
        match self {
            Self::AsProvidersAllow => limits,
            #[cfg(feature = "dev")]
            Self::OrShorter => ChargeLimits {
                shortest_hold: SHORTEST_IN_DEVELOPMENT,
                ..limits
            },
        }
    }
}

/// The policy; `None` with a recorded error if the settings make none. Without `limit_clients`, buyers are not
/// limited by their addresses.
pub(crate) fn order_policy(
    reader: &mut Reader<'_>,
    reservations: Reservations,
    limit_clients: bool,
) -> Option<OrderPolicy> {
    let currency = reader.or(&CURRENCY, Currency::USD, str::parse);
    let ((small_order_limit, tab_limit), comparable) = reader.together(|reader| {
        let small = limit(
            reader,
            &SMALL_ORDER_LIMIT,
            SMALL_ORDER_LIMIT_MINOR,
            currency,
        );
        (small, limit(reader, &TAB_LIMIT, TAB_LIMIT_MINOR, currency))
    });
    let terms = OrderTerms {
        small_order_limit,
        tab_limit,
        inquiries: reader.or(&INQUIRIES, Inquiries::default(), inquiries),
        reservation_ttl: reader.or(&RESERVATION_TTL, RESERVATION, duration::parse),
        token_ttl: reader.or(&TOKEN_TTL, DAY * 30, duration::parse),
        checkout: Checkout::Unavailable,
        charges: reservations.limits(currency),
        credit: credit_terms(reader, currency, limit_clients),
        holds: hold_terms(reader, limit_clients),
    };
    if comparable && tab_limit.minor() > 0 && small_order_limit.minor() > tab_limit.minor() {
        reader.conflict(format_args!(
            "{} ({small_order_limit}) is above {} ({tab_limit}), so that no tab could bear such \
             an order; raise the one or lower the other",
            SMALL_ORDER_LIMIT.name, TAB_LIMIT.name,
        ));
    }
    let most_on_tab = terms.charges.largest_tab();
    if comparable && tab_limit.minor() > most_on_tab.minor() {
        reader.conflict(format_args!(
            "{} ({tab_limit}) must be at most {most_on_tab}, so that one payment can clear a tab",
            TAB_LIMIT.name,
        ));
    }
    let allowed = terms.charges.shortest_hold..=terms.charges.longest_hold;
    if !allowed.contains(&terms.reservation_ttl) {
        reader.conflict(format_args!(
            "{} ({}) must be from {} to {}, which is how long payment providers keep a checkout \
             open",
            RESERVATION_TTL.name,
            duration::show(terms.reservation_ttl),
            duration::show(*allowed.start()),
            duration::show(*allowed.end()),
        ));
    }
    match OrderPolicy::new(terms) {
        Ok(policy) => Some(policy),
        // Recorded above, by the names of the settings.
        Err(
            OrderPolicyError::SmallOrderAboveTab
            | OrderPolicyError::TabAboveCharge { .. }
            | OrderPolicyError::ReservationOutOfRange { .. },
        ) => None,
        Err(error) => {
            reader.conflict(error);
            None
        }
    }
}

fn credit_terms(reader: &mut Reader<'_>, currency: Currency, limit_clients: bool) -> CreditTerms {
    let per_address = limit(
        reader,
        &NEW_TAB_PER_ADDRESS,
        NEW_TAB_PER_ADDRESS_MINOR,
        currency,
    );
    CreditTerms {
        new_tab_limit: limit(reader, &NEW_TAB_LIMIT, NEW_TAB_LIMIT_MINOR, currency),
        new_tabs_per_network: limit_clients.then_some(per_address),
        tab_due: reader.or(&TAB_DUE, DAY * 30, duration::parse),
        verification: Verification::Impossible,
    }
}

fn hold_terms(reader: &mut Reader<'_>, limit_clients: bool) -> HoldTerms {
    let open_checkouts = reader.or(&OPEN_CHECKOUTS, MOST_OPEN_CHECKOUTS, at_least_one);
    let sessions = reader.or(&CHECKOUTS_PER_HOUR, MOST_CHECKOUTS, checkouts);
    let sessions = (sessions > 0).then_some(sessions);
    HoldTerms {
        open_checkouts,
        new_open_checkouts: reader.or(&NEW_OPEN_CHECKOUTS, 1, at_least_one),
        new_open_checkouts_per_network: limit_clients.then_some(open_checkouts),
        sessions_per_hour: sessions,
        new_sessions_per_hour_per_network: sessions.filter(|_| limit_clients),
        pause: reader.or(
            &HOLD_PAUSE,
            SignedDuration::from_mins(1),
            duration::parse_or_zero,
        ),
    }
}

/// The policy of listings in this currency.
pub(crate) fn listing_policy(
    reader: &mut Reader<'_>,
    reservations: Reservations,
    currency: Currency,
) -> ListingPolicy {
    ListingPolicy {
        currency,
        endpoints: reader.or(
            &PRIVATE_ENDPOINTS,
            reservations.endpoints(),
            private_endpoints,
        ),
        new_listings: NewListingTerms {
            per_day: reader.or(&NEW_LISTINGS_PER_DAY, NEW_LISTINGS, at_least_one),
            new_for: NEW_SELLER,
        },
    }
}

fn checkouts(text: &str) -> Result<u32, String> {
    let count = text
        .parse()
        .ok()
        .filter(|count| *count <= LARGEST_CHECKOUTS);
    count.ok_or_else(|| format!("must be a whole number from 0 to {LARGEST_CHECKOUTS}"))
}

fn at_least_one(text: &str) -> Result<u32, &'static str> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or("must be a whole number of at least 1")
}

fn inquiries(text: &str) -> Result<Inquiries, &'static str> {
    text.parse().map_err(|_unknown| "must be ignore or suspend")
}

fn limit(reader: &mut Reader<'_>, setting: &Setting, default: i64, currency: Currency) -> Money {
    reader.or(setting, Money::new(default, currency), |text| {
        Money::parse(text, currency).map_err(|error| error.to_string())
    })
}

pub(crate) fn call_policy(reader: &mut Reader<'_>) -> CallPolicy {
    let kept = reader.or(&CALLS_KEPT, CallPolicy::default().kept, duration::parse);
    if kept < DAY {
        reader.conflict(format_args!(
            "{} ({}) must be at least a day: records of calls are forgotten by the day",
            CALLS_KEPT.name,
            duration::show(kept),
        ));
    }
    CallPolicy {
        kept,
        ..CallPolicy::default()
    }
}

fn private_endpoints(text: &str) -> Result<Endpoints, &'static str> {
    match text {
        "refuse" => Ok(Endpoints::Public),
        "allow" => Ok(Endpoints::Any),
        _ => Err("must be refuse or allow"),
    }
}

pub(crate) fn order_batch(reader: &mut Reader<'_>) -> NonZeroUsize {
    reader.or(&ORDER_BATCH, PgOrderStore::BATCH, |text| {
        count::up_to(MOST_ORDERS, text)
    })
}

pub(crate) fn session_policy(reader: &mut Reader<'_>) -> SessionPolicy {
    let ((ttl, idle_ttl), comparable) = reader.together(|reader| {
        let ttl = reader.or(&SESSION_TTL, DAY * 30, duration::parse);
        // Who makes sessions shorter than the usual idle time wants just that.
        let idle_ttl = reader.or(&SESSION_IDLE_TTL, ttl.min(DAY * 7), duration::parse);
        (ttl, idle_ttl)
    });
    if comparable && idle_ttl > ttl {
        reader.conflict(format_args!(
            "{} ({}) is above {} ({}), so that no session would ever be idle for too long; raise \
             the one or lower the other",
            SESSION_IDLE_TTL.name,
            duration::show(idle_ttl),
            SESSION_TTL.name,
            duration::show(ttl),
        ));
    }
    if idle_ttl < SHORTEST_IDLE {
        reader.conflict(format_args!(
            "{} (or {}) must be at least {}: a session's use is noted only so often, and a \
             shorter time would end sessions that are in use",
            SESSION_IDLE_TTL.name,
            SESSION_TTL.name,
            duration::show(SHORTEST_IDLE),
        ));
    }
    SessionPolicy { ttl, idle_ttl }
}
