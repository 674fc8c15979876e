//! A mail server with a certificate of its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Use of TLS by a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// From the first byte.
    Tls,
    /// Once a client asks for it.
    StartTls,
    /// Never: it offers nothing.
    Clear,
    /// Never: it offers STARTTLS and refuses it.
    Refuses,
}

/// A server that keeps what was said to it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Certificate that it is trusted by, in PEM.
    pub(crate) certificate: String,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    in_clear: Vec<String>,
    over_tls: Vec<String>,
}

impl Server {
    /// Starts it, with a certificate for this name.
    pub(crate) async fn start(speaks: Speaks, name: &str) -> Self {
        let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let shared = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, heard) = (acceptor.clone(), Arc::clone(&shared));
                tokio::spawn(serve(stream, speaks, acceptor, heard));
            }
        });
        Self {
            address,
            certificate: certified.cert.pem(),
            heard,
        }
    }

    /// Lines that were said in the clear.
    pub(crate) fn in_clear(&self) -> Vec<String> {
        self.heard.lock().unwrap().in_clear.clone()
    }

    /// Lines that were said over TLS.
    pub(crate) fn over_tls(&self) -> Vec<String> {
        self.heard.lock().unwrap().over_tls.clone()
    }
}

async fn serve(
    stream: TcpStream,
    speaks: Speaks,
    acceptor: TlsAcceptor,
    heard: Arc<Mutex<Heard>>,
) -> std::io::Result<()> {
    if speaks == Speaks::Tls {
        let stream = acceptor.accept(stream).await?;
        let keep = |line| heard.lock().unwrap().over_tls.push(line);
        return converse(stream, true, speaks, keep).await.map(drop);
    }
    let keep = |line| heard.lock().unwrap().in_clear.push(line);
    let Some(stream) = converse(stream, true, speaks, keep).await? else {
        return Ok(());
    };
    let stream = acceptor.accept(stream).await?;
    let keep = |line| heard.lock().unwrap().over_tls.push(line);
    converse(stream, false, speaks, keep).await.map(drop)
}

/// Speaks with a client. Returns the stream if TLS is to begin.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    greets: bool,
    speaks: Speaks,
    keep: impl Fn(String),
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 mail.example.com ESMTP\r\n").await?;
    }
    let mut is_data = false;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let said = std::mem::take(&mut line);
        let said = said.trim_end().to_owned();
        keep(said.clone());
        let verb = said.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            _ if is_data && said != "." => continue,
            "EHLO" if greets && matches!(speaks, Speaks::StartTls | Speaks::Refuses) => {
                "250-mail.example.com\r\n250 STARTTLS"
            }
            "STARTTLS" if speaks == Speaks::StartTls => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(Some(stream.into_inner()));
            }
            "STARTTLS" => "454 4.7.0 not now",
            "DATA" => {
                is_data = true;
                "354 go on"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(None);
            }
            _ => {
                is_data = false;
                "250 OK"
            }
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(None)
}
