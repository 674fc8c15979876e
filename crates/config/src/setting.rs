//! All settings, by name.

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the environment.
    pub name: &'static str,
    /// Valid value, as an example in messages.
    pub example: &'static str,
    /// Meaning and default, for the help.
    pub meaning: &'static str,
}

/// Prefix of our environment variables. A variable with it that is no setting is taken for a misspelled one.
pub const PREFIX: &str = "UDAM_";

macro_rules! settings {
    ($($constant:ident = $name:literal, $example:literal, $meaning:literal;)*) => {
        $(pub(crate) const $constant: Setting =
            Setting { name: $name, example: $example, meaning: $meaning };)*

        /// All settings, in the order in which help lists them.
        pub const ALL: &[Setting] = &[$($constant),*];
    };
}

settings! {
    DATABASE_URL = "DATABASE_URL", "postgres://udam:password@localhost/udam",
        "The database. Required.";
    DATABASE_POOLING = "UDAM_DATABASE_POOLING", "transaction",
        "What DATABASE_URL leads to: session, or transaction for PgBouncer in that mode. [session]";
    DATABASE_WAIT = "UDAM_DATABASE_WAIT", "60s",
        "Longest wait of `udam serve` for its database at the start. [60s]";
    SLOW_STATEMENT = "UDAM_SLOW_STATEMENT", "1s",
        "Time from which a statement of the database is logged as slow. 0s for never. [1s]";
    READ_DATABASE_URL = "UDAM_READ_DATABASE_URL", "postgres://udam:password@standby/udam",
        "A standby of the database, from which visitors who are not signed in read the catalogue. [none]";
    READ_MAX_LAG = "UDAM_READ_MAX_LAG", "5s",
        "Longest delay of that standby; the catalogue is read from the primary beyond it. [5s]";
    MASTER_KEYS = "UDAM_MASTER_KEYS", "@/etc/udam/master.keys",
        "The keys that sellers' keys are sealed under, or @ and a file that holds them. Required.";
    LISTEN = "UDAM_LISTEN", "127.0.0.1:8080",
        "Address that clients connect to. [127.0.0.1:8080]";
    ADMIN_LISTEN = "UDAM_ADMIN_LISTEN", "127.0.0.1:9090",
        "Address of /metrics and /readyz, for operators. [127.0.0.1:9090; with the rest in `udam dev`]";
    GATEWAY_LISTEN = "UDAM_GATEWAY_LISTEN", "0.0.0.0:8081",
        "Address that calls through the gateway come to as well. [they come to UDAM_LISTEN alone]";
    PUBLIC_URL = "UDAM_PUBLIC_URL", "https://market.example.com",
        "URL at which buyers reach the marketplace. Required to take payments. [none]";
    TRUSTED_PROXIES = "UDAM_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8",
        "Proxies whose X-Forwarded-For is believed: addresses or networks, with commas between. [none]";
    CURRENCY = "UDAM_CURRENCY", "USD",
        "Currency of all prices and payments. [USD]";
    SMALL_ORDER_LIMIT = "UDAM_SMALL_ORDER_LIMIT", "5.00",
        "Orders below this total are fulfilled at once, on the buyer's tab. [5.00]";
    TAB_LIMIT = "UDAM_TAB_LIMIT", "25.00",
        "Largest tab: what a buyer may owe for such orders. [25.00]";
    NEW_TAB_LIMIT = "UDAM_NEW_TAB_LIMIT", "5.00",
        "Largest tab of a buyer who has never paid. [5.00]";
    NEW_TAB_PER_ADDRESS = "UDAM_NEW_TAB_PER_ADDRESS", "15.00",
        "What such buyers of one address may put on their tabs in a day, all together. [15.00]";
    TAB_DUE = "UDAM_TAB_DUE", "30d",
        "Time after which an unpaid tab takes no more orders. [30d]";
    OPEN_CHECKOUTS = "UDAM_OPEN_CHECKOUTS", "5",
        "Most orders of one buyer that may await payment at once; also of all buyers of one address who have never \
         paid. [5]";
    NEW_OPEN_CHECKOUTS = "UDAM_NEW_OPEN_CHECKOUTS", "1",
        "Most orders of a buyer who has never paid that may await payment at once. [1]";
    CHECKOUTS_PER_HOUR = "UDAM_CHECKOUTS_PER_HOUR", "30",
        "Most checkouts of a buyer that are opened at the payment provider in an hour; also of all buyers of one address who \
         have never paid. 0 for any number. [30]";
    HOLD_PAUSE = "UDAM_HOLD_PAUSE", "1m",
        "Time for which a buyer who let a hold go may not hold that listing again; it doubles up to a day. 0s for \
         none. [1m]";
    NEW_LISTINGS_PER_DAY = "UDAM_NEW_LISTINGS_PER_DAY", "50",
        "Most listings that an account publishes in a day that is new: younger than 30 days, and without any payment \
         of or to it. [50]";
    PRIVATE_ENDPOINTS = "UDAM_PRIVATE_ENDPOINTS", "refuse",
        "Services on private networks or without TLS, for a marketplace inside one: refuse, or allow. [refuse]";
    CALLS_KEPT = "UDAM_CALLS_KEPT", "90d",
        "Time for which records of calls are kept, in whole days; at least a day. [90d]";
    RESERVATION_TTL = "UDAM_RESERVATION_TTL", "30m",
        "Time for which units are held for an order that awaits payment. [30m]";
    INQUIRIES = "UDAM_INQUIRIES", "ignore",
        "What an inquiry of a buyer's bank does to tokens until it ends: ignore, or suspend. [ignore]";
    TOKEN_TTL = "UDAM_TOKEN_TTL", "30d",
        "Lifetime of a token. [30d]";
    SESSION_TTL = "UDAM_SESSION_TTL", "30d",
        "Longest lifetime of a session. [30d]";
    SESSION_IDLE_TTL = "UDAM_SESSION_IDLE_TTL", "7d",
        "Time after which an unused session ends. [7d]";
    RECONCILE_INTERVAL = "UDAM_RECONCILE_INTERVAL", "30s",
        "Time between sweeps of unfinished payments and lapsed reservations. [30s]";
    RATE_LIMIT = "UDAM_RATE_LIMIT", "on",
        "Rate limits for clients: on or off. [on]";
    ORDER_BATCH = "UDAM_ORDER_BATCH", "256",
        "Largest number of orders placed in one transaction. [256]";
    WORKERS = "UDAM_WORKERS", "4",
        "Number of threads that serve requests. [one per processor]";
    STOP_DELAY = "UDAM_STOP_DELAY", "10s",
        "Time for which a server that was told to stop serves on, while /readyz says so. [0s]";
    STRIPE_SECRET_KEY = "STRIPE_SECRET_KEY", "sk_live_...",
        "Stripe's secret key. Without it, orders that need a payment are turned away. [none]";
    STRIPE_WEBHOOK_SECRET = "STRIPE_WEBHOOK_SECRET", "whsec_...",
        "Signing secret of Stripe's webhooks; two, separated by a comma, while one is rolled. [none]";
    STRIPE_API_BASE = "STRIPE_API_BASE", "https://api.stripe.com",
        "Base URL of Stripe's API. [https://api.stripe.com]";
    SMTP_URL = "UDAM_SMTP_URL", "smtps://user:password@mail.example.com",
        "Server that mail is handed to: smtps://, or smtp:// with STARTTLS. Without it, no mail is sent. [none]";
    SMTP_CA = "UDAM_SMTP_CA", "/etc/udam/mail-ca.pem",
        "File of certificates in PEM that the mail server is trusted by, besides those of the operating system. [none]";
    MAIL_FROM = "UDAM_MAIL_FROM", "Data Market <market@example.com>",
        "Who mail is from. Required with UDAM_SMTP_URL. [none]";
    MAIL_TEMPLATES = "UDAM_MAIL_TEMPLATES", "/etc/udam/mail",
        "Directory with templates of mails, each in place of the one of its name that comes with UDAM. [none]";
    LOG = "RUST_LOG", "info",
        "Log level: error, warn, info, debug or trace, or levels by module. [info]";
}

impl Setting {
    /// Its name in a settings file: without the prefix, in lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.name
            .strip_prefix(PREFIX)
            .unwrap_or(self.name)
            .to_ascii_lowercase()
    }
}

/// The known name nearest to a misspelled one, if it is near enough.
pub(crate) fn nearest(mistyped: &str, known: impl Iterator<Item = String>) -> Option<String> {
    // A prefix too many, or too few, is no distance at all.
    let distance =
        |name: &str| strsim::damerau_levenshtein(without_prefix(mistyped), without_prefix(name));
    let (distance, name) = known.map(|name| (distance(&name), name)).min()?;
    (distance <= without_prefix(&name).len().div_ceil(2)).then_some(name)
}

fn without_prefix(name: &str) -> &str {
    name.strip_prefix(PREFIX).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> impl Iterator<Item = String> {
        ALL.iter().map(|setting| setting.name.to_owned())
    }

    #[test]
    fn a_file_calls_a_setting_by_its_name_without_the_prefix_in_lower_case() {
        assert_eq!(LISTEN.key(), "listen");
        assert_eq!(DATABASE_URL.key(), "database_url");
        assert_eq!(STRIPE_SECRET_KEY.key(), "stripe_secret_key");
        assert_eq!(LOG.key(), "rust_log");
    }

    #[test]
    fn a_mistyped_name_suggests_the_nearest_one() {
        let meant = |name| nearest(name, names());
        assert_eq!(meant("UDAM_LISTNE").as_deref(), Some("UDAM_LISTEN"));
        assert_eq!(meant("UDAM_TAB_LIMT").as_deref(), Some("UDAM_TAB_LIMIT"));
        assert_eq!(meant("UDAM_DATABASE_URL").as_deref(), Some("DATABASE_URL"));
        assert_eq!(
            meant("UDAM_DATABASE_WIAT").as_deref(),
            Some("UDAM_DATABASE_WAIT")
        );
    }

    #[test]
    fn a_name_like_none_leads_nowhere() {
        assert_eq!(nearest("UDAM_FAVOURITE_COLOUR", names()), None);
    }
}
