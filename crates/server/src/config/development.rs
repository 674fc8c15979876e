//! The settings of `udam dev`.

use std::net::SocketAddr;

use tracing_subscriber::EnvFilter;
use udam_crypto::MasterKeys;

use super::policies::Reservations;
use super::reader::Reader;
use super::setting::{
    DATABASE_URL, STRIPE_API_BASE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, Setting,
};
use super::settings::MarketplaceSettings;
use super::sources::{Sources, marketplace};
use super::{ConfigError, http, logging, secrets};

/// The settings that `udam dev` does not use: it has a database and a payment provider of its own.
const UNUSED: [&Setting; 4] = [
    &DATABASE_URL,
    &STRIPE_SECRET_KEY,
    &STRIPE_WEBHOOK_SECRET,
    &STRIPE_API_BASE,
];

/// The settings of `udam dev`.
#[derive(Debug)]
pub struct DevSettings {
    /// As in production.
    pub marketplace: MarketplaceSettings,
    /// Master keys to use instead of the data directory's.
    pub master_keys: Option<MasterKeys>,
    /// Names of the settings that were given and are not used.
    pub unused: Vec<&'static str>,
    /// Log filter.
    pub log: EnvFilter,
}

impl Sources {
    /// The settings of `udam dev`; `listen` wins over the setting of that name.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_development(&self, listen: Option<SocketAddr>) -> Result<DevSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let master_keys = secrets::optional_master_keys(&mut reader);
        let unused = unused(&reader);
        let mut http = http::http(&mut reader, false);
        http.listen = listen.unwrap_or(http.listen);
        let marketplace = marketplace(&mut reader, Reservations::OrShorter, http);
        let settings = marketplace.map(|marketplace| DevSettings {
            marketplace,
            master_keys,
            unused,
            log,
        });
        Ok(reader.finish(settings)?)
    }
}

fn unused(reader: &Reader<'_>) -> Vec<&'static str> {
    UNUSED
        .into_iter()
        .filter(|setting| reader.is_given(setting))
        .map(|setting| setting.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use udam_domain::time::Timestamp;

    use super::*;

    const URL: &str = "postgres://udam:hunter2@db.example.com/udam";

    fn sources(variables: &[(&str, &str)]) -> Sources {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value))
            .collect();
        Sources::new(environment, None).unwrap()
    }

    #[test]
    fn development_needs_nothing_and_names_what_it_does_not_use() {
        let settings = sources(&[]).for_development(None).unwrap();
        assert!(settings.master_keys.is_none() && settings.unused.is_empty());
        assert!(!settings.marketplace.http.rate_limit);
        let given = sources(&[("DATABASE_URL", URL), ("STRIPE_SECRET_KEY", "sk_test_1")]);
        let unused = given.for_development(None).unwrap().unused;
        assert_eq!(unused, ["DATABASE_URL", "STRIPE_SECRET_KEY"]);
    }

    #[test]
    fn development_takes_the_same_settings_and_lets_the_command_line_win() {
        let given = [
            ("UDAM_LISTEN", "127.0.0.1:1"),
            ("UDAM_RESERVATION_TTL", "3s"),
            ("UDAM_RATE_LIMIT", "on"),
        ];
        let listen = "127.0.0.1:2".parse().unwrap();
        let settings = sources(&given)
            .for_development(Some(listen))
            .unwrap()
            .marketplace;
        assert_eq!(settings.http.listen, listen);
        let start = Timestamp::UNIX_EPOCH;
        let reserved = settings.orders.reserved_until(start).duration_since(start);
        assert_eq!(reserved.as_secs(), 3);
        assert!(settings.http.rate_limit);
        assert!(
            sources(&[("UDAM_LISTNE", "")])
                .for_development(None)
                .is_err()
        );
    }
}
