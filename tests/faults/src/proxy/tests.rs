//! The proxy between a client and a server that sends back whatever it is sent.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;

const MOMENT: Duration = Duration::from_millis(150);

/// Sends everything back, and when it is told that there is no more, says goodbye.
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
    let proxy = Proxy::open().await.unwrap();
    proxy.lead_to(echo().await);
    if let Some(draw) = draw {
        proxy.trouble(Chance::of_round(1, 1), draw);
    }
    proxy
}

async fn say(client: &mut TcpStream, text: &[u8]) -> Vec<u8> {
    client.write_all(text).await.unwrap();
    let mut answer = vec![0; text.len()];
    client.read_exact(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_proxy_without_trouble_passes_everything_on() {
    let proxy = proxy(None).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(say(&mut client, b"hello").await, b"hello");
    assert_eq!(proxy.calm(), 0);
}

#[tokio::test]
async fn who_has_said_all_still_hears_the_rest() {
    let proxy = proxy(None).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    client.shutdown().await.unwrap();
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "hellobye");
}

#[tokio::test]
async fn an_answer_is_cut_at_its_byte() {
    let draw: Draw = |_| Some(Mishap::Stop(Point::Byte(Way::Down, 3), Manner::Close));
    let proxy = proxy(Some(draw)).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "hel");
    assert_eq!(proxy.calm(), 1);
}

#[tokio::test]
async fn a_broken_connection_says_so() {
    let draw: Draw = |_| {
        let point = Point::Answer { nth: 0, byte: 0 };
        Some(Mishap::Stop(point, Manner::Reset))
    };
    let proxy = proxy(Some(draw)).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let error = client.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_half_open_connection_is_silent_and_then_ends() {
    const SILENCE: Duration = Duration::from_millis(400);
    let draw: Draw = |_| {
        let point = Point::Byte(Way::Up, 0);
        Some(Mishap::Stop(point, Manner::Silence(SILENCE)))
    };
    let proxy = proxy(Some(draw)).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let began = Instant::now();
    let heard = timeout(MOMENT, client.read_u8()).await;
    assert!(heard.is_err(), "{heard:?}");
    // It can still be spoken into, as into any connection whose other end is gone unnoticed.
    client.write_all(b"anybody?").await.unwrap();
    client.read_u8().await.unwrap_err();
    assert!(began.elapsed() >= MOMENT);
}

#[tokio::test]
async fn trouble_reaches_connections_that_were_there_before_it() {
    let proxy = proxy(None).await;
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(say(&mut client, b"before").await, b"before");
    proxy.trouble(Chance::of_round(1, 1), |_| {
        Some(Mishap::Stop(Point::Byte(Way::Up, 2), Manner::Close))
    });
    client.write_all(b"during").await.unwrap();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).await.unwrap();
    assert!(heard.len() < b"during".len(), "{heard:?}");
    assert_eq!(proxy.calm(), 1);
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(say(&mut client, b"after").await, b"after");
}

#[tokio::test]
async fn a_server_that_is_down_is_a_connection_that_ends() {
    let proxy = Proxy::open().await.unwrap();
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.read_u8().await.unwrap_err();
}
