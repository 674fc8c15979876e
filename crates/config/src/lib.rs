//! Settings: from the environment and a file, checked whole before anything starts.
//!
//! [`setting::ALL`] lists them, and [`SettingsSources`] makes of them what each command needs. A `Reader`
//! looks each up, in the environment first, and collects what is wrong; `http`, `policies`, `secrets`,
//! `payments` and `logging` say what each must look like and how they fit together. Nothing else in the program reads
//! the environment, and no default stands in for a value that was given wrongly.
//!
//! What may not live here: what is done with a setting. The types that most settings become belong to the crates that use them.

mod config_errors;
mod count;
#[cfg(feature = "dev")]
mod development;
mod duration;
mod environment;
mod file;
mod http;
mod logging;
mod mail;
mod payments;
mod policies;
mod reader;
mod secrets;
mod service_links;
pub mod setting;
mod settings;
mod sources;

use thiserror::Error;

pub use config_errors::ConfigErrors;
#[cfg(feature = "dev")]
pub use development::DevSettings;
pub use environment::Environment;
pub use file::{SettingsFile, SettingsFileError};
pub use http::{HttpSettings, address, processors};
pub use mail::MailSettings;
pub use payments::PaymentSettings;
pub use settings::{
    DatabaseSettings, MailCommandSettings, MarketplaceSettings, ReplicaSettings, RotationSettings,
    ServeSettings, VerificationSettings,
};
pub use sources::SettingsSources;

/// Error of settings.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The settings file could not be used.
    #[error(transparent)]
    File(#[from] SettingsFileError),
    /// Settings are missing, malformed, unknown, or do not fit together.
    #[error(transparent)]
    Settings(#[from] ConfigErrors),
}
