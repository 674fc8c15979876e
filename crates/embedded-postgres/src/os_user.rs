//! The operating system user that PostgreSQL's programs run as.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, fchown, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::environment;
use crate::error::ClusterError;
use crate::layout;

/// Users that a cluster started by root may run as, in order of preference.
///
/// `postgres` exists where PostgreSQL was installed as a package, and runs nothing else; `nobody`
/// exists everywhere.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// The user that PostgreSQL's programs run as and that owns the cluster's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OsUser {
    /// The user of this process.
    Current,
    /// Another user. This process is root, and PostgreSQL refuses to run as root.
    Other {
        /// Name from `/etc/passwd`, or the user id in decimal.
        name: String,
        /// User id.
        uid: u32,
        /// Group id.
        gid: u32,
    },
}

impl OsUser {
    /// Returns the user of this process or, for root, an unprivileged one.
    pub(crate) fn unprivileged() -> Result<Self, ClusterError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Current);
        }
        let passwd = Path::new("/etc/passwd");
        let entries = fs::read_to_string(passwd).map_err(ClusterError::files("read", passwd))?;
        Self::from_passwd(&entries).ok_or(ClusterError::NoUnprivilegedUser)
    }

    /// Like [`Self::unprivileged`], except that an existing cluster keeps its owner: root may start
    /// an ordinary user's cluster, and `postgres` may have been added since `nobody` got one.
    pub(crate) fn for_cluster(directory: &Path) -> Result<Self, ClusterError> {
        let user = Self::unprivileged()?;
        match fs::symlink_metadata(layout::pgdata(directory)) {
            Ok(files) if user != Self::Current && files.uid() != 0 => Ok(Self::Other {
                name: files.uid().to_string(),
                uid: files.uid(),
                gid: files.gid(),
            }),
            _ => Ok(user),
        }
    }

    fn from_passwd(passwd: &str) -> Option<Self> {
        UNPRIVILEGED.into_iter().find_map(|wanted| {
            passwd.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next().filter(|name| *name == wanted)?;
                let uid = fields.nth(1)?.parse().ok().filter(|uid| *uid != 0)?;
                let gid = fields.next()?.parse().ok()?;
                Some(Self::Other {
                    name: name.to_owned(),
                    uid,
                    gid,
                })
            })
        })
    }

    /// Returns a command that runs as this user, without the caller's working directory, environment
    /// and terminal signals.
    ///
    /// It gets a process group of its own, so that Ctrl-C reaches the owner only, which then shuts
    /// the server down in order.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(environment::for_children())
            .current_dir("/")
            .process_group(0);
        if let Self::Other { uid, gid, .. } = self {
            // The standard library also drops root's supplementary groups here.
            command.uid(*uid).gid(*gid);
        }
        command
    }

    /// Makes this user the owner of a file or directory. Does not follow symbolic links.
    pub(crate) fn chown(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Other { uid, gid, .. } => lchown(path, Some(*uid), Some(*gid)),
        }
    }

    /// Makes this user the owner of an open file.
    pub(crate) fn chown_file(&self, file: &File) -> io::Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Other { uid, gid, .. } => fchown(file, Some(*uid), Some(*gid)),
        }
    }

    /// Returns whether this user may enter the directory. A process of the user tries it, so that
    /// access control lists count too.
    pub(crate) fn can_enter(&self, directory: &Path) -> bool {
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
    use super::OsUser;

    fn other(name: &str, uid: u32, gid: u32) -> OsUser {
        OsUser::Other {
            name: name.to_owned(),
            uid,
            gid,
        }
    }

    #[test]
    fn postgres_is_preferred_to_nobody() {
        let passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n\
                      postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(
            OsUser::from_passwd(passwd),
            Some(other("postgres", 101, 104))
        );
    }

    #[test]
    fn nobody_is_used_where_there_is_no_postgres_user() {
        let passwd =
            "broken line\npostgres:x:not-a-number:1::/:\nnobody:x:65534:65533::/:/bin/false";
        assert_eq!(
            OsUser::from_passwd(passwd),
            Some(other("nobody", 65534, 65533))
        );
    }

    #[test]
    fn a_user_with_roots_id_is_not_used() {
        assert_eq!(OsUser::from_passwd("postgres:x:0:0::/:/bin/sh"), None);
    }
}
