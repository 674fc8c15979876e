//! Clients that write and read bytes.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::market::{LONGEST_WAIT, Market};

/// The access key that opens the listing.
pub(crate) const KEY: &str = "udk_0123456789abcdefABCDEF";

/// A response, as it came.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Values of a header, in order.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'));
        let named = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim()).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers(name).first().copied().unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Checks that it is a problem of the gateway's with this status and code.
    pub(crate) fn expect_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("udam-origin"), "gateway");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(
            self.text().contains(&format!("\"code\":\"{code}\"")),
            "{self:?}"
        );
    }
}

/// A connection of a client.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(address).await.unwrap(),
            received: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads until there are bytes that `is_enough`; `None` if the connection ends before.
    async fn read_until(&mut self, is_enough: impl Fn(&[u8]) -> Option<usize>) -> Option<Vec<u8>> {
        loop {
            if let Some(length) = is_enough(&self.received) {
                return Some(self.received.drain(..length).collect());
            }
            let read = timeout(LONGEST_WAIT, self.stream.read_buf(&mut self.received)).await;
            match read.expect("nothing comes") {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Reads until these bytes have come, and returns all up to their end.
    pub(crate) async fn read_to(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        let end = end.to_vec();
        let found = move |bytes: &[u8]| {
            let place = bytes.windows(end.len()).position(|window| window == end);
            place.map(|place| place + end.len())
        };
        self.read_until(found).await
    }

    pub(crate) async fn head(&mut self) -> Response {
        let head = self.read_to(b"\r\n\r\n").await.expect("no head comes");
        let head = String::from_utf8(head).unwrap();
        Response {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: Vec::new(),
        }
    }

    /// The next chunk of a body; empty at its end, `None` if it breaks off.
    pub(crate) async fn chunk(&mut self) -> Option<Vec<u8>> {
        let line = self.read_to(b"\r\n").await?;
        let length = std::str::from_utf8(&line).unwrap().trim();
        let length = usize::from_str_radix(length, 16).unwrap();
        let mut chunk = self.exactly(length + 2).await?;
        chunk.truncate(length);
        Some(chunk)
    }

    pub(crate) async fn exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        self.read_until(move |bytes| (bytes.len() >= length).then_some(length))
            .await
    }

    /// Everything until the connection ends.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let _ = self.read_until(|_| None).await;
        std::mem::take(&mut self.received)
    }

    /// A whole response, and whether its body ended as announced.
    pub(crate) async fn response(&mut self) -> (Response, bool) {
        let mut response = self.head().await;
        if response.header("transfer-encoding") == "chunked" {
            loop {
                match self.chunk().await {
                    Some(chunk) if chunk.is_empty() => return (response, true),
                    Some(chunk) => response.body.extend(chunk),
                    None => return (response, false),
                }
            }
        }
        let length = response
            .header("content-length")
            .parse()
            .unwrap_or_default();
        match self.exactly(length).await {
            Some(body) => response.body = body,
            None => return (response, false),
        }
        (response, true)
    }
}

impl Market {
    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// The head of a call with the access key, without the line that ends it.
    pub(crate) fn head(&self, method: &str, path: &str) -> String {
        let (listing, port) = (Self::path(), self.address.port());
        format!(
            "{method} {listing}{path} HTTP/1.1\r\nHost: market.example:{port}\r\nAuthorization: Bearer {KEY}\r\n"
        )
    }

    /// Makes a call without a body.
    pub(crate) async fn call(&self, method: &str, path: &str, headers: &str) -> Response {
        let mut client = self.client().await;
        client
            .send(format!("{}{headers}\r\n", self.head(method, path)))
            .await;
        let (response, _whole) = client.response().await;
        response
    }

    /// Makes a call by `GET`.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.call("GET", path, "").await
    }
}
