//! Rebuilds the crate when a migration comes or goes: the macro that embeds them watches the files it
//! found, but not their directory.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
