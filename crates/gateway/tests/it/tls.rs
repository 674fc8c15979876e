//! Services with TLS, by HTTP/1.1 and HTTP/2.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::PrivateKeyDer;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::SELLERS_KEY;
use crate::market::{Market, Names, Settings};

/// A service with a certificate for this name, that tells what it has received. Returns its address and what it is trusted by.
async fn serve(name: &str, protocol: &'static [u8]) -> (SocketAddr, RootCertStore) {
    let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![protocol.to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let io = TokioIo::new(stream);
                let tell = service_fn(tell);
                if protocol == b"h2" {
                    let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    let _ = served.serve_connection(io, tell).await;
                } else {
                    let served = hyper::server::conn::http1::Builder::new();
                    let _ = served.serve_connection(io, tell).await;
                }
            });
        }
    });
    (address, roots)
}

async fn tell(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let has_key = head
        .headers
        .get("authorization")
        .is_some_and(|value| value.to_str().unwrap().contains(SELLERS_KEY));
    let told = format!(
        "{:?} {} {} key={has_key} {}",
        head.version,
        head.method,
        head.uri.path_and_query().unwrap(),
        String::from_utf8_lossy(&body)
    );
    Ok(Response::new(told.into()))
}

fn settings(address: SocketAddr, name: &'static str, roots: RootCertStore) -> Settings {
    let mut settings = Settings::of(format!("https://{name}:{}/base", address.port()));
    settings.upstream.resolver = Arc::new(Names(vec![(name, vec![address.ip()])]));
    settings.upstream.roots = roots;
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_called_by_what_they_speak() {
    for (protocol, version) in [(&b"http/1.1"[..], "HTTP/1.1"), (b"h2", "HTTP/2.0")] {
        let (address, roots) = serve("api.example", protocol).await;
        let mut market = Market::open(settings(address, "api.example", roots));
        let mut client = market.client().await;
        for _ in 0..3 {
            let head = market.head("POST", "/v1?a=b");
            client
                .send(format!(
                    "{head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                ))
                .await;
            let (response, _) = client.response().await;
            assert_eq!(
                response.text(),
                format!("{version} POST /base/v1?a=b key=true abc")
            );
            market.expect_charged("answered").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_name_or_of_nobody_is_refused() {
    let (address, roots) = serve("other.example", b"http/1.1").await;
    let mut market = Market::open(settings(address, "api.example", roots));
    market
        .get("/")
        .await
        .expect_problem(502, "upstream_unreachable");
    market.expect_returned("tls_failed").await;
    let (address, _) = serve("api.example", b"http/1.1").await;
    let (_, others) = serve("api.example", b"http/1.1").await;
    let mut market = Market::open(settings(address, "api.example", others));
    market
        .get("/")
        .await
        .expect_problem(502, "upstream_unreachable");
    market.expect_returned("tls_failed").await;
}
