//! Behind an nginx that does nothing but `proxy_pass`.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use reqwest::Method;
use tempfile::TempDir;
use tokio::net::TcpStream;
use udam_testkit::{Client, Market, MarketBuilder, Process, wait_until, weather_listing};

use crate::setup::{buy_token, seller_with_listing};

/// Where packages install it, which may not be in `PATH`.
const PLACES: [&str; 3] = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"];

/// A running nginx in front of servers, with its files in a directory of its own.
pub(super) struct Nginx {
    _process: Process,
    _directory: TempDir,
    pub(super) address: SocketAddr,
}

impl Nginx {
    /// In front of servers that it shares requests out among.
    pub(super) async fn before(servers: &[SocketAddr]) -> Result<Self> {
        let program = PLACES.into_iter().find(|place| Path::new(place).exists());
        let program = program.context("nginx is missing: see scripts/install-test-packages")?;
        let directory = tempfile::tempdir()?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let file = directory.path().join("nginx.conf");
        fs::write(&file, configuration(directory.path(), address, servers))?;
        let mut command = Command::new(program);
        command
            .args(["-e", "stderr", "-c"])
            .arg(&file)
            .stdin(Stdio::null());
        let mut process = Process::start(command)?;
        wait_until("nginx to listen", async || {
            if process.has_ended()? {
                bail!("nginx ended: {}", process.output());
            }
            Ok(TcpStream::connect(address).await.is_ok())
        })
        .await?;
        Ok(Self {
            _process: process,
            _directory: directory,
            address,
        })
    }
}

fn configuration(directory: &Path, address: SocketAddr, servers: &[SocketAddr]) -> String {
    let directory = directory.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {directory}/{kind};"))
        .join("\n");
    let servers = servers
        .iter()
        .map(|server| format!("server {server} max_fails=0;"))
        .collect::<Vec<_>>()
        .join("\n");
    format!(
        "daemon off;\nmaster_process off;\npid {directory}/pid;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}\n\
         upstream udam {{ {servers} }}\n\
         server {{ listen {address}; location / {{ proxy_pass http://udam; }} }}\n}}\n"
    )
}

/// A market behind nginx, and a client of both.
async fn market_behind_nginx() -> Result<(Market, Nginx)> {
    let market = MarketBuilder::new()
        .set("UDAM_TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await?;
    let nginx = Nginx::before(&[market.address(0)]).await?;
    Ok((market, nginx))
}

#[tokio::test]
async fn calls_without_a_body_work_through_it() -> Result<()> {
    let (market, nginx) = market_behind_nginx().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(10)).await?;
    let buyer: Client = market.sign_up("buyer").await?.at(nginx.address);
    let token = buy_token(&buyer, &listing).await?;
    let revealed = buyer.reveal(&token).await?;
    assert_eq!(revealed.status, 200, "{}", revealed.text);
    // Nothing but a payment provider is missing.
    let checkout = buyer.post_empty("/v1/tab/checkout").await?;
    assert_eq!(checkout.code(), "payments_unavailable", "{}", checkout.text);
    assert_eq!(buyer.log_out().await?.status, 200);
    assert_eq!(buyer.get("/v1/me").await?.status, 401);
    Ok(())
}

#[tokio::test]
async fn a_host_that_it_does_not_pass_on_is_explained_once() -> Result<()> {
    let (market, nginx) = market_behind_nginx().await?;
    let browser = market.client()?.at(nginx.address);
    for _ in 0..3 {
        let form = browser
            .request(Method::POST, "/login")
            .header("Origin", format!("http://{}", nginx.address))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("csrf=x&email=ada%40example.com");
        assert_eq!(browser.send(form).await?.status, 403);
    }
    let explained = |line: &&str| line.contains("\"WARN\"") && line.contains("pass on Host");
    assert_eq!(market.logs().lines().filter(explained).count(), 1);
    Ok(())
}
