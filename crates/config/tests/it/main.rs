//! Settings: from variables and files to what each command needs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(feature = "dev")]
mod development;
mod http;
mod mail;
mod payments;
mod policies;
mod sources;

use udam_config::{ConfigError, MarketplaceSettings, SettingsSources};

const KEY: &str = "//////////////////////////////////////////8=";
const URL: &str = "postgres://udam:hunter2@db.example.com/udam";

fn sources(variables: &[(&str, &str)]) -> SettingsSources {
    let environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect();
    SettingsSources::new(environment, None).unwrap()
}

/// The settings of a marketplace in production with these variables, besides those required.
fn marketplace(variables: &[(&str, &str)]) -> Result<MarketplaceSettings, ConfigError> {
    let keys = format!("k1:{KEY}");
    let required = [("DATABASE_URL", URL), ("UDAM_MASTER_KEYS", &keys)];
    let settings = sources(&[&required, variables].concat()).for_serving()?;
    Ok(settings.marketplace)
}
