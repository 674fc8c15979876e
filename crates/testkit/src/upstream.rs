use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, spawn};
use tokio::time::sleep;

/// A service that the gateway calls, over raw HTTP/1.1. The first segment of a path says how it behaves:
///
/// | Path | Answer |
/// |---|---|
/// | `/status/404` | this status |
/// | `/units/3` | 200 with `UDAM-Units: 3` |
/// | `/echo` | 200 with the head of the request as its body and in the header `X-Echo` |
/// | `/slow/500` | 200 after this many milliseconds |
/// | `/cut/10` | 200, whose body ends after this many of 1,000 bytes |
/// | `/close` | none: the connection is closed |
/// | `/garbage` | no HTTP |
/// | `/bytes/1000` | 200 with this many bytes, chunked |
/// | `/sink` | 200 with the number of bytes of the request's body |
/// | `/events/3` | 200 with this many events of a stream, one every 50 ms |
/// | `/forever` | 200 with a stream of one event that does not end |
/// | any other | 200 `fine` |
///
/// Dropping it stops it.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    requests: Requests,
    _serving: JoinSet<()>,
}

/// A request that an [`Upstream`] has received.
#[derive(Debug, Clone)]
pub struct UpstreamRequest {
    /// Request line and headers, as they were sent.
    pub head: String,
    /// Bytes of the body.
    pub body_length: usize,
}

impl UpstreamRequest {
    /// Path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

type Requests = Arc<Mutex<Vec<UpstreamRequest>>>;

impl Upstream {
    /// Starts one at any port of this machine.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let requests = Requests::default();
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&requests)));
        Ok(Self {
            address,
            requests,
            _serving: serving,
        })
    }

    /// Its base URL, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<UpstreamRequest> {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests that no call of this has returned before.
    #[must_use]
    pub fn take_requests(&self) -> Vec<UpstreamRequest> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *requests)
    }

    /// The number of requests so far, without those that were taken.
    #[must_use]
    pub fn count(&self) -> usize {
        let requests = self.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).len()
    }
}

async fn accept(listener: TcpListener, requests: Requests) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let requests = Arc::clone(&requests);
        connections.spawn(async move {
            // A client that goes away is no failure of the service.
            let _ = serve(stream, &requests).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, requests: &Requests) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufStream::new(stream);
    while let Some(head) = read_head(&mut stream).await? {
        if has_header(&head, "expect: 100-continue") {
            send(&mut stream, "HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let body_length = read_body(&mut stream, &head).await?;
        let request = UpstreamRequest { head, body_length };
        let all = requests.lock();
        all.unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
        if !answer(&mut stream, &request).await? {
            return Ok(());
        }
    }
    Ok(())
}

async fn read_head(stream: &mut BufStream<TcpStream>) -> Result<Option<String>> {
    let mut head = String::new();
    loop {
        let read = stream.read_line(&mut head).await?;
        if read == 0 {
            return Ok(None);
        }
        if head.ends_with("\r\n\r\n") {
            return Ok(Some(head));
        }
    }
}

fn has_header(head: &str, line: &str) -> bool {
    head.lines().any(|found| found.eq_ignore_ascii_case(line))
}

fn header<'head>(head: &'head str, name: &str) -> Option<&'head str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut named = fields.filter(|(found, _)| found.eq_ignore_ascii_case(name));
    named.next().map(|(_, value)| value.trim())
}

async fn read_body(stream: &mut BufStream<TcpStream>, head: &str) -> Result<usize> {
    if let Some(length) = header(head, "content-length") {
        return discard(stream, length.parse()?).await;
    }
    if header(head, "transfer-encoding").is_none() {
        return Ok(0);
    }
    let mut total = 0_usize;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let size = usize::from_str_radix(line.trim(), 16).context("the size of a chunk")?;
        total = total.saturating_add(discard(stream, size).await?);
        stream.read_line(&mut line).await?;
        if size == 0 {
            return Ok(total);
        }
    }
}

async fn discard(stream: &mut BufStream<TcpStream>, length: usize) -> Result<usize> {
    let mut left = length;
    let mut buffer = vec![0; 64 * 1024];
    while left > 0 {
        let most = left.min(buffer.len());
        let read = stream
            .read(buffer.get_mut(..most).unwrap_or_default())
            .await?;
        anyhow::ensure!(read > 0, "the body has ended early");
        left = left.saturating_sub(read);
    }
    Ok(length)
}

/// Answers a request, and returns whether another may follow.
async fn answer(stream: &mut BufStream<TcpStream>, request: &UpstreamRequest) -> Result<bool> {
    let path = request.target().split('?').next().unwrap_or_default();
    let mut segments = path.split('/').skip_while(|segment| segment.is_empty());
    let behaviour = segments.next().unwrap_or_default();
    let number = segments.next().and_then(|segment| segment.parse().ok());
    let number: usize = number.unwrap_or_default();
    match behaviour {
        "status" => respond(stream, &format!("{number} Status"), "", "status").await?,
        "units" => {
            let header = format!("UDAM-Units: {number}\r\n");
            respond(stream, "200 OK", &header, "units").await?;
        }
        "echo" => {
            let echo = request.head.replace("\r\n", " | ");
            let header = format!("X-Echo: {echo}\r\n");
            respond(stream, "200 OK", &header, &request.head).await?;
        }
        "slow" => {
            sleep(Duration::from_millis(number.try_into()?)).await;
            respond(stream, "200 OK", "", "slow").await?;
        }
        "cut" => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
            send(stream, &format!("{head}{}", "x".repeat(number))).await?;
            return Ok(false);
        }
        "close" => return Ok(false),
        "garbage" => {
            send(stream, "\u{1}\u{2} this is not HTTP\r\n\r\n").await?;
            return Ok(false);
        }
        "bytes" => bytes(stream, number).await?,
        "sink" => respond(stream, "200 OK", "", &request.body_length.to_string()).await?,
        "events" => events(stream, number).await?,
        "forever" => {
            events_head(stream).await?;
            event(stream, 0).await?;
            // Until the gateway closes the connection.
            let mut end = [0; 1];
            let _ = stream.read(&mut end).await;
            return Ok(false);
        }
        _ => respond(stream, "200 OK", "", "fine").await?,
    }
    Ok(true)
}

async fn respond(
    stream: &mut BufStream<TcpStream>,
    status: &str,
    headers: &str,
    body: &str,
) -> Result<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n");
    send(stream, &format!("{head}{body}")).await
}

async fn bytes(stream: &mut BufStream<TcpStream>, count: usize) -> Result<()> {
    send(
        stream,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    )
    .await?;
    let block = vec![b'x'; 64 * 1024];
    let mut left = count;
    while left > 0 {
        let part = block.get(..left.min(block.len())).unwrap_or_default();
        stream
            .write_all(format!("{:x}\r\n", part.len()).as_bytes())
            .await?;
        stream.write_all(part).await?;
        stream.write_all(b"\r\n").await?;
        left = left.saturating_sub(part.len());
    }
    send(stream, "0\r\n\r\n").await
}

async fn events(stream: &mut BufStream<TcpStream>, count: usize) -> Result<()> {
    events_head(stream).await?;
    for number in 0..count {
        event(stream, number).await?;
        sleep(Duration::from_millis(50)).await;
    }
    send(stream, "0\r\n\r\n").await
}

async fn events_head(stream: &mut BufStream<TcpStream>) -> Result<()> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    send(stream, head).await
}

async fn event(stream: &mut BufStream<TcpStream>, number: usize) -> Result<()> {
    let event = format!("data: {number}\n\n");
    send(stream, &format!("{:x}\r\n{event}\r\n", event.len())).await
}

async fn send(stream: &mut BufStream<TcpStream>, text: &str) -> Result<()> {
    stream.write_all(text.as_bytes()).await?;
    Ok(stream.flush().await?)
}

/// An address of this machine at which nobody listens.
pub async fn closed_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok(listener.local_addr()?)
}

/// An address of this machine that accepts connections and never answers, for as long as the task runs.
pub async fn silent_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    spawn(async move {
        let mut held = Vec::new();
        while let Ok(connection) = listener.accept().await {
            held.push(connection);
        }
    });
    Ok(address)
}
