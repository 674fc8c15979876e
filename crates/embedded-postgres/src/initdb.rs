//! Making the files of a new cluster.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;

use tempfile::TempDir;

use crate::error::ClusterError;
use crate::home::Lifetime;
use crate::log_tail;
use crate::settings::Settings;
use crate::setup::Setup;
use crate::supervisor::Ending;

/// The superuser.
pub(crate) const USER: &str = "udam";

const INITDB: &str = "initdb";

/// The beginning of the name that the files have until they are complete.
const PARTIAL: &str = "initdb-";

/// Character classes by preference. Text is ordered by its bytes in any case, which no upgrade of
/// the system's library can change beneath an index; but letters outside of ASCII have a case too,
/// and not every system knows the first.
const CHARACTER_TYPES: [&str; 2] = ["C.UTF-8", "C"];

/// Makes the files unless they are there.
///
/// They appear whole or not at all: made under another name, they are renamed when complete. A
/// crash leaves that other name behind, which the next start removes.
pub(crate) fn run_once(setup: &Setup, settings: &Settings) -> Result<(), ClusterError> {
    if setup.home.written_by().is_some() {
        return Ok(());
    }
    remove_partial(setup.home.path());
    for character_type in CHARACTER_TYPES {
        if run(setup, settings, character_type)? {
            return Ok(());
        }
    }
    Err(failed(setup))
}

/// Whether `initdb` succeeded; that it took too long is an error.
fn run(setup: &Setup, settings: &Settings, character_type: &str) -> Result<bool, ClusterError> {
    let home = setup.home.path();
    let partial =
        TempDir::with_prefix_in(PARTIAL, home).map_err(ClusterError::files("write", home))?;
    let taken = setup.account.take(partial.path());
    taken.map_err(ClusterError::files("take", partial.path()))?;

    let program = setup.program(INITDB, Ending::LetFinish);
    let arguments = arguments(setup, partial.path(), character_type);
    let mut initdb = program.spawn(arguments).map_err(program.failed())?;
    let ended = initdb
        .wait(settings.start_timeout)
        .map_err(program.failed())?;
    if !ended.ok_or_else(|| failed(setup))?.success() {
        return Ok(false);
    }

    let data = setup.home.data();
    fs::rename(partial.keep(), &data).map_err(ClusterError::files("write", &data))?;
    if setup.home.lifetime() == Lifetime::Kept {
        let synced = File::open(home).and_then(|directory| directory.sync_all());
        synced.map_err(ClusterError::files("write", home))?;
    }
    Ok(true)
}

fn failed(setup: &Setup) -> ClusterError {
    ClusterError::Initdb {
        log: log_tail::read(&setup.home.log(INITDB)),
    }
}

fn arguments(setup: &Setup, partial: &Path, character_type: &str) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = [
        "--username",
        USER,
        "--encoding=UTF8",
        "--locale=C",
        "--lc-ctype",
        character_type,
        "--auth=scram-sha-256",
        "--no-instructions",
        "--pwfile",
    ]
    .map(OsString::from)
    .into();
    arguments.push(setup.home.password().into());
    arguments.extend(["--pgdata".into(), partial.into()]);
    if setup.home.lifetime() == Lifetime::Temporary {
        arguments.push("--no-sync".into());
    }
    arguments
}

/// Best effort: what cannot be removed is in nobody's way.
fn remove_partial(home: &Path) {
    let entries = fs::read_dir(home)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PARTIAL)) {
        let _ = fs::remove_dir_all(entry.path());
    }
}
