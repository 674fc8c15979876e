use anyhow::Result;
use udam_testkit::{Binary, Client, CommandOutput, Database, ErrorResponses, Server, master_keys};

async fn serve(variables: &[(&str, &str)]) -> Result<CommandOutput> {
    Binary::udam()?
        .run(["serve"], variables.iter().copied())
        .await
}

#[tokio::test]
async fn all_that_is_wrong_with_the_settings_is_told_at_once() -> Result<()> {
    let finished = serve(&[
        ("UDAM_MASTER_KEYS", "k1:tooshort"),
        ("UDAM_LISTEN", "everywhere"),
        ("UDAM_TOKEN_TTL", "soon"),
        ("UDAM_TAB_LIMIT", "lots"),
        ("UDAM_TRUSTED_PROXIES", "everybody"),
        ("UDAM_RATE_LIMIT", "maybe"),
        ("UDAM_WORKERS", "none"),
        ("UDAM_RECONCILE_INTERVAL", "0s"),
        ("UDAM_SESSION_TTL", "1s"),
        ("STRIPE_SECRET_KEY", "sk_test_1"),
        ("RUST_LOG", "udam=loud"),
    ])
    .await?;
    assert_eq!(finished.code, Some(2), "{}", finished.stderr);
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
            finished.stderr.contains(name),
            "no {name} in {}",
            finished.stderr
        );
    }
    assert_eq!(finished.stdout, "");
    Ok(())
}

#[tokio::test]
async fn nothing_configured_is_nothing_served() -> Result<()> {
    let finished = serve(&[]).await?;
    assert_eq!(finished.code, Some(2));
    assert!(
        finished.stderr.contains("DATABASE_URL is missing"),
        "{}",
        finished.stderr
    );
    assert!(
        finished.stderr.contains("UDAM_MASTER_KEYS is missing"),
        "{}",
        finished.stderr
    );
    Ok(())
}

#[tokio::test]
async fn a_mistyped_setting_leads_to_the_one_that_was_meant() -> Result<()> {
    let keys = master_keys().await?;
    let right = [
        ("DATABASE_URL", "postgres://udam@localhost/udam"),
        ("UDAM_MASTER_KEYS", keys),
    ];
    for (mistyped, meant) in [
        ("UDAM_LISTNE", "UDAM_LISTEN"),
        ("UDAM_DATABASE_URL", "DATABASE_URL"),
    ] {
        let finished = serve(&[right[0], right[1], (mistyped, "127.0.0.1:0")]).await?;
        assert_eq!(finished.code, Some(2));
        let expected =
            format!("{mistyped} in the environment is no setting; did you mean {meant}?");
        assert!(finished.stderr.contains(&expected), "{}", finished.stderr);
    }
    Ok(())
}

#[tokio::test]
async fn settings_may_come_from_a_file_and_keys_from_another() -> Result<()> {
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
    let settings = format!(
        "database_url = \"{}\"\n\
         master_keys = \"@{}\"\n\
         listen = \"127.0.0.1:0\"\n\
         tab_limit = \"7.50\"\n\
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
    assert_eq!(tab["limit"], "7.50");
    server.stop().await?;
    Ok(())
}
