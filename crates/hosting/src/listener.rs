use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use thiserror::Error;
use tokio::net::TcpSocket;

/// Error of listening at an address, with how to choose another.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Another program listens there.
    #[error("{address} is taken by another program; stop it, or choose another address: {advice}")]
    Taken {
        /// Address that was tried.
        address: SocketAddr,
        /// How to choose another address.
        advice: &'static str,
    },
    /// Permission denied: ports below 1024 are for root on most systems.
    #[error("this account may not listen at {address}; choose another address: {advice}")]
    Forbidden {
        /// Address that was tried.
        address: SocketAddr,
        /// How to choose another address.
        advice: &'static str,
    },
    /// No interface of this machine has the address, or the system is out of resources.
    #[error("cannot listen at {address}; choose an address of this machine: {advice}")]
    Impossible {
        /// Address that was tried.
        address: SocketAddr,
        /// How to choose another address.
        advice: &'static str,
        /// Error of the operating system.
        #[source]
        source: io::Error,
    },
}

/// Largest number of connections that wait to be accepted; the system may allow fewer. Enough for all clients of a
/// popular listing to reconnect at once.
const BACKLOG: u32 = 4_096;

/// A socket that clients can connect to. They wait until it is served.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds the address; port 0 takes any free port. Has to be called within a runtime. `advice` is for errors: how to
    /// choose another address, such as `set UDAM_LISTEN`.
    ///
    /// # Errors
    /// [`ListenError`]
    pub fn bind(address: SocketAddr, advice: &'static str) -> Result<Self, ListenError> {
        let bound = listen(address).and_then(|socket| {
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        });
        bound.map_err(|source| match source.kind() {
            ErrorKind::AddrInUse => ListenError::Taken { address, advice },
            ErrorKind::PermissionDenied => ListenError::Forbidden { address, advice },
            _ => ListenError::Impossible {
                address,
                advice,
                source,
            },
        })
    }

    /// Its address, with the port that the system has chosen.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same socket once more.
    pub(crate) fn share(&self) -> io::Result<TcpListener> {
        self.socket.try_clone()
    }

    pub(crate) fn into_socket(self) -> TcpListener {
        self.socket
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
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

    const ADVICE: &str = "set UDAM_LISTEN";

    #[tokio::test]
    async fn an_address_that_is_taken_leads_to_another() {
        let taken = Listener::bind("127.0.0.1:0".parse().unwrap(), ADVICE).unwrap();
        let address = taken.address();
        let error = Listener::bind(address, ADVICE).unwrap_err();
        let expected = format!(
            "{address} is taken by another program; stop it, or choose another address: set UDAM_LISTEN"
        );
        assert_eq!(error.to_string(), expected);
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_impossible() {
        // 192.0.2.0/24 is nobody's: RFC 5737.
        let error = Listener::bind("192.0.2.1:8080".parse().unwrap(), ADVICE).unwrap_err();
        let expected =
            "cannot listen at 192.0.2.1:8080; choose an address of this machine: set UDAM_LISTEN";
        assert_eq!(error.to_string(), expected);
    }
}
