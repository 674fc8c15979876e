use std::net::IpAddr;

use url::{Host, Url};

/// Hosts that `udam dev` answers to.
///
/// Anyone can sign in as anybody there, so that no web page of others may reach it. Browsers see to that by the host of
/// the page, unless the page's own name leads to this machine (DNS rebinding). Such a name is none of these. An
/// address cannot be led elsewhere.
#[derive(Debug, Clone)]
pub struct Hosts {
    listen: IpAddr,
    public: Option<Host<String>>,
}

impl Hosts {
    /// Hosts of a server that listens at an address and has this public URL.
    #[must_use]
    pub fn new(listen: IpAddr, public_url: Option<&Url>) -> Self {
        Self {
            listen: listen.to_canonical(),
            public: public_url.and_then(Url::host).map(|host| host.to_owned()),
        }
    }

    /// Whether a `Host` header, with or without a port, has one of them.
    #[must_use]
    pub fn include(&self, header: &str) -> bool {
        let Ok(url) = Url::parse(&format!("http://{header}")) else {
            return false;
        };
        let Some(host) = url.host() else {
            return false;
        };
        let is_public = self.public.as_ref().is_some_and(|public| *public == host);
        is_public
            || match host {
                Host::Domain(name) => is_localhost(name.strip_suffix('.').unwrap_or(name)),
                Host::Ipv4(address) => self.include_address(address.into()),
                Host::Ipv6(address) => self.include_address(address.into()),
            }
    }

    fn include_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || address == self.listen || self.listen.is_unspecified()
    }
}

/// Browsers and resolvers lead `localhost` and what ends in `.localhost` to this machine (RFC 6761).
fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listen: &str, public_url: Option<&str>) -> Hosts {
        let url = public_url.map(|url| url.parse().unwrap());
        Hosts::new(listen.parse().unwrap(), url.as_ref())
    }

    #[test]
    fn names_that_lead_here_are_answered_and_others_are_not() {
        let hosts = hosts("127.0.0.1", None);
        for host in [
            "localhost",
            "LocalHost:8080",
            "localhost.",
            "shop.localhost:8080",
            "127.0.0.1:8080",
            "127.0.0.2",
            "[::1]:8080",
        ] {
            assert!(hosts.include(host), "{host}");
        }
        for host in [
            "",
            ":8080",
            "attacker.example",
            "attacker.example:8080",
            "localhost.attacker.example",
            "127.0.0.1.attacker.example",
            "notlocalhost",
            "192.0.2.7:8080",
            "[2001:db8::1]",
            "a b",
        ] {
            assert!(!hosts.include(host), "{host}");
        }
    }

    #[test]
    fn the_public_url_and_the_address_it_listens_at_are_answered() {
        let named = hosts("127.0.0.1", Some("http://Market.example:8080"));
        assert!(named.include("market.example") && named.include("localhost:8080"));
        assert!(!named.include("shop.market.example"));
        let addressed = hosts("127.0.0.1", Some("http://192.0.2.7"));
        assert!(addressed.include("192.0.2.7:8080") && !addressed.include("192.0.2.8"));
        let one = hosts("192.0.2.7", None);
        assert!(one.include("192.0.2.7:8080") && !one.include("192.0.2.8"));
        for all in ["0.0.0.0", "::"] {
            let all = hosts(all, None);
            assert!(all.include("192.0.2.8") && all.include("[2001:db8::1]:80"));
            assert!(!all.include("attacker.example"));
        }
    }
}
