//! Settings of `udam serve`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use serde_json::json;
use udam_testkit::{
    Binary, Client, CommandOutput, Database, ErrorResponses, MarketBuilder, Server, master_keys,
    weather_listing,
};

use crate::assertions::assert_problem;
use crate::setup::seller_with_listing;

async fn serve(variables: &[(&str, &str)]) -> Result<CommandOutput> {
    Binary::udam()?
        .run(["serve"], variables.iter().copied())
        .await
}

#[tokio::test]
async fn all_invalid_settings_are_reported_at_once() -> Result<()> {
    let output = serve(&[
        ("UDAM_MASTER_KEYS", "k1:tooshort"),
        ("UDAM_LISTEN", "everywhere"),
        ("UDAM_TOKEN_TTL", "soon"),
        ("UDAM_TAB_LIMIT", "lots"),
        ("UDAM_TRUSTED_PROXIES", "everyone"),
        ("UDAM_RATE_LIMIT", "maybe"),
        ("UDAM_WORKERS", "none"),
        ("UDAM_RECONCILE_INTERVAL", "0s"),
        ("UDAM_SESSION_TTL", "1s"),
        ("STRIPE_SECRET_KEY", "sk_test_1"),
        ("RUST_LOG", "udam=loud"),
    ])
    .await?;
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    for name in [
        "DATABASE_URL",
        "UDAM_MASTER_KEYS",
        "UDAM_LISTEN",
        "UDAM_TOKEN_TTL",
        "UDAM_TAB_LIMIT",
        "UDAM_TRUSTED_PROXIES",
        "UDAM_RATE_LIMIT",
        "UDAM_WORKERS",
        "UDAM_RECONCILE_INTERVAL",
        "UDAM_SESSION_TTL",
        "STRIPE_SECRET_KEY",
        "RUST_LOG",
    ] {
        assert!(
            output.stderr.contains(name),
            "no {name} in {}",
            output.stderr
        );
    }
    assert_eq!(output.stdout, "");
    Ok(())
}

#[tokio::test]
async fn missing_settings_are_named() -> Result<()> {
    let output = serve(&[]).await?;
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("DATABASE_URL is missing"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("UDAM_MASTER_KEYS is missing"),
        "{}",
        output.stderr
    );
    Ok(())
}

#[tokio::test]
async fn a_mistyped_setting_is_rejected_with_a_suggestion() -> Result<()> {
    let keys = master_keys().await?;
    let right = [
        ("DATABASE_URL", "postgres://udam@localhost/udam"),
        ("UDAM_MASTER_KEYS", keys),
    ];
    for (mistyped, meant) in [
        ("UDAM_LISTNE", "UDAM_LISTEN"),
        ("UDAM_DATABASE_URL", "DATABASE_URL"),
    ] {
        let output = serve(&[right[0], right[1], (mistyped, "127.0.0.1:0")]).await?;
        assert_eq!(output.code, Some(2));
        let expected =
            format!("{mistyped} in the environment is no setting; did you mean {meant}?");
        assert!(output.stderr.contains(&expected), "{}", output.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn settings_and_keys_are_read_from_files() -> Result<()> {
    let database = Database::migrated().await?;
    let directory = tempfile::tempdir()?;
    let (file, keys) = (
        directory.path().join("udam.toml"),
        directory.path().join("master.keys"),
    );
    std::fs::write(
        &keys,
        format!("# The first seals.\n{}\n", master_keys().await?),
    )?;
    std::fs::set_permissions(&keys, Permissions::from_mode(0o600))?;
    let settings = format!(
        "database_url = \"{}\"\n\
         master_keys = \"@{}\"\n\
         listen = \"127.0.0.1:0\"\n\
         admin_listen = \"127.0.0.1:0\"\n\
         tab_limit = \"7.50\"\n\
         new_tab_limit = \"7.00\"\n\
         rate_limit = false\n",
        database.url(),
        keys.display()
    );
    std::fs::write(&file, settings)?;
    let server = Server::spawn(Binary::udam()?.command(
        ["serve".as_ref(), "--config".as_ref(), file.as_os_str()],
        [("", ""); 0],
    ))
    .await?;
    let visitor = Client::new(server.address(), ErrorResponses::default())?;
    let ada = visitor
        .register("ada@example.com", udam_testkit::PASSWORD)
        .await?;
    let tab = visitor
        .with_session(ada.text_at("/session_token"))
        .get("/v1/tab")
        .await?;
    assert_eq!(tab["limit"], "7.00");
    server.stop().await?;
    Ok(())
}

#[tokio::test]
async fn order_and_tab_limits_are_settings() -> Result<()> {
    let builder = MarketBuilder::new()
        .set("UDAM_SMALL_ORDER_LIMIT", "2.00")
        .set("UDAM_TAB_LIMIT", "3.00");
    let market = builder.start().await?;
    let (_seller, listing) = seller_with_listing(&market, weather_listing(10)).await?;
    let buyer = market.sign_up("buyer").await?;
    assert_problem(&buyer.buy(&listing, 2).await?, 503, "payments_unavailable");
    for _ in 0..3 {
        assert_eq!(buyer.buy(&listing, 1).await?.status, 201);
    }
    assert_problem(&buyer.buy(&listing, 1).await?, 503, "payments_unavailable");
    let tab = buyer.get("/v1/tab").await?;
    assert_eq!(
        tab.json(),
        &json!({"open": "3.00", "limit": "3.00", "currency": "USD", "checkouts": []})
    );
    Ok(())
}

#[tokio::test]
async fn variables_that_kubernetes_sets_for_services_are_ignored() -> Result<()> {
    let market = MarketBuilder::new()
        .set("UDAM_PORT", "tcp://10.96.0.7:80")
        .set("UDAM_SERVICE_HOST", "10.96.0.7")
        .set("UDAM_SERVICE_PORT_HTTP", "80")
        .set("UDAM_POSTGRES_PORT_5432_TCP_ADDR", "10.96.0.8")
        .start()
        .await?;
    assert_eq!(market.client()?.get("/healthz").await?.status, 200);

    let output = serve(&[("UDAM_PORT", "8080")]).await?;
    assert_eq!(output.code, Some(2));
    let expected = "UDAM_PORT in the environment is no setting";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
    Ok(())
}
