//! Calls over a connection that is kept, by hand: a client library spends more on each than the server does.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::service::Service;

/// Longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection to a server, which is opened when it is needed.
#[derive(Debug)]
pub(crate) struct Caller {
    address: SocketAddr,
    source: Ipv4Addr,
    connection: Option<BufStream<TcpStream>>,
}

/// Answer to a call.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: Vec<u8>,
}

impl Answer {
    /// The code of a problem; empty if the body is none.
    pub(crate) fn code(&self) -> String {
        let problem: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        problem["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Caller {
    /// Calls the server at this address.
    pub(crate) const fn of(address: SocketAddr) -> Self {
        Self::from(Ipv4Addr::LOCALHOST, address)
    }

    /// The same from another address of this machine.
    pub(crate) const fn from(source: Ipv4Addr, address: SocketAddr) -> Self {
        Self {
            address,
            source,
            connection: None,
        }
    }

    /// Calls another server from now on.
    pub(crate) fn move_to(&mut self, address: SocketAddr) {
        if self.address != address {
            self.address = address;
            self.connection = None;
        }
    }

    /// Calls by `GET`, and reads the answer. Fails if there is none; the next call opens a connection then.
    pub(crate) async fn call(&mut self, service: &Service, path: &str) -> Result<Answer> {
        let mut connection = self.ask(service, path).await?;
        let answer = timeout(PATIENCE, read_answer(&mut connection)).await??;
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Calls a stream of events, and returns the connection once the first has come.
    pub(crate) async fn listen(
        &mut self,
        service: &Service,
        path: &str,
    ) -> Result<BufStream<TcpStream>> {
        let mut connection = self.ask(service, path).await?;
        let (status, _) = timeout(PATIENCE, read_head(&mut connection)).await??;
        ensure!(status == 200, "{status}");
        let mut event = String::new();
        while !event.ends_with("\n\n") {
            let read = timeout(PATIENCE, connection.read_line(&mut event)).await??;
            ensure!(read > 0, "the stream has ended with {event:?}");
        }
        Ok(connection)
    }

    async fn ask(&mut self, service: &Service, path: &str) -> Result<BufStream<TcpStream>> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let (listing, key) = (&service.listing, &service.key);
        let request = format!(
            "GET /gw/{listing}{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await?;
        connection.flush().await?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<BufStream<TcpStream>> {
        let socket = TcpSocket::new_v4()?;
        if self.source != Ipv4Addr::LOCALHOST {
            socket.bind((self.source, 0).into())?;
        }
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(BufStream::with_capacity(2_048, 512, stream))
    }
}

/// Reads the status and the length of the body, of an answer that has one.
async fn read_head(stream: &mut BufStream<TcpStream>) -> Result<(u16, Option<usize>)> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).context("no answer")?.parse()?;
    let mut length = None;
    loop {
        line.clear();
        ensure!(stream.read_line(&mut line).await? > 0, "half a head");
        if line == "\r\n" {
            return Ok((status, length));
        }
        let (name, value) = line.split_once(':').context("no header")?;
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse()?);
        }
    }
}

async fn read_answer(stream: &mut BufStream<TcpStream>) -> Result<Answer> {
    let (status, length) = read_head(stream).await?;
    let mut body = vec![0; length.context("an answer without a length")?];
    stream.read_exact(&mut body).await?;
    Ok(Answer { status, body })
}
