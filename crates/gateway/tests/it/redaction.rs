//! The seller's key is in nothing that a client or an operator sees.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use udam_domain::gateway::KeyPlacement;

use crate::SELLERS_KEY;
use crate::client::KEY;
use crate::market::{Market, Settings};
use crate::service::Service;

/// Answers with the head that it has received, in its body and in a header, in pieces of so many bytes.
async fn echo(piece: usize, form: fn(&str) -> String) -> Service {
    Service::start(move |mut connection| async move {
        while let Some(head) = connection.head().await {
            let body = form(&head);
            let line = form(&head).replace(['\r', '\n'], " ");
            let length = body.len();
            connection
                .send(format!(
                    "HTTP/1.1 200 OK\r\nX-Echo: {line}\r\nContent-Length: {length}\r\n\r\n"
                ))
                .await;
            for piece in body.as_bytes().chunks(piece) {
                connection.send(piece).await;
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_is_overwritten_wherever_the_key_is_and_however_it_comes() {
    let placements = [
        KeyPlacement::default(),
        KeyPlacement::Header {
            name: "X-Api-Key".parse().unwrap(),
            prefix: "".parse().unwrap(),
        },
        KeyPlacement::Query("key".parse().unwrap()),
        KeyPlacement::Basic(Some("api".parse().unwrap())),
        KeyPlacement::Basic(None),
    ];
    for placement in placements {
        for (piece, key) in [
            (1_000, SELLERS_KEY),
            (7, SELLERS_KEY),
            (5, "k/e+y \"with\" & all="),
        ] {
            let service = echo(piece, str::to_owned).await;
            let mut settings = Settings::of(service.url());
            settings.terms.auth = placement.clone();
            settings.key = key;
            let mut market = Market::open(settings);
            let response = market.get("/echo?a=b").await;
            assert_eq!(response.status, 200);
            let received = service.received();
            assert_eq!(response.body.len(), received.len());
            let secret = secret(&received, &placement);
            assert!(received.contains(&secret), "{received}");
            for seen in [&response.head, response.text()] {
                assert!(!seen.contains(&secret), "{seen}");
                assert!(seen.contains("********"), "{seen}");
                assert!(!seen.contains(KEY));
            }
            market.expect_charged("answered").await;
        }
    }
}

/// The credential as the service has received it.
fn secret(received: &str, placement: &KeyPlacement) -> String {
    let (before, after) = match placement {
        KeyPlacement::Header { name, .. } if name.as_str() == "X-Api-Key" => {
            ("x-api-key: ", "\r\n")
        }
        KeyPlacement::Header { .. } => ("Bearer ", "\r\n"),
        KeyPlacement::Query(_) => ("key=", " HTTP/1.1"),
        KeyPlacement::Basic(_) => ("Basic ", "\r\n"),
    };
    let secret = received
        .split(before)
        .nth(1)
        .unwrap()
        .split(after)
        .next()
        .unwrap();
    secret.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_in_json_is_overwritten() {
    let service = echo(11, |head| format!("{{\"head\":{head:?}}}")).await;
    let mut settings = Settings::of(service.url());
    settings.key = "k\"e\\y_0123456789";
    let market = Market::open(settings);
    let response = market.get("/").await;
    assert!(
        !response.text().contains("k\\\"e\\\\y_0123456789"),
        "{}",
        response.text()
    );
    assert!(response.text().contains("Bearer ****"));
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'writer> MakeWriter<'writer> for Written {
    type Writer = Self;

    fn make_writer(&'writer self) -> Self {
        self.clone()
    }
}

#[test]
fn no_key_is_in_a_log_at_the_lowest_level() {
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(written.clone())
        .finish();
    // All threads of this process: workers have their own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let service = echo(1_000, str::to_owned).await;
        for auth in [KeyPlacement::default(), KeyPlacement::Basic(None)] {
            let mut settings = Settings::of(service.url());
            settings.terms.auth = auth;
            let market = Market::open(settings);
            assert_eq!(market.get("/").await.status, 200);
        }
        let mut settings = Settings::of("http://127.0.0.1:1");
        settings.terms.auth = KeyPlacement::Query("key".parse().unwrap());
        assert_eq!(Market::open(settings).get("/").await.status, 502);
    });
    let written = String::from_utf8_lossy(&written.0.lock().unwrap()).into_owned();
    assert!(
        written.contains("hyper_util"),
        "nothing is logged at that level"
    );
    let lines: Vec<_> = written
        .lines()
        .filter(|line| ours(line) && (line.contains(SELLERS_KEY) || line.contains(KEY)))
        .collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

/// Lines of what the gateway is built of. The HTTP server is not: its own lines below `info` are kept out of logs by the server.
fn ours(line: &str) -> bool {
    !line.contains("actix_http") && !line.contains("mio::") && !line.contains("actix_server")
}
