use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::error::UpstreamError;

/// Time after which the next address is tried as well (RFC 8305, section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to the first of these addresses that accepts, trying each a moment after the one before.
///
/// # Errors
/// That of the address that failed last.
pub(super) async fn dial(addresses: &[IpAddr], port: u16) -> Result<TcpStream, UpstreamError> {
    let mut next = alternating(addresses).into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last = None;
    loop {
        let wait = if attempts.is_empty() {
            Duration::ZERO
        } else {
            ATTEMPT_DELAY
        };
        tokio::select! {
            biased;
            Some(ended) = attempts.next() => match ended {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    last = Some(error);
                    if let Some(address) = next.next() {
                        attempts.push(attempt(SocketAddr::new(address, port)));
                    } else if attempts.is_empty() {
                        break;
                    }
                }
            },
            () = sleep(wait), if next.len() > 0 => {
                if let Some(address) = next.next() {
                    attempts.push(attempt(SocketAddr::new(address, port)));
                }
            }
            else => break,
        }
    }
    Err(last.map_or(UpstreamError::NameNotFound(None), UpstreamError::refused))
}

async fn attempt(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The addresses of both families in turns (RFC 8305, section 4).
fn alternating(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first_is_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let of_first = |address: &&IpAddr| address.is_ipv6() == first_is_v6;
    let mut first = addresses.iter().filter(of_first);
    let mut second = addresses.iter().filter(|address| !of_first(address));
    let mut sorted = Vec::with_capacity(addresses.len());
    while sorted.len() < addresses.len() {
        sorted.extend(first.next());
        sorted.extend(second.next());
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let addresses = |texts: &[&str]| -> Vec<IpAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        assert_eq!(
            alternating(&addresses(&["::1", "::2", "::3", "1.1.1.1", "1.1.1.2"])),
            addresses(&["::1", "1.1.1.1", "::2", "1.1.1.2", "::3"])
        );
        assert!(alternating(&[]).is_empty());
    }

    #[tokio::test]
    async fn an_address_that_refuses_leads_to_the_next() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let addresses = ["127.0.0.2", "127.0.0.1"].map(|text| text.parse().unwrap());
        let stream = dial(&addresses, port).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
        let refused = dial(&addresses[..1], port).await;
        assert!(matches!(refused, Err(UpstreamError::ConnectionRefused(_))));
        assert!(matches!(
            dial(&[], port).await,
            Err(UpstreamError::NameNotFound(None))
        ));
    }
}
