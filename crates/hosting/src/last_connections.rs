//! The last connections of a server that is about to stop.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;

use crate::listener::Listener;

/// Whether connections end with their next response. A clone decides for the same ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastConnections(Arc<AtomicBool>);

impl LastConnections {
    /// From now on, they do.
    pub(crate) fn end_with_next_response(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Serves a request, and has its connection closed after the response if it is to end.
    pub(crate) async fn serve(
        self,
        request: ServiceRequest,
        next: Next<BoxBody>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let mut response = next.call(request).await?;
        if self.0.load(Ordering::Relaxed) {
            let head = response.response_mut().head_mut();
            if head.connection_type() != ConnectionType::Upgrade {
                head.set_connection_type(ConnectionType::Close);
            }
        }
        Ok(response)
    }
}

/// The connections that clients are about to make to a listener.
///
/// A listener that is closed resets those that were made and not accepted yet. Their clients may have sent a request by then, of
/// which they do not learn whether it was read, so that a balancer cannot send it elsewhere.
#[derive(Debug)]
pub(crate) struct NewConnections {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux can filter")
    )]
    listener: TcpListener,
}

impl NewConnections {
    /// Those of this listener, which stays open as long as this lives.
    pub(crate) fn of(listener: &Listener) -> io::Result<Self> {
        let listener = listener.share()?;
        Ok(Self { listener })
    }

    /// Leaves the first packet of each connection from now on unanswered: its client sends it again after a second, and is
    /// refused if the listener is closed by then. Returns whether the system can do so; on others than Linux, a connection
    /// that is made at the wrong moment is reset.
    #[cfg(target_os = "linux")]
    pub(crate) fn hold_off(&self) -> bool {
        let filtered = socket2::SockRef::from(&self.listener).attach_filter(&WITHOUT_SYN);
        if let Err(error) = &filtered {
            tracing::debug!(%error, "connections cannot be held off while the listener is closed");
        }
        filtered.is_ok()
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "only Linux can filter")]
    pub(crate) const fn hold_off(&self) -> bool {
        false
    }
}

/// Drops the packets that begin a connection, and accepts all others: a program of the Berkeley Packet Filter, over the header of
/// TCP.
#[cfg(target_os = "linux")]
const WITHOUT_SYN: [socket2::SockFilter; 4] = {
    use socket2::SockFilter;

    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    const FLAGS: u32 = 13;
    const SYN: u32 = 2;

    [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_SET, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ]
};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::ErrorKind;
    use std::net::{SocketAddr, TcpStream};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_connection_is_either_made_or_refused() {
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(address, "").unwrap();
        let address = listener.address();
        let new = NewConnections::of(&listener).unwrap();
        let made = TcpStream::connect(address).unwrap();
        assert!(new.hold_off());
        let connecting = thread::spawn(move || TcpStream::connect(address).map(drop));
        // The one that was made before can still be accepted.
        let socket = listener.into_socket();
        socket.set_nonblocking(false).unwrap();
        let (_accepted, peer) = socket.accept().unwrap();
        assert_eq!(peer, made.local_addr().unwrap());
        thread::sleep(Duration::from_millis(100));
        assert!(!connecting.is_finished());
        drop((socket, new));
        let refused = connecting.join().unwrap().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }
}
