//! Whom the server runs as.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, fchown, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::environment;
use crate::error::ClusterError;
use crate::home;

/// Accounts that root may lend to the server, best first.
///
/// `nobody` exists everywhere; `postgres` does where PostgreSQL was installed as a package, and
/// shares its processes with nothing but PostgreSQL.
const LENDABLE: [&str; 2] = ["postgres", "nobody"];

/// The account that PostgreSQL's programs run as and that owns the cluster's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The caller's own: nothing changes hands.
    Own,
    /// Another one, because PostgreSQL refuses to run as root.
    Lent {
        /// As in `/etc/passwd`, or the user id.
        name: String,
        /// User id.
        uid: u32,
        /// Group id.
        gid: u32,
    },
}

impl Account {
    /// The caller's own account, or for root an unprivileged one.
    pub(crate) fn choose() -> Result<Self, ClusterError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Own);
        }
        let passwd = Path::new("/etc/passwd");
        let entries = fs::read_to_string(passwd).map_err(ClusterError::files("read", passwd))?;
        Self::lent(&entries).ok_or(ClusterError::NoAccount)
    }

    /// As [`Self::choose`], but files that exist stay whose they are: root may start an ordinary
    /// user's cluster, and `postgres` may have been added since `nobody` got one.
    pub(crate) fn for_cluster(directory: &Path) -> Result<Self, ClusterError> {
        let chosen = Self::choose()?;
        match fs::symlink_metadata(home::data(directory)) {
            Ok(files) if chosen != Self::Own && files.uid() != 0 => Ok(Self::Lent {
                name: files.uid().to_string(),
                uid: files.uid(),
                gid: files.gid(),
            }),
            _ => Ok(chosen),
        }
    }

    fn lent(passwd: &str) -> Option<Self> {
        LENDABLE.into_iter().find_map(|wanted| {
            passwd.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next().filter(|name| *name == wanted)?;
                let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
                let gid = fields.next()?.parse().ok()?;
                Some(Self::Lent {
                    name: name.to_owned(),
                    uid,
                    gid,
                })
            })
        })
    }

    /// A command that will run as this account, away from the caller's directory, environment and
    /// terminal signals.
    ///
    /// The process group of its own is what keeps a Ctrl-C for the owner, who then stops the server
    /// in good order.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(environment::handed_on())
            .current_dir("/")
            .process_group(0);
        if let Self::Lent { uid, gid, .. } = self {
            // The standard library also drops root's supplementary groups here.
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes a file or directory this account's; a symbolic link is not followed.
    pub(crate) fn take(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Lent { uid, gid, .. } => lchown(path, Some(*uid), Some(*gid)),
        }
    }

    /// Makes an open file this account's.
    pub(crate) fn take_file(&self, file: &File) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Lent { uid, gid, .. } => fchown(file, Some(*uid), Some(*gid)),
        }
    }

    /// Whether this account may pass through the directory: tried, not computed, so that access
    /// lists count too.
    pub(crate) fn reaches(&self, directory: &Path) -> bool {
        let entered = self
            .command("/bin/sh")
            .args(["-c", ":"])
            .current_dir(directory)
            .status();
        entered.is_ok_and(|status| status.success())
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn the_postgres_account_is_preferred_to_nobody() {
        let passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n\
                      postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        let expected = Account::Lent {
            name: "postgres".to_owned(),
            uid: 101,
            gid: 104,
        };
        assert_eq!(Account::lent(passwd), Some(expected));
    }

    #[test]
    fn nobody_stands_in_where_there_is_no_postgres_account() {
        let passwd =
            "broken line\npostgres:x:not-a-number:1::/:\nnobody:x:65534:65533::/:/bin/false";
        let expected = Account::Lent {
            name: "nobody".to_owned(),
            uid: 65534,
            gid: 65533,
        };
        assert_eq!(Account::lent(passwd), Some(expected));
    }

    #[test]
    fn an_account_that_is_root_by_another_name_is_not_lent() {
        assert_eq!(Account::lent("postgres:x:0:0::/:/bin/sh"), None);
    }
}
