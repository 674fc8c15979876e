//! Creating the files of a new cluster.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;

use tempfile::TempDir;

use crate::data_dir::Persistence;
use crate::error::ClusterError;
use crate::layout::SUPERUSER;
use crate::log_tail;
use crate::settings::Settings;
use crate::setup::Setup;
use crate::supervisor::OwnerExit;

const INITDB: &str = "initdb";

/// Prefix of the directory that holds the files until they are complete.
const PARTIAL_PREFIX: &str = "initdb-";

/// Values of `LC_CTYPE`, in order of preference. The collation is always by byte, which no upgrade of
/// the system's library can change beneath an index. The character type gives letters outside of
/// ASCII an upper and lower case, but not every system has `C.UTF-8`.
const CHARACTER_TYPES: [&str; 2] = ["C.UTF-8", "C"];

/// Creates the files unless they exist.
///
/// They are created under another name and renamed when complete, so that existing files are always
/// complete. After a crash the next start removes those under the other name.
pub(crate) fn run_if_needed(setup: &Setup, settings: &Settings) -> Result<(), ClusterError> {
    if setup.data_dir.major_version().is_some() {
        return Ok(());
    }
    remove_partial(setup.data_dir.path());
    for character_type in CHARACTER_TYPES {
        if run(setup, settings, character_type)? {
            return Ok(());
        }
    }
    Err(failed(setup))
}

/// Runs `initdb` and returns whether it succeeded. A timeout is an error.
fn run(setup: &Setup, settings: &Settings, character_type: &str) -> Result<bool, ClusterError> {
    let directory = setup.data_dir.path();
    let partial = TempDir::with_prefix_in(PARTIAL_PREFIX, directory)
        .map_err(ClusterError::files("write", directory))?;
    let chowned = setup.user.chown(partial.path());
    chowned.map_err(ClusterError::files("set the owner of", partial.path()))?;

    let program = setup.program(INITDB, OwnerExit::LetFinish);
    let arguments = arguments(setup, partial.path(), character_type);
    let mut initdb = program.spawn(arguments).map_err(program.spawn_error())?;
    let status = initdb
        .wait(settings.start_timeout)
        .map_err(program.spawn_error())?;
    if !status.ok_or_else(|| failed(setup))?.success() {
        return Ok(false);
    }

    let pgdata = setup.data_dir.pgdata();
    fs::rename(partial.keep(), &pgdata).map_err(ClusterError::files("write", &pgdata))?;
    if setup.data_dir.persistence() == Persistence::Persistent {
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        synced.map_err(ClusterError::files("write", directory))?;
    }
    Ok(true)
}

fn failed(setup: &Setup) -> ClusterError {
    cause(log_tail::read(&setup.data_dir.log_file(INITDB)))
}

fn cause(log: String) -> ClusterError {
    // The message is in English: `LC_` variables are not passed on.
    match log.split_once("could not look up effective user ID ") {
        Some((_, rest)) => {
            let digits = rest.split(|character: char| !character.is_ascii_digit());
            let uid = digits.into_iter().next().and_then(|uid| uid.parse().ok());
            let own = || rustix::process::geteuid().as_raw();
            ClusterError::NamelessUser {
                uid: uid.unwrap_or_else(own),
            }
        }
        None => ClusterError::Initdb { log },
    }
}

fn arguments(setup: &Setup, partial: &Path, character_type: &str) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = [
        "--username",
        SUPERUSER,
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
    arguments.push(setup.data_dir.password_file().into());
    arguments.extend(["--pgdata".into(), partial.into()]);
    if setup.data_dir.persistence() == Persistence::Temporary {
        arguments.push("--no-sync".into());
    }
    arguments
}

/// Errors are ignored: leftover files do no harm.
fn remove_partial(directory: &Path) {
    let entries = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    for entry in entries.filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with(PARTIAL_PREFIX)
    }) {
        let _ = fs::remove_dir_all(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::cause;

    #[test]
    fn a_user_without_a_name_is_told_how_to_get_one() {
        let log = "initdb: error: could not look up effective user ID 54321: user does not exist\n";
        let error = cause(log.to_owned()).to_string();
        assert!(error.contains("a name for the user id 54321,"), "{error}");
        assert!(error.contains("echo 'udam:x:54321:54321:"), "{error}");
    }

    #[test]
    fn another_failure_shows_its_log() {
        let error = cause("initdb: error: no space left".to_owned()).to_string();
        assert!(error.contains("no space left"), "{error}");
    }
}
