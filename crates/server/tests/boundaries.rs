//! What production may not come to depend on, held by reading the sources.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// The sources of this crate that mention `what`, apart from those below `home`.
fn mentions(what: &str, home: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if fs::read_to_string(&path).unwrap().contains(what) {
                found.push(path.strip_prefix(&root).unwrap().to_owned());
            }
        }
    }
    found.retain(|path| !path.starts_with(home));
    found
}

#[test]
fn only_the_command_line_leads_to_development() {
    assert_eq!(mentions("crate::dev", "dev"), [Path::new("run.rs")]);
}

#[test]
fn only_development_makes_up_a_database_or_a_provider_or_lets_an_address_alone_sign_in() {
    assert!(mentions("udam_embedded_postgres", "dev").is_empty());
    assert!(mentions("udam_stripe_sandbox", "dev").is_empty());
    let outside_the_api = mentions("EmailAloneSuffices", "api");
    assert_eq!(outside_the_api, [Path::new("dev/mod.rs")]);
}

#[test]
fn the_environment_is_read_in_one_place() {
    assert!(mentions("std::env", "config/environment.rs").is_empty());
}
