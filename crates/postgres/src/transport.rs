//! Whether statements travel in the clear without need.

use std::net::IpAddr;

use tokio_postgres::Config;
use tokio_postgres::config::Host;
use udam_domain::StoreError;

use crate::columns::Columns;
use crate::connection_url::ConnectionUrl;
use crate::pool::PgPool;
use crate::settings::PoolSettings;

/// Returns whether TLS is forgone without a decision: the URL has no `sslmode`, a host of it is another machine, and
/// the server offers TLS. Behind a connection pooler, it is the server's offer that counts.
///
/// # Errors
/// [`StoreError`]
pub async fn forgoes_tls(pool: &PgPool, settings: &PoolSettings) -> Result<bool, StoreError> {
    const OFFER: &str = "\
-- transport::forgoes_tls
SELECT current_setting('ssl') = 'on' AS is_offered";

    // A pool has been made of the same URL.
    let is_open = ConnectionUrl::parse(&settings.url)
        .is_ok_and(|url| !url.has_ssl_mode && leaves_this_machine(&url.config));
    if !is_open {
        return Ok(false);
    }
    let row = pool.client().await?.row(OFFER, &[]).await?;
    let is_offered = row.map(|row| row.read("is_offered")).transpose()?;
    Ok(is_offered == Some(true))
}

/// Whether one of the hosts is another machine, as far as its name tells.
fn leaves_this_machine(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().any(|address| !address.is_loopback());
    }
    config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => !is_local(name),
        Host::Unix(_) => false,
    })
}

fn is_local(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_and_loopback_addresses_stay_on_this_machine() {
        let leaves = |url: &str| leaves_this_machine(&ConnectionUrl::parse(url).unwrap().config);
        for url in [
            "postgres://udam@localhost/udam",
            "postgres://udam@127.0.0.1:5433/udam",
            "postgres://udam@[::1]/udam",
            "postgres:///udam?host=/run/postgresql",
            "postgres://udam@db.example.com/udam?hostaddr=127.0.0.1",
        ] {
            assert!(!leaves(url), "{url}");
        }
        for url in [
            "postgres://udam@db.example.com/udam",
            "postgres://udam@192.0.2.7/udam",
            "postgres://udam@localhost,db.example.com/udam",
            "postgres://udam@localhost/udam?hostaddr=192.0.2.7",
        ] {
            assert!(leaves(url), "{url}");
        }
    }
}
