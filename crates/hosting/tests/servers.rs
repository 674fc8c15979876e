//! Servers as their clients meet them, from the start to a stop signal.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use rustix::process::{Signal, getpid, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use udam_domain::MockEntropy;
use udam_hosting::{HostSettings, Listener, Routes, RunningServers, Server, StartingServer};
use udam_web::RequestId;

fn settings() -> HostSettings {
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().return_const(());
    HostSettings {
        entropy: Arc::new(entropy),
        needs_tls: true,
        unread_request: |status: StatusCode, _id: &RequestId| {
            HttpResponse::build(status).body("unread")
        },
    }
}

fn listener() -> Listener {
    Listener::bind("127.0.0.1:0".parse().unwrap(), "").unwrap()
}

/// Routes that answer `/` and everything else with a text each.
fn routes(root: &'static str, other: &'static str) -> Routes {
    Arc::new(move |app: &mut web::ServiceConfig| {
        app.route("/", web::get().to(move || async move { root }))
            .default_service(web::to(move || async move { other }));
    })
}

/// The whole response to these bytes, after which the connection closes.
async fn exchange(address: SocketAddr, request: &str) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    response
}

async fn get(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    exchange(address, &request).await
}

/// One test, because its signals reach the whole process.
#[tokio::test(flavor = "multi_thread")]
async fn each_listener_has_its_routes_until_a_signal_and_the_last_server_outlives_the_others() {
    let (clients, operators) = (listener(), listener());
    let (public, private) = (clients.address(), operators.address());
    let starting = [&clients, &operators];
    let starting = StartingServer::start(settings(), starting, routes("alive", "starting"));
    let starting = starting.unwrap();
    for address in [public, private] {
        assert!(get(address, "/").await.ends_with("\r\n\r\nalive"));
        assert!(get(address, "/v1").await.ends_with("\r\n\r\nstarting"));
    }
    starting.stop().await;

    let (arrived, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let notified = (Arc::clone(&arrived), Arc::clone(&finish));
    let slow: Routes = Arc::new(move |app: &mut web::ServiceConfig| {
        let (arrived, finish) = notified.clone();
        let handler = move || {
            let (arrived, finish) = (Arc::clone(&arrived), Arc::clone(&finish));
            async move {
                arrived.notify_one();
                finish.notified().await;
                "finished"
            }
        };
        app.route("/slow", web::get().to(handler))
            .default_service(web::to(|| async { "clients" }));
    });
    let servers = vec![
        Server::new(operators, routes("operators", "none")).stop_last(),
        Server::new(clients, slow)
            .workers(2.try_into().unwrap())
            .limit_connections("127.0.0.0/8".parse().unwrap()),
    ];
    let running = RunningServers::start(&settings(), servers).unwrap();
    let stopping = Arc::new(Notify::new());
    let told = Arc::clone(&stopping);
    let running = tokio::spawn(running.until_stopped(move || told.notify_one()));

    let response = get(public, "/").await;
    assert!(response.ends_with("\r\n\r\nclients"), "{response}");
    for header in [
        "strict-transport-security: max-age=31536000",
        "x-request-id: ",
    ] {
        assert!(response.contains(header), "{response}");
    }
    assert!(get(private, "/").await.ends_with("\r\n\r\noperators"));
    let unread = exchange(public, "BREW\r\n\r\n").await;
    assert!(unread.starts_with("HTTP/1.1 400 "), "{unread}");
    assert!(unread.ends_with("\r\n\r\nunread"), "{unread}");

    let in_flight = tokio::spawn(async move { get(public, "/slow").await });
    arrived.notified().await;
    kill_process(getpid(), Signal::TERM).unwrap();
    stopping.notified().await;
    // No more are accepted, but operators go on.
    while TcpStream::connect(public).await.is_ok() {
        sleep(Duration::from_millis(10)).await;
    }
    assert!(get(private, "/").await.ends_with("\r\n\r\noperators"));
    assert!(!running.is_finished());
    finish.notify_one();
    assert!(in_flight.await.unwrap().ends_with("\r\n\r\nfinished"));
    let stopped = timeout(Duration::from_secs(5), running);
    stopped.await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(private).await.is_err());
}
