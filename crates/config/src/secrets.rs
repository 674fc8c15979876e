//! Secret settings, except those of the payment provider.

use std::error::Error;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use udam_crypto::MasterKeys;
use udam_domain::error_chain;
use udam_domain::secret::Secret;
use udam_domain::time::SignedDuration;
use udam_postgres::{PgPool, PoolSettings, Pooling};

use crate::duration;
use crate::reader::Reader;
use crate::setting::{
    DATABASE_POOLING, DATABASE_URL, DATABASE_WAIT, MASTER_KEYS, READ_DATABASE_URL, READ_MAX_LAG,
    SLOW_STATEMENT,
};
use crate::settings::ReplicaSettings;

/// First character of a value that names a file with the actual value.
const FILE_MARK: char = '@';

pub(crate) fn database(reader: &mut Reader<'_>) -> Option<PoolSettings> {
    let connections = Connections::read(reader);
    primary(reader, &connections)
}

/// The database, and the standby that the catalogue is read from.
pub(crate) fn databases(
    reader: &mut Reader<'_>,
) -> (Option<PoolSettings>, Option<ReplicaSettings>) {
    let connections = Connections::read(reader);
    (primary(reader, &connections), replica(reader, &connections))
}

fn primary(reader: &mut Reader<'_>, connections: &Connections) -> Option<PoolSettings> {
    reader.required(&DATABASE_URL, |text| {
        connections.to(PoolSettings::new(text))
    })
}

fn replica(reader: &mut Reader<'_>, connections: &Connections) -> Option<ReplicaSettings> {
    let lag = SignedDuration::from_secs(5);
    let max_lag = reader
        .or(&READ_MAX_LAG, lag, duration::parse)
        .unsigned_abs();
    let database = reader.optional(&READ_DATABASE_URL, |text| {
        connections.to(PoolSettings::for_reading(text))
    })?;
    Some(ReplicaSettings { database, max_lag })
}

/// What the connections to every database have.
struct Connections {
    pooling: Pooling,
    slow_statement: Option<Duration>,
}

impl Connections {
    fn read(reader: &mut Reader<'_>) -> Self {
        let second = SignedDuration::from_secs(1);
        let slow = reader.or(&SLOW_STATEMENT, second, duration::parse_or_zero);
        Self {
            pooling: reader.or(&DATABASE_POOLING, Pooling::default(), pooling),
            slow_statement: (!slow.is_zero()).then(|| slow.unsigned_abs()),
        }
    }

    /// The settings with these, if they can be used.
    fn to(&self, settings: PoolSettings) -> Result<PoolSettings, String> {
        let settings = PoolSettings {
            pooling: self.pooling,
            slow_statement: self.slow_statement,
            ..settings
        };
        // Connects to nothing yet. The causes are left out: a driver may quote what it cannot read.
        PgPool::connect(&settings)
            .map(|_unused| settings)
            .map_err(|error| format!("cannot be used ({error})"))
    }
}

fn pooling(text: &str) -> Result<Pooling, &'static str> {
    match text {
        "session" => Ok(Pooling::Session),
        "transaction" => Ok(Pooling::Transaction),
        _ => Err("must be session or transaction"),
    }
}

/// Longest wait for the database at the start.
pub(crate) fn database_wait(reader: &mut Reader<'_>) -> Duration {
    let minute = SignedDuration::from_mins(1);
    reader
        .or(&DATABASE_WAIT, minute, duration::parse)
        .unsigned_abs()
}

pub(crate) fn required_master_keys(reader: &mut Reader<'_>) -> Option<MasterKeys> {
    reader.required(&MASTER_KEYS, master_keys)
}

pub(crate) fn optional_master_keys(reader: &mut Reader<'_>) -> Option<MasterKeys> {
    reader.optional(&MASTER_KEYS, master_keys)
}

/// Reads keys, or the file that holds them.
fn master_keys(text: &str) -> Result<MasterKeys, String> {
    let Some(path) = text.strip_prefix(FILE_MARK) else {
        return text
            .parse()
            .map_err(|error| unusable("cannot be used", &error));
    };
    if let Some(mode) = open_to_others(path) {
        return Err(format!(
            "names a file that others can read (its mode is {mode:03o}); run `chmod 600 {path}`"
        ));
    }
    let file = fs::read_to_string(path)
        .map(Secret::new)
        .map_err(|error| unusable("names a file that cannot be read", &error))?;
    let in_file = "names a file whose content cannot be used";
    file.expose()
        .parse()
        .map_err(|error| unusable(in_file, &error))
}

/// The mode of a file of ours that others can read or write. As `ssh` does for its keys, those of another user are left
/// to them: secrets that an orchestrator mounts are often root's.
fn open_to_others(path: &str) -> Option<u32> {
    let metadata = fs::metadata(path).ok()?;
    let mode = metadata.mode() & 0o777;
    let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
    (is_ours && mode & 0o077 != 0).then_some(mode)
}

/// The errors of master keys repeat no part of a key.
fn unusable(how: &str, error: &dyn Error) -> String {
    format!("{how} ({})", error_chain(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "//////////////////////////////////////////8=";

    #[test]
    fn master_keys_are_given_directly_or_in_a_file() {
        let given = master_keys(&format!("k1:{KEY},k2:{KEY}")).unwrap();
        assert_eq!(given.active().as_str(), "k1");
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("# since autumn\nk3:{KEY}\n")).unwrap();
        let in_file = master_keys(&format!("@{}", file.path().display())).unwrap();
        assert_eq!(in_file.active().as_str(), "k3");
    }

    #[test]
    fn a_file_of_master_keys_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("k1:{KEY}")).unwrap();
        let path = file.path().display();
        for (mode, is_fine) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
            let keys = master_keys(&format!("@{path}"));
            assert_eq!(keys.is_ok(), is_fine, "{mode:o}");
            if let Err(error) = keys {
                assert_eq!(
                    error,
                    format!(
                        "names a file that others can read (its mode is {mode:o}); run \
                         `chmod 600 {path}`"
                    )
                );
            }
        }
    }

    #[test]
    fn errors_of_master_keys_do_not_contain_them() {
        assert!(
            master_keys("@/nonexistent")
                .unwrap_err()
                .starts_with("names a file that cannot")
        );
        assert_eq!(
            master_keys(&format!("a b:{KEY}")).unwrap_err(),
            "cannot be used (master key number 1 has an invalid id: a key id is 1 to 32 \
             letters, digits, hyphens and underscores)"
        );
        let error = master_keys("hunter2hunter2").unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
