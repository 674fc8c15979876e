//! The output of the program.

use anyhow::Result;
use udam_testkit::{Binary, master_keys};

use super::canaries::{Canaries, MISTYPED};

#[tokio::test]
async fn invalid_settings_are_not_repeated_in_the_error() -> Result<()> {
    let variables = [
        (
            "DATABASE_URL",
            format!("mysql://udam:{MISTYPED}@localhost/udam"),
        ),
        ("UDAM_MASTER_KEYS", format!("k1:{MISTYPED}")),
        ("UDAM_LISTEN", MISTYPED.to_owned()),
        ("UDAM_TAB_LIMIT", MISTYPED.to_owned()),
        ("STRIPE_SECRET_KEY", MISTYPED.to_owned()),
        ("UDAM_SECRET", MISTYPED.to_owned()),
    ];
    let output = Binary::udam()?.run(["serve"], variables).await?;
    assert_eq!(output.code, Some(2));
    let text = output.stdout + &output.stderr;
    assert!(text.contains("UDAM_MASTER_KEYS"), "{text}");
    Canaries::only("a setting", MISTYPED).assert_none_in("the output", &text);
    Ok(())
}

#[tokio::test]
async fn a_connection_error_does_not_contain_the_password() -> Result<()> {
    let variables = [
        (
            "DATABASE_URL",
            format!("postgres://udam:{MISTYPED}@127.0.0.1:1/udam"),
        ),
        ("UDAM_MASTER_KEYS", master_keys().await?.to_owned()),
        ("UDAM_LISTEN", "127.0.0.1:0".to_owned()),
        ("UDAM_ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
        ("UDAM_DATABASE_WAIT", "1s".to_owned()),
        ("RUST_LOG", "trace".to_owned()),
    ];
    for command in [
        &["serve"][..],
        &["migrate"],
        &["verify"],
        &["keys", "rotate"],
    ] {
        let output = Binary::udam()?.run(command, variables.clone()).await?;
        assert_eq!(output.code, Some(1), "{command:?}: {}", output.stderr);
        let text = output.stdout + &output.stderr;
        Canaries::only("a password", MISTYPED).assert_none_in("the output", &text);
    }
    Ok(())
}
