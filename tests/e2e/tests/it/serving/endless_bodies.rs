//! Connections on which a request never ends.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// A connection from another address of this machine.
pub(super) async fn connect_from(source: Ipv4Addr, address: SocketAddr) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    Ok(socket.connect(address).await?)
}

/// The head of a request whose body is in chunks.
pub(super) fn chunked_head(path: &str) -> String {
    chunked_head_with(path, "")
}

/// The head of an order in chunks, with this session.
pub(super) fn chunked_order_head(session: &str) -> String {
    chunked_head_with(
        "/v1/orders",
        &format!("Authorization: Bearer {session}\r\n"),
    )
}

fn chunked_head_with(path: &str, headers: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}\
         Transfer-Encoding: chunked\r\n\r\n"
    )
}

/// Opens a connection and sends a head and the first byte of its body, whose others the server awaits.
pub(super) async fn open_endless_body(
    address: SocketAddr,
    source: Ipv4Addr,
    head: &str,
) -> Result<TcpStream> {
    let mut stream = connect_from(source, address).await?;
    let start = format!("{head}1\r\n{{\r\n");
    stream.write_all(start.as_bytes()).await?;
    Ok(stream)
}
