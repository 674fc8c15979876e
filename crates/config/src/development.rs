//! The settings of `udam dev`.

use std::net::SocketAddr;

use tracing_subscriber::EnvFilter;
use udam_crypto::MasterKeys;

use crate::http::HttpDefaults;
use crate::policies::Reservations;
use crate::reader::Reader;
use crate::setting::{
    DATABASE_POOLING, DATABASE_URL, DATABASE_WAIT, MAIL_FROM, MAIL_TEMPLATES, READ_DATABASE_URL,
    READ_MAX_LAG, SLOW_STATEMENT, SMTP_CA, SMTP_URL, STRIPE_API_BASE, STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET, Setting,
};
use crate::settings::MarketplaceSettings;
use crate::sources::{SettingsSources, marketplace};
use crate::{ConfigError, http, logging, secrets};

/// The settings that `udam dev` does not use: it has a database and a payment provider of its own.
const UNUSED: [&Setting; 13] = [
    &DATABASE_URL,
    &DATABASE_POOLING,
    &DATABASE_WAIT,
    &READ_DATABASE_URL,
    &READ_MAX_LAG,
    &SLOW_STATEMENT,
    &STRIPE_SECRET_KEY,
    &STRIPE_WEBHOOK_SECRET,
    &STRIPE_API_BASE,
    &SMTP_URL,
    &SMTP_CA,
    &MAIL_FROM,
    &MAIL_TEMPLATES,
];

/// One address serves all: many run on a machine, and nobody else connects.
const DEFAULTS: HttpDefaults = HttpDefaults {
    rate_limit: false,
    admin_listen: None,
};

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

impl SettingsSources {
    /// The settings of `udam dev`; `listen` wins over the setting of that name.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_development(&self, listen: Option<SocketAddr>) -> Result<DevSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let master_keys = secrets::optional_master_keys(&mut reader);
        let unused = unused(&reader);
        let mut http = http::http(&mut reader, &DEFAULTS);
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
