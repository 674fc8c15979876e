//! The proxy between a client and an echo server.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;

const SHORT_WAIT: Duration = Duration::from_millis(150);

/// Sends everything back, and `bye` when the client has closed its half.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 64];
                while let Ok(read @ 1..) = client.read(&mut buffer).await {
                    client.write_all(&buffer[..read]).await.unwrap();
                }
                let _ = client.write_all(b"bye").await;
            });
        }
    });
    address
}

async fn proxy(draw: Option<Draw>) -> Proxy {
    let proxy = Proxy::start().await.unwrap();
    proxy.forward_to(echo().await);
    if let Some(draw) = draw {
        proxy.start_faults(SeededRng::stream(1, 1), draw);
    }
    proxy
}

async fn echo_through(client: &mut TcpStream, text: &[u8]) -> Vec<u8> {
    client.write_all(text).await.unwrap();
    let mut response = vec![0; text.len()];
    client.read_exact(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn a_proxy_without_faults_forwards_everything() {
    let proxy = proxy(None).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(echo_through(&mut client, b"hello").await, b"hello");
    assert_eq!(proxy.stop_faults(), 0);
}

#[tokio::test]
async fn a_client_that_has_closed_its_half_still_gets_the_response() {
    let proxy = proxy(None).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    client.shutdown().await.unwrap();
    let mut received = String::new();
    client.read_to_string(&mut received).await.unwrap();
    assert_eq!(received, "hellobye");
}

#[tokio::test]
async fn a_response_is_cut_at_its_byte() {
    let draw: Draw = |_| {
        Some(ProxyFault::Cut(
            Point::Byte(Direction::ToClient, 3),
            Disconnect::Close,
        ))
    };
    let proxy = proxy(Some(draw)).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let mut received = String::new();
    client.read_to_string(&mut received).await.unwrap();
    assert_eq!(received, "hel");
    assert_eq!(proxy.stop_faults(), 1);
}

#[tokio::test]
async fn a_reset_reaches_the_client() {
    let draw: Draw = |_| {
        let point = Point::Response { nth: 0, byte: 0 };
        Some(ProxyFault::Cut(point, Disconnect::Reset))
    };
    let proxy = proxy(Some(draw)).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let error = client.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_silent_connection_ends_after_its_time() {
    const PAUSE: Duration = Duration::from_millis(400);
    let draw: Draw = |_| {
        let point = Point::Byte(Direction::ToServer, 0);
        Some(ProxyFault::Cut(point, Disconnect::Silent(PAUSE)))
    };
    let proxy = proxy(Some(draw)).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let began = Instant::now();
    let received = timeout(SHORT_WAIT, client.read_u8()).await;
    assert!(received.is_err(), "{received:?}");
    // It still accepts bytes, as any connection whose other end has vanished.
    client.write_all(b"hello?").await.unwrap();
    client.read_u8().await.unwrap_err();
    assert!(began.elapsed() >= SHORT_WAIT);
}

#[tokio::test]
async fn faults_reach_connections_that_were_open_before() {
    let proxy = proxy(None).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(echo_through(&mut client, b"before").await, b"before");
    proxy.start_faults(SeededRng::stream(1, 1), |_| {
        Some(ProxyFault::Cut(
            Point::Byte(Direction::ToServer, 2),
            Disconnect::Close,
        ))
    });
    client.write_all(b"during").await.unwrap();
    let mut received = Vec::new();
    client.read_to_end(&mut received).await.unwrap();
    assert!(received.len() < b"during".len(), "{received:?}");
    assert_eq!(proxy.stop_faults(), 1);
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(echo_through(&mut client, b"after").await, b"after");
}

#[tokio::test]
async fn without_a_server_the_connection_ends() {
    let proxy = Proxy::start().await.unwrap();
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.read_u8().await.unwrap_err();
}
