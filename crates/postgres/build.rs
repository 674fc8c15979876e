//! Rebuilds the crate when a migration comes or goes: the macro that embeds them watches the files it
//! found, but not their directory.

use std::fs;
use std::io;

fn main() -> io::Result<()> {
    // A link to the workspace's folder in the repository, a folder in the package.
    let migrations = fs::canonicalize("migrations")?;
    println!("cargo:rerun-if-changed={}", migrations.display());
    Ok(())
}
