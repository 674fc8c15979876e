//! `udam dev`

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};
use reqwest::Method;
use reqwest::redirect::Policy;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use udam_testkit::{Binary, Client, Database, DevServer, all_processes, run_in_shell, wait_until};

use crate::assertions::{assert_invalid_fields, assert_problem};

/// A directory that every account may pass through, which PostgreSQL needs if root runs the tests.
fn directory() -> Result<TempDir> {
    Ok(tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o755))
        .tempdir()?)
}

async fn sign_in(dev: &DevServer, email: &str) -> Result<Client> {
    let visitor = dev.client()?;
    let login = visitor
        .post("/v1/auth/login", json!({"email": email}))
        .await?;
    assert_eq!(login.status, 200, "{}", login.text);
    assert_eq!(login.text_at("/user/email"), email);
    Ok(visitor.with_session(login.text_at("/session_token")))
}

async fn count_of_listings(client: &Client) -> Result<usize> {
    Ok(client.get("/v1/listings?limit=100").await?.items().len())
}

/// Waits until all of these processes have ended.
async fn assert_gone(processes: &[u32]) -> Result<()> {
    wait_until("PostgreSQL to end", async || {
        let running = all_processes()?;
        Ok(processes.iter().all(|id| !running.contains(id)))
    })
    .await
}

#[tokio::test]
async fn the_printed_commands_buy_a_token_and_call_its_service() -> Result<()> {
    // Another PostgreSQL must not be in the way.
    let _other = Database::empty().await?;
    let directory = directory()?;
    let dev = DevServer::start(&directory.path().join("new/.udam")).await?;
    let commands = dev.printed_commands();
    let [buy, call, check_out] = commands.as_slice() else {
        panic!("{commands:?}")
    };
    let order: Value = serde_json::from_str(&run_in_shell(buy).await?)?;
    assert_eq!(order["status"], "fulfilled", "{order}");
    let data: Value = serde_json::from_str(&run_in_shell(call).await?)?;
    assert!(data.is_object() && data.get("code").is_none(), "{data}");

    let page = run_in_shell(check_out).await?;
    assert!(
        page.starts_with("http://") && page.contains("/c/pay/cs_"),
        "{page}"
    );
    let shown = run_in_shell(&format!("curl -sS {page}")).await?;
    assert!(shown.contains("value=\"pay\""), "{shown}");

    let ada = sign_in(&dev, "ada@example.com").await?;
    assert_eq!(ada.get("/v1/tokens").await?.status, 200);
    assert_invalid_fields(
        &dev.client()?
            .post("/v1/auth/login", json!({"email": "ada"}))
            .await?,
        &["email"],
    );
    let docs = dev.client()?.get("/docs/").await?;
    assert_eq!(docs.status, 200);
    // There is no TLS here.
    assert_eq!(docs.header("strict-transport-security"), "");

    let processes = dev.descendants()?;
    assert!(processes.len() > 2, "{processes:?}");
    dev.interrupt().await?;
    assert_gone(&processes).await
}

#[tokio::test]
async fn data_survives_every_way_to_end_it() -> Result<()> {
    let directory = directory()?;
    let mut dev = DevServer::start(directory.path()).await?;
    let before = count_of_listings(&dev.client()?).await?;
    assert!(before > 0);
    let ada = sign_in(&dev, "ada@example.com").await?;
    let listing = ada.publish(udam_testkit::weather_listing(5)).await?;
    let order = ada.buy(listing.id(), 1).await?;
    let token = order.text_at("/token_id");
    // A service manager sends SIGTERM.
    assert_eq!(dev.stop(Signal::TERM).await?.code, Some(0));

    let mut dev = DevServer::start(directory.path()).await?;
    let ada = dev.client()?.with_session(ada.session());
    assert_eq!(ada.reveal(token).await?["api_key"], "sk-weather-1");
    assert_eq!(count_of_listings(&ada).await?, before + 1);
    let processes = dev.descendants()?;
    dev.stop(Signal::KILL).await?;

    // PostgreSQL may still be shutting down.
    let dev = DevServer::start(directory.path()).await?;
    assert_gone(&processes).await?;
    let ada = dev.client()?.with_session(ada.session());
    assert_eq!(ada.reveal(token).await?["api_key"], "sk-weather-1");
    assert_eq!(count_of_listings(&ada).await?, before + 1);
    dev.interrupt().await?;
    Ok(())
}

#[tokio::test]
async fn two_instances_need_two_directories() -> Result<()> {
    let (mine, yours) = (directory()?, directory()?);
    let dev = DevServer::start_with(mine.path(), &["--no-demo"]).await?;
    let arguments = [
        "dev",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        mine.path().to_str().unwrap(),
    ];
    let refused = Binary::udam()?.run(arguments, [("", ""); 0]).await?;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains(mine.path().to_str().unwrap()),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("another"), "{}", refused.stderr);

    let other = DevServer::start(yours.path()).await?;
    // They have no second port that could be taken.
    for instance in [&dev, &other] {
        for path in ["/readyz", "/metrics"] {
            assert_eq!(instance.client()?.get(path).await?.status, 200, "{path}");
        }
    }
    assert_eq!(count_of_listings(&dev.client()?).await?, 0);
    assert!(count_of_listings(&other.client()?).await? > 0);
    // A session of one instance is not accepted by the other.
    let ada = sign_in(&dev, "ada@example.com").await?;
    assert_eq!(
        other
            .client()?
            .with_session(ada.session())
            .get("/v1/tab")
            .await?
            .status,
        401
    );
    Ok(())
}

/// Presses the button of a hosted page that pays. Where it redirects to has gone with the last start.
async fn pay(page: &str) -> Result<u16> {
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()?;
    let request = client
        .post(page)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("action=pay");
    Ok(request.send().await?.status().as_u16())
}

async fn wait_for_status(client: &Client, order: &str, status: &str) -> Result<()> {
    let path = format!("/v1/orders/{order}");
    wait_until(&format!("the order to be {status}"), async || {
        Ok(client.get(&path).await?["status"] == status)
    })
    .await
}

#[tokio::test]
async fn a_checkout_that_was_opened_before_a_restart_is_paid_and_refunded_after_it() -> Result<()> {
    let directory = directory()?;
    let mut dev = DevServer::start_with(directory.path(), &["--no-demo"]).await?;
    let (seller, buyer) = (
        sign_in(&dev, "seller@example.com").await?,
        sign_in(&dev, "buyer@example.com").await?,
    );
    let listing = seller.publish(udam_testkit::weather_listing(100)).await?;
    let paid = buyer.buy(listing.id(), 20).await?;
    assert_eq!(pay(paid.text_at("/payment_url")).await?, 303);
    wait_for_status(&buyer, paid.id(), "fulfilled").await?;
    let open = buyer.buy(listing.id(), 10).await?;
    assert_eq!(open["status"], "awaiting_payment", "{}", open.text);
    dev.stop(Signal::KILL).await?;

    let dev = DevServer::start_with(directory.path(), &["--no-demo"]).await?;
    let buyer = dev.client()?.with_session(buyer.session());
    let seller = dev.client()?.with_session(seller.session());
    let checkout = buyer.check_out(open.id()).await?;
    assert_eq!(checkout["payment_url"], open["payment_url"]);
    assert_eq!(pay(open.text_at("/payment_url")).await?, 303);
    wait_for_status(&buyer, open.id(), "fulfilled").await?;
    for order in [paid.id(), open.id()] {
        assert_eq!(seller.refund(order).await?.status, 200);
        wait_for_status(&buyer, order, "refunded").await?;
    }
    let sandbox = dev.client()?.at(sandbox_address(&dev)?);
    wait_until("both charges to be refunded at the sandbox", async || {
        let state = sandbox.get("/_sandbox/state").await?;
        let refunds = state["refunds"].as_array();
        Ok(refunds.is_some_and(|refunds| refunds.len() == 2))
    })
    .await?;
    dev.interrupt().await?;
    Ok(())
}

fn sandbox_address(dev: &DevServer) -> Result<SocketAddr> {
    let printed = dev.stdout();
    let url = printed
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("Stripe   http://"))
        .and_then(|line| line.split(' ').next());
    Ok(url.context("no sandbox is printed")?.parse()?)
}

#[tokio::test]
async fn names_of_others_that_lead_here_are_refused() -> Result<()> {
    let directory = directory()?;
    let dev = DevServer::start_with(directory.path(), &["--no-demo"]).await?;
    let visitor = dev.client()?;
    let log_in = async |host: &str| {
        let request = visitor.request(Method::POST, "/v1/auth/login");
        let request = request.header("Host", host);
        let body = json!({"email": "ada@example.com"});
        visitor.send(request.json(&body)).await
    };
    for host in [
        "localhost",
        "127.0.0.1:8080",
        "[::1]:8080",
        "shop.localhost",
    ] {
        assert_eq!(log_in(host).await?.status, 200, "{host}");
    }
    for host in ["attacker.example", "attacker.example:8080", "192.0.2.7"] {
        let refused = log_in(host).await?;
        assert_problem(&refused, 403, "forbidden");
        let advice = format!("UDAM_PUBLIC_URL=http://{host}");
        assert!(
            refused.text_at("/detail").contains(&advice),
            "{}",
            refused.text
        );
    }
    for path in ["/", "/login", "/demo/race", "/v1/listings", "/metrics"] {
        let request = visitor.request(Method::GET, path);
        let request = request.header("Host", "attacker.example");
        assert_eq!(visitor.send(request).await?.status, 403, "{path}");
    }

    let state = visitor.at(sandbox_address(&dev)?);
    for (host, status) in [("localhost", 200), ("attacker.example", 403)] {
        let request = state.request(Method::GET, "/_sandbox/state");
        let response = state.send(request.header("Host", host)).await?;
        assert_eq!(response.status, status, "{host}: {}", response.text);
    }
    dev.interrupt().await?;
    Ok(())
}

#[tokio::test]
async fn only_the_owner_can_read_its_secrets() -> Result<()> {
    let directory = directory()?;
    let data = directory.path().join(".udam");
    let _dev = DevServer::start_with(&data, &["--no-demo"]).await?;
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o711);
    assert_eq!(mode(&data.join("master.keys")), 0o600);
    assert_eq!(mode(&data.join("stripe-sandbox.journal")), 0o600);
    Ok(())
}
