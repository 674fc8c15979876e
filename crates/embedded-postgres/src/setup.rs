//! What is known before the server runs.

use crate::account::Account;
use crate::binaries::Binaries;
use crate::error::ClusterError;
use crate::home::{Home, Lifetime};
use crate::password::Password;
use crate::supervisor::{Ending, Program};

/// Everything that `initdb` and the server are started with.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) account: Account,
    pub(crate) home: Home,
    pub(crate) binaries: Binaries,
    pub(crate) password: Password,
}

impl Setup {
    /// Makes the choices that depend on the files in the home.
    pub(crate) fn new(
        account: Account,
        home: Home,
        found: Vec<Binaries>,
    ) -> Result<Self, ClusterError> {
        let binaries = Binaries::choose(found, home.path(), home.written_by())?;
        let password = Password::kept_in(&home.password(), &account)?;
        Ok(Self {
            account,
            home,
            binaries,
            password,
        })
    }

    /// One of PostgreSQL's programs, run for this cluster.
    pub(crate) fn program(&self, name: &str, ending: Ending) -> Program<'_> {
        let remove = match self.home.lifetime() {
            Lifetime::Kept => None,
            Lifetime::Temporary => Some(self.home.path()),
        };
        let (file, log) = (self.binaries.program(name), self.home.log(name));
        Program {
            account: &self.account,
            file,
            log,
            remove,
            ending,
        }
    }
}
