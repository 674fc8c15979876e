//! Everything that `initdb` and the server are started with.

use secrecy::SecretString;

use crate::binaries::Binaries;
use crate::data_dir::{DataDir, Persistence};
use crate::error::ClusterError;
use crate::os_user::OsUser;
use crate::password;
use crate::supervisor::{OwnerExit, Program};

/// Operating-system user, locked directory, programs and superuser password of one cluster.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) user: OsUser,
    pub(crate) data_dir: DataDir,
    pub(crate) binaries: Binaries,
    pub(crate) password: SecretString,
}

impl Setup {
    /// Selects the programs that can open the files, and reads or creates the password.
    pub(crate) fn new(
        user: OsUser,
        data_dir: DataDir,
        candidates: Vec<Binaries>,
    ) -> Result<Self, ClusterError> {
        let binaries = Binaries::select(candidates, data_dir.path(), data_dir.major_version())?;
        let password = password::load_or_create(&data_dir.password_file(), &user)?;
        Ok(Self {
            user,
            data_dir,
            binaries,
            password,
        })
    }

    /// One of PostgreSQL's programs, to be run for this cluster.
    pub(crate) fn program(&self, name: &str, on_owner_exit: OwnerExit) -> Program<'_> {
        let remove = match self.data_dir.persistence() {
            Persistence::Persistent => None,
            Persistence::Temporary => Some(self.data_dir.path()),
        };
        Program {
            user: &self.user,
            file: self.binaries.program(name),
            log: self.data_dir.log_file(name),
            remove,
            on_owner_exit,
        }
    }
}
