use std::path::Path;

use udam_domain::money::Currency;
use udam_domain::policy::OrderPolicy;
use udam_domain::time::SignedDuration;
use udam_postgres::Mailing;

use crate::environment::Environment;
use crate::file::SettingsFile;
use crate::http::{HttpDefaults, HttpSettings};
use crate::policies::{self, Reservations};
use crate::reader::Reader;
use crate::setting::RECONCILE_INTERVAL;
use crate::settings::{
    DatabaseSettings, MailCommandSettings, MarketplaceSettings, RotationSettings, ServeSettings,
    VerificationSettings,
};
use crate::{ConfigError, duration, http, logging, mail, payments, secrets};

/// The environment and an optional settings file, from which the settings of a command are read. The
/// environment wins.
#[derive(Debug, Default)]
pub struct SettingsSources {
    environment: Environment,
    file: Option<SettingsFile>,
}

impl SettingsSources {
    /// The environment, and the file that was named, if one was.
    ///
    /// # Errors
    /// [`ConfigError::File`]
    pub fn new(environment: Environment, file: Option<&Path>) -> Result<Self, ConfigError> {
        let file = file.map(SettingsFile::read).transpose()?;
        Ok(Self { environment, file })
    }

    /// Settings of `udam serve`. None of those required has a default.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_serving(&self) -> Result<ServeSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let (database, replica) = secrets::databases(&mut reader);
        let database_wait = secrets::database_wait(&mut reader);
        let master_keys = secrets::required_master_keys(&mut reader);
        let http = http::http(&mut reader, &HttpDefaults::PRODUCTION);
        let public_url = http.public_url.clone();
        let marketplace = marketplace(&mut reader, Reservations::AsProvidersAllow, http);
        let payments = payments::payments(&mut reader, public_url.as_ref());
        let mail = mail::mail(&mut reader, public_url.as_ref());
        let required = database.zip(master_keys).zip(marketplace);
        let settings = required.map(|((mut database, master_keys), mut marketplace)| {
            if let Some(payments) = payments {
                marketplace.take_payments(payments);
            }
            if mail.is_some() {
                database.mailing = Mailing::On;
                marketplace.require_verification();
            }
            marketplace.mail = mail;
            ServeSettings {
                marketplace,
                database,
                database_wait,
                replica,
                master_keys,
                log,
            }
        });
        Ok(reader.finish(settings)?)
    }

    /// Settings of commands that need the database alone, such as `udam migrate`.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_the_database(&self) -> Result<DatabaseSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let database = secrets::database(&mut reader);
        let settings = database.map(|database| DatabaseSettings { database, log });
        Ok(reader.finish(settings)?)
    }

    /// Settings of `udam verify`.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_verification(&self) -> Result<VerificationSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let database = secrets::database(&mut reader);
        let master_keys = secrets::optional_master_keys(&mut reader);
        let settings = database.map(|database| VerificationSettings {
            database,
            master_keys,
            log,
        });
        Ok(reader.finish(settings)?)
    }

    /// Settings of mail.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_mail(&self) -> Result<MailCommandSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let public_url = http::http(&mut reader, &HttpDefaults::PRODUCTION).public_url;
        let mail = mail::mail(&mut reader, public_url.as_ref());
        Ok(reader.finish(Some(MailCommandSettings {
            mail,
            public_url,
            log,
        }))?)
    }

    /// Settings of `udam keys rotate`.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn for_rotation(&self) -> Result<RotationSettings, ConfigError> {
        let mut reader = self.reader();
        let log = logging::log_filter(&mut reader);
        let database = secrets::database(&mut reader);
        let master_keys = secrets::required_master_keys(&mut reader);
        let required = database.zip(master_keys);
        let settings = required.map(|(database, master_keys)| RotationSettings {
            database,
            master_keys,
            log,
        });
        Ok(reader.finish(settings)?)
    }

    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader::new(&self.environment, self.file.as_ref())
    }
}

pub(crate) fn marketplace(
    reader: &mut Reader<'_>,
    reservations: Reservations,
    http: HttpSettings,
) -> Option<MarketplaceSettings> {
    let interval = reader.or(
        &RECONCILE_INTERVAL,
        SignedDuration::from_secs(30),
        duration::parse,
    );
    let orders = policies::order_policy(reader, reservations, http.rate_limit);
    let currency = orders.as_ref().map_or(Currency::USD, OrderPolicy::currency);
    let listings = policies::listing_policy(reader, reservations, currency);
    let calls = policies::call_policy(reader);
    let sessions = policies::session_policy(reader);
    let order_batch = policies::order_batch(reader);
    Some(MarketplaceSettings {
        http,
        orders: orders?,
        listings,
        calls,
        sessions,
        order_batch,
        reconcile_interval: interval.unsigned_abs(),
        payments: None,
        mail: None,
    })
}
