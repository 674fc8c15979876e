use anyhow::Result;
use udam_testkit::{Binary, master_keys};

use super::canaries::{Canaries, MISTYPED};

#[tokio::test]
async fn settings_that_are_refused_are_not_repeated() -> Result<()> {
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
    let finished = Binary::udam()?.run(["serve"], variables).await?;
    assert_eq!(finished.code, Some(2));
    let said = finished.stdout + &finished.stderr;
    assert!(said.contains("UDAM_MASTER_KEYS"), "{said}");
    Canaries::only("a setting", MISTYPED).assert_none_in("what udam says", &said);
    Ok(())
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_not_named_with_its_password() -> Result<()> {
    let variables = [
        (
            "DATABASE_URL",
            format!("postgres://udam:{MISTYPED}@127.0.0.1:1/udam"),
        ),
        ("UDAM_MASTER_KEYS", master_keys().await?.to_owned()),
        ("UDAM_LISTEN", "127.0.0.1:0".to_owned()),
        ("RUST_LOG", "trace".to_owned()),
    ];
    for command in [
        &["serve"][..],
        &["migrate"],
        &["verify"],
        &["keys", "rotate"],
    ] {
        let finished = Binary::udam()?.run(command, variables.clone()).await?;
        assert_eq!(finished.code, Some(1), "{command:?}: {}", finished.stderr);
        let said = finished.stdout + &finished.stderr;
        Canaries::only("a password", MISTYPED).assert_none_in("what udam says", &said);
    }
    Ok(())
}
