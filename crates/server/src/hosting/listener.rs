use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use thiserror::Error;
use tokio::net::TcpSocket;

use crate::config::HttpSettings;

/// Whom a listener serves: clients, operators, or everybody in development. It names the setting that
/// moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Clients, in production.
    Clients,
    /// Operators.
    Operators,
    /// Everybody, in development.
    Development,
}

impl Audience {
    const fn how_to_choose(self) -> &'static str {
        match self {
            Self::Clients => "set UDAM_LISTEN",
            Self::Operators => {
                "set UDAM_ADMIN_LISTEN, such as UDAM_ADMIN_LISTEN=127.0.0.1:9091; each server on a host \
                 needs an admin port of its own"
            }
            Self::Development => {
                "pass --listen, such as --listen 127.0.0.1:8081, or --listen 127.0.0.1:0 for any \
                 free port"
            }
        }
    }
}

/// Error of listening at an address, with how to choose another.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Another program listens there.
    #[error(
        "{address} is taken by another program; stop it, or choose another address: {}",
        audience.how_to_choose()
    )]
    Taken {
        /// Address that was tried.
        address: SocketAddr,
        /// Audience, which tells how to choose another address.
        audience: Audience,
    },
    /// Permission denied: ports below 1024 are for root on most systems.
    #[error(
        "this account may not listen at {address}; choose another address: {}",
        audience.how_to_choose()
    )]
    Forbidden {
        /// Address that was tried.
        address: SocketAddr,
        /// Audience, which tells how to choose another address.
        audience: Audience,
    },
    /// No interface of this machine has the address, or the system is out of resources.
    #[error(
        "cannot listen at {address}; choose an address of this machine: {}",
        audience.how_to_choose()
    )]
    Impossible {
        /// Address that was tried.
        address: SocketAddr,
        /// Audience, which tells how to choose another address.
        audience: Audience,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
}

/// The sockets that the server listens at.
#[derive(Debug)]
pub struct Listeners {
    /// Clients.
    pub clients: TcpListener,
    /// Operators, if apart from clients.
    pub operators: Option<TcpListener>,
}

/// The addresses of [`Listeners`], with the ports that the system has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// Clients.
    pub clients: SocketAddr,
    /// Operators, if apart from clients.
    pub operators: Option<SocketAddr>,
}

impl Listeners {
    /// Binds the addresses in the settings. Has to be called within a runtime.
    ///
    /// # Errors
    /// [`ListenError`]
    pub fn take(http: &HttpSettings, clients: Audience) -> Result<Self, ListenError> {
        let operators = http
            .admin_listen
            .map(|address| listen(address, Audience::Operators));
        Ok(Self {
            clients: listen(http.listen, clients)?,
            operators: operators.transpose()?,
        })
    }

    /// Their addresses.
    ///
    /// # Errors
    /// That of the operating system.
    pub fn addresses(&self) -> io::Result<Addresses> {
        let operators = self.operators.as_ref().map(TcpListener::local_addr);
        Ok(Addresses {
            clients: self.clients.local_addr()?,
            operators: operators.transpose()?,
        })
    }
}

/// Largest number of connections that wait to be accepted; the system may allow fewer. Enough for all clients of a
/// popular listing to reconnect at once.
const BACKLOG: u32 = 4_096;

/// Binds the address. Clients that connect from here on wait until they are served.
fn listen(address: SocketAddr, audience: Audience) -> Result<TcpListener, ListenError> {
    bind(address).map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => ListenError::Taken { address, audience },
        ErrorKind::PermissionDenied => ListenError::Forbidden { address, audience },
        _ => ListenError::Impossible {
            address,
            audience,
            source,
        },
    })
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that is started again right after it has ended gets its address back.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_is_taken_leads_to_another() {
        let taken = listen("127.0.0.1:0".parse().unwrap(), Audience::Development).unwrap();
        let address = taken.local_addr().unwrap();
        let error = listen(address, Audience::Development).unwrap_err();
        let expected = format!(
            "{address} is taken by another program; stop it, or choose another address: pass \
             --listen, such as --listen 127.0.0.1:8081, or --listen 127.0.0.1:0 for any free port"
        );
        assert_eq!(error.to_string(), expected);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_impossible() {
        // 192.0.2.0/24 is nobody's: RFC 5737.
        let error = listen("192.0.2.1:8080".parse().unwrap(), Audience::Operators).unwrap_err();
        assert!(
            error.to_string().contains("set UDAM_ADMIN_LISTEN"),
            "{error}"
        );
    }
}
