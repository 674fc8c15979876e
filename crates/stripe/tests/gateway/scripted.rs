//! A server that gives scripted responses, one per connection, and records the requests.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Scripted reaction of the server to a request.
pub(crate) enum Step {
    /// Responds with a status and a body.
    Respond(u16, Vec<u8>),
    /// Reads the request and closes the connection.
    Disconnect,
    /// Reads the request and never responds.
    NoResponse,
}

impl Step {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::Respond(status, body.to_string().into_bytes())
    }

    /// Responds with an error object of Stripe's.
    pub(crate) fn error(status: u16, kind: &str, message: &str) -> Self {
        let error = serde_json::json!({"error": {"type": kind, "message": message}});
        Self::json(status, &error)
    }
}

/// A request as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceivedRequest {
    /// Such as `POST /v1/refunds`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl ReceivedRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

pub(crate) struct ScriptedServer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
    serving: JoinHandle<()>,
}

impl ScriptedServer {
    pub(crate) async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let steps: VecDeque<Step> = steps.into_iter().collect();
        let serving = tokio::spawn(serve(listener, steps, Arc::clone(&requests)));
        Self {
            address,
            requests,
            serving,
        }
    }

    pub(crate) fn requests(&self) -> Vec<ReceivedRequest> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Accepts one connection after another; after the last step it closes each.
async fn serve(
    listener: TcpListener,
    mut steps: VecDeque<Step>,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
) {
    let mut open = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let request = read(&mut stream).await;
        requests.lock().unwrap().push(request);
        match steps.pop_front() {
            Some(Step::Respond(status, body)) => respond(&mut stream, status, &body).await,
            Some(Step::NoResponse) => open.push(stream),
            Some(Step::Disconnect) | None => {}
        }
    }
}

async fn read(stream: &mut TcpStream) -> ReceivedRequest {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let line = lines
        .next()
        .unwrap()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    while bytes.len() < end + length {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
    let body = String::from_utf8(bytes[end..].to_vec()).unwrap();
    ReceivedRequest {
        line,
        headers,
        body,
    }
}

async fn respond(stream: &mut TcpStream, status: u16, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream
        .write_all(&[head.as_bytes(), body].concat())
        .await
        .unwrap();
}
