//! The binary from outside, as far as it gets without a database.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::TcpListener;
use std::process::{Command, Output};

use udam_crypto::MasterKeys;

fn udam(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_udam"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// Standard error of a command that failed with this code. It must not be a stack trace.
fn failure_output(output: Output, code: i32) -> String {
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{printed}");
    assert!(output.stdout.is_empty(), "{printed}");
    assert!(
        !printed.contains("panicked") && !printed.contains("stack backtrace"),
        "{printed}"
    );
    printed
}

#[test]
fn a_generated_key_has_the_form_of_the_setting() {
    let output = udam(&["keys", "generate", "--id", "autumn"], &[]);
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let keys: MasterKeys = printed.trim_end().parse().unwrap();
    assert_eq!(keys.active().as_str(), "autumn");
    let unnamed = udam(&["keys", "generate"], &[]).stdout;
    assert!(
        String::from_utf8(unnamed)
            .unwrap()
            .parse::<MasterKeys>()
            .is_ok()
    );
}

#[test]
fn serving_with_nothing_configured_lists_all_that_is_missing() {
    let printed = failure_output(udam(&["serve"], &[]), 2);
    assert!(
        printed.starts_with("udam: 2 settings need attention:\n"),
        "{printed}"
    );
    assert!(
        printed.contains("\n  - DATABASE_URL is missing; set it in the environment"),
        "{printed}"
    );
    assert!(
        printed.contains("\n  - UDAM_MASTER_KEYS is missing; set it in the environment"),
        "{printed}"
    );
}

#[test]
fn an_unknown_variable_suggests_the_nearest_name() {
    for command in [
        &["serve"][..],
        #[cfg(feature = "dev")]
        &["dev"],
        &["migrate"],
        &["verify"],
        &["keys", "rotate"],
    ] {
        let printed = failure_output(udam(command, &[("UDAM_LISTNE", "127.0.0.1:80")]), 2);
        let expected = "UDAM_LISTNE in the environment is no setting; did you mean UDAM_LISTEN?";
        assert!(printed.contains(expected), "{printed}");
    }
}

#[test]
fn a_settings_file_that_is_not_there_is_named() {
    let printed = failure_output(udam(&["serve", "--config", "/nonexistent.toml"], &[]), 2);
    assert!(
        printed.contains("the settings file /nonexistent.toml cannot be read"),
        "{printed}"
    );
}

#[test]
fn production_never_makes_up_for_a_database_that_is_not_there() {
    let keys = udam(&["keys", "generate"], &[]).stdout;
    let keys = String::from_utf8(keys).unwrap();
    let nowhere = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("postgres://udam:hunter2@{nowhere}/udam");
    let variables = [
        ("DATABASE_URL", url.as_str()),
        ("UDAM_MASTER_KEYS", keys.trim_end()),
        ("UDAM_LISTEN", "127.0.0.1:0"),
        ("UDAM_ADMIN_LISTEN", "127.0.0.1:0"),
        ("UDAM_DATABASE_WAIT", "1s"),
        ("RUST_LOG", "trace"),
    ];
    for command in [
        &["serve"][..],
        &["serve", "--no-migrate"],
        &["migrate"],
        &["verify"],
        &["keys", "rotate"],
    ] {
        let printed = failure_output(udam(command, &variables), 1);
        assert!(printed.contains("could not be reached"), "{printed}");
        assert!(printed.contains("check DATABASE_URL"), "{printed}");
        let secret = keys.trim_end().split(':').next_back().unwrap();
        assert!(
            !printed.contains("hunter2") && !printed.contains(secret),
            "{printed}"
        );
    }
}

#[cfg(feature = "dev")]
#[test]
fn an_address_that_is_taken_leads_to_another_before_anything_is_made() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let output = udam(
        &[
            "dev",
            "--listen",
            &address,
            "--data-dir",
            data.to_str().unwrap(),
        ],
        &[],
    );
    let printed = failure_output(output, 1);
    assert!(printed.contains("is taken by another program"), "{printed}");
    assert!(printed.contains("--listen"), "{printed}");
    assert!(!data.exists());
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let printed = failure_output(udam(&["serve", "--data-dir", "x"], &[]), 2);
    assert!(
        printed.contains("unexpected argument '--data-dir'"),
        "{printed}"
    );
}

/// Whether these words are in the binary. Not searched for in Rust: unoptimised, that takes minutes.
fn is_in_binary(words: &str) -> bool {
    let searched = Command::new("grep")
        .args(["--quiet", "--text", "--fixed-strings", words])
        .arg(env!("CARGO_BIN_EXE_udam"))
        .status()
        .unwrap();
    searched.success()
}

#[test]
fn only_a_build_with_development_knows_of_it() {
    let built_with_it = cfg!(feature = "dev");
    for words in [
        "demo-password",
        "/demo/race",
        "race-buyer-",
        "alone logs you in",
        "udam_dev::",
        "udam_embedded_postgres",
        "udam_stripe_sandbox",
    ] {
        assert_eq!(is_in_binary(words), built_with_it, "{words}");
    }
    let help = udam(&["--help"], &[]).stdout;
    let help = String::from_utf8(help).unwrap();
    assert!(help.contains("serve"), "{help}");
    assert_eq!(help.contains("dev"), built_with_it, "{help}");
}

#[cfg(not(feature = "dev"))]
#[test]
fn a_production_build_has_no_command_for_development() {
    let printed = failure_output(udam(&["dev"], &[]), 2);
    assert!(
        printed.contains("unrecognized subcommand 'dev'"),
        "{printed}"
    );
}
