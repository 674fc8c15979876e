use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use udam_domain::account::Network;
use udam_web::TrustedProxies;

/// Most connections of one client at once: more than browsers and pools of API clients open, and few enough that a
/// handful of clients does not use up the open files of this process.
const MOST: usize = 256;

/// Limits how many connections one client has. Trusted proxies have any number, since they connect for many.
#[derive(Debug)]
pub(crate) struct ClientLimit {
    trusted_proxies: TrustedProxies,
    open: Mutex<HashMap<Network, usize>>,
}

/// A connection that is counted until this is dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    counted: Option<(Arc<ClientLimit>, Network)>,
}

impl ClientLimit {
    pub(crate) fn new(trusted_proxies: TrustedProxies) -> Self {
        Self {
            trusted_proxies,
            open: Mutex::default(),
        }
    }

    /// Counts a connection of the client at this address; `None` if it has too many.
    pub(super) fn admit(self: &Arc<Self>, client: IpAddr) -> Option<Admitted> {
        if self.trusted_proxies.contains(&client.to_canonical()) {
            return Some(Admitted { counted: None });
        }
        let client = Network::of(client);
        let mut open = self.open();
        let count = open.entry(client).or_default();
        if *count >= MOST {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Admitted {
            counted: Some((Arc::clone(self), client)),
        })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let Some((limit, client)) = self.counted.take() else {
            return;
        };
        let mut open = limit.open();
        if let Some(count) = open.get_mut(&client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limit: &Arc<ClientLimit>, client: &str) -> Vec<Admitted> {
        let client = client.parse().unwrap();
        (0..1_000).map_while(|_| limit.admit(client)).collect()
    }

    #[test]
    fn a_client_has_so_many_connections_and_others_have_theirs() {
        let limit = Arc::new(ClientLimit::new(TrustedProxies::default()));
        let first = admitted(&limit, "192.0.2.1");
        assert_eq!(first.len(), MOST);
        assert!(limit.admit("::ffff:192.0.2.1".parse().unwrap()).is_none());
        assert_eq!(admitted(&limit, "192.0.2.2").len(), MOST);
        drop(first);
        assert_eq!(admitted(&limit, "192.0.2.1").len(), MOST);
        assert!(limit.open().is_empty());
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let limit = Arc::new(ClientLimit::new(TrustedProxies::default()));
        let first = admitted(&limit, "2001:db8::1");
        assert!(admitted(&limit, "2001:db8::2").is_empty());
        assert_eq!(admitted(&limit, "2001:db8:0:1::1").len(), first.len());
    }

    #[test]
    fn a_trusted_proxy_has_any_number() {
        let limit = Arc::new(ClientLimit::new("192.0.2.0/24".parse().unwrap()));
        for proxy in ["192.0.2.1", "::ffff:192.0.2.1"] {
            assert_eq!(admitted(&limit, proxy).len(), 1_000);
        }
    }
}
